"""Minimal, legal instances: of any record, and of what most tests need (units, users, people)."""
