"""Journeys in real Chromium: what a clerk, a teacher, an auditor does and sees."""
