"""Publicity (公示): what is to be decided is shown to everybody for some working days, and anybody may object."""
