"""All addresses: the kernel's pages, then each module's."""

from django.urls import include, path

from core.registry import registry
from core.web.views.gallery import gallery

handler400 = "core.web.views.errors.bad_request"
handler403 = "core.web.views.errors.forbidden"
handler404 = "core.web.views.errors.not_found"

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("core.api.urls")),
    path("gallery/", gallery, name="gallery"),
    path("", include("core.web.urls")),
    *(path("", include(module.urls)) for module in registry.modules.values() if module.urls),
]
