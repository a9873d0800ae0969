"""Addresses of the teacher file."""

from core.web.pages import paths

urlpatterns = paths()
