from django.apps import AppConfig
from django.core.checks import register


class ApiConfig(AppConfig):
    name = "core.api"
    label = "api"

    def ready(self) -> None:
        from core.api import checks  # noqa: PLC0415 - models must be loaded first

        register(checks.endpoints_are_guarded)
