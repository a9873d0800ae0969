"""Recruitment for those who work on it: plans, notices, posts, applicants, scores."""

from personnel.views.recruitment import applicants, notices, papers, plans, workbooks

PAGES = (*plans.PAGES, *notices.PAGES, *applicants.PAGES, *workbooks.PAGES, *papers.PAGES)
