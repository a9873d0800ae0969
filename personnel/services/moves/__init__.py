"""Verbs of moves: ask, decide, report for duty, come back, take back. What they refuse they say in words."""
