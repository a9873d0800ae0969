"""Recruitment for those who work on it: plans, notices, posts, applicants, scores."""

from personnel.views.recruitment import applicants, notices, plans

PAGES = (*plans.PAGES, *notices.PAGES, *applicants.PAGES)
