"""The peer's import, with the defaults of django-import-export."""

from import_export import resources

from bench.peer.models import FlatTeacher


class FlatTeacherResource(resources.ModelResource):
    """Rows found by identity number; everything else as the package does it."""

    class Meta:
        model = FlatTeacher
        exclude = ("id",)
        import_id_fields = ("number",)
