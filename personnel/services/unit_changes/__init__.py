"""Verbs of organisation changes: propose, decide, take back. What stands in the way is told by `selectors.unit_changes`."""
