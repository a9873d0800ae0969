"""Addresses of the papers."""

from core.documents.views import PAGES
from core.web.pages import paths

urlpatterns = paths(*PAGES)
