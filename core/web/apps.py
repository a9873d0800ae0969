from django.apps import AppConfig
from django.core.checks import register


class WebConfig(AppConfig):
    name = "core.web"
    label = "web"

    def ready(self) -> None:
        from core.registry import registry  # noqa: PLC0415 - models must be loaded first
        from core.web import navigation  # noqa: PLC0415 - models must be loaded first
        from core.web.pages import checks  # noqa: PLC0415 - models must be loaded first

        registry.change_kinds.update(navigation.KERNEL_KINDS)
        register(checks.pages_are_guarded)
