"""Addresses of publicity."""

from core.publicity.views import PAGES
from core.web.pages import paths

urlpatterns = paths(*PAGES)
