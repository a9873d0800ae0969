from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate, pre_migrate


class RecordsConfig(AppConfig):
    name = "core.records"
    label = "records"

    def ready(self) -> None:
        from core.records import access, checks, drawing, keeping, shapes  # noqa: PLC0415 - models must be loaded first

        register(checks.records_are_guarded)
        register(keeping.history_is_kept)
        pre_migrate.connect(drawing.draw_models_once, sender=self, dispatch_uid="records.drawing")
        post_migrate.connect(access.grant, dispatch_uid="records.grant")
        post_migrate.connect(shapes.remember, dispatch_uid="records.shapes")
