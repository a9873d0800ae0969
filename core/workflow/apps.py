from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "core.workflow"
    label = "workflow"

    def ready(self) -> None:
        from core.workflow import checks  # noqa: F401, PLC0415 - the checks register themselves
