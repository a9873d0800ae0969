"""All addresses: the kernel's pages, then each module's."""

from allauth.account import views as account
from django.urls import include, path

from core.registry import registry
from core.web.views.gallery import gallery

handler400 = "core.web.views.errors.bad_request"
handler403 = "core.web.views.errors.forbidden"
handler404 = "core.web.views.errors.not_found"

urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("api/", include("core.api.urls")),
    path("gallery/", gallery, name="gallery"),
    path("", include("core.web.urls")),
    *(path("", include(module.urls)) for module in registry.modules.values() if module.urls),
]
