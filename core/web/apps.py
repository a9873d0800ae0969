from django.apps import AppConfig
from django.core.checks import register


class WebConfig(AppConfig):
    name = "core.web"
    label = "web"

    def ready(self) -> None:
        from core.web.pages import checks  # noqa: PLC0415 - models must be loaded first

        register(checks.pages_are_guarded)
