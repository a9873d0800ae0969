"""All addresses: the kernel's pages, then each module's."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
]
