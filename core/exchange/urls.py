"""Addresses of the import pages."""

from core.exchange.views import PAGES
from core.web.pages import paths

urlpatterns = paths(*PAGES)
