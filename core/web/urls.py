"""The kernel's own pages."""

from core.web.pages import paths
from core.web.views.reader import SavedViews, SetLanguage, SetTheme, SwitchRole
from core.web.views.search import SearchPage

urlpatterns = paths(SetLanguage, SetTheme, SwitchRole, SavedViews, SearchPage)
