from django.apps import AppConfig
from django.conf import settings

from core.registry import registry


class ShidangConfig(AppConfig):
    """The composition root: loads the modules once all models are there."""

    name = "config"
    label = "config"
    verbose_name = "Shidang"

    def ready(self) -> None:
        if not registry.modules:
            registry.load(["core", "core.workflow", "core.documents", "core.publicity", *settings.MODULES])
