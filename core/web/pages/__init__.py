"""The page kit: a page is a class of 5–15 lines that names permission, rows, columns, form and the service to call."""

from core.web.pages.details import DetailPage
from core.web.pages.forms import ActionPage, FormPage
from core.web.pages.lists import ListPage
from core.web.pages.page import ANYONE, SIGNED_IN, Page, paths, safe_next

__all__ = ["ANYONE", "SIGNED_IN", "ActionPage", "DetailPage", "FormPage", "ListPage", "Page", "paths", "safe_next"]
