"""Addresses of cases."""

from core.web.pages import paths
from core.workflow.views import PAGES

urlpatterns = paths(*PAGES)
