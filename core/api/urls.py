"""Addresses of the API: its description, the kernel's endpoints, then each module's.

What does not exist answers like what one may not see.
"""

from django.urls import include, path, re_path

from core.api.description import JSON, YAML, Description, description_page
from core.api.me import Me
from core.api.tokens import Tokens
from core.api.units import Statistics, Units
from core.api.viewsets import METHODS, Unknown
from core.registry import registry

unknown = Unknown.as_view(dict.fromkeys(METHODS, "refuse"))

urlpatterns = [
    path("", description_page, name="api_description"),
    path("openapi.json", Description.as_view(renderer_classes=JSON), name="api_openapi"),
    path("openapi.yaml", Description.as_view(renderer_classes=YAML), name="api_openapi_yaml"),
    path("v1/tokens/", Tokens.as_view({"get": "list", "post": "create"}), name="api_tokens"),
    path("v1/tokens/<uuid:id>/", Tokens.as_view({"delete": "destroy"}), name="api_token"),
    path("v1/me/", Me.as_view({"get": "retrieve"}), name="api_me"),
    path("v1/units/", Units.as_view({"get": "list"}), name="api_units"),
    path("v1/units/<uuid:id>/", Units.as_view({"get": "retrieve"}), name="api_unit"),
    path("v1/statistics/", Statistics.as_view({"get": "list"}), name="api_statistics"),
    *(path("v1/", include(module.api)) for module in registry.modules.values() if module.api),
    re_path(r"^[\s\S]*$", unknown),
]
