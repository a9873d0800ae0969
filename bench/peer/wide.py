"""The peer's export: one flat table of 30 columns and the resource that the package makes of it."""

from __future__ import annotations

import uuid
from typing import Final

import psycopg
from django.db import connection, models
from import_export import resources

from core.records.access import APP_ROLE
from tests.ground.databases import Database

SORTS: Final = ("text", "text", "date", "text", "integer", "text", "boolean", "text", "text", "date")
WIDE: Final = {"number": "text"} | {f"column_{place}": SORTS[place % len(SORTS)] for place in range(1, 30)}
COLUMNS: Final = tuple(WIDE)
FIELDS: Final = {
    "text": lambda: models.CharField(max_length=120, blank=True),
    "date": lambda: models.DateField(null=True),
    "integer": lambda: models.IntegerField(null=True),
    "boolean": lambda: models.BooleanField(default=False),
}


class WideBase(models.Model):
    """What a list needs beside the columns."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        abstract = True
        app_label = "peer"


WideTeacher = type(
    "WideTeacher",
    (WideBase,),
    {
        "__module__": __name__,
        "__doc__": "A roster row of 30 columns.",
        "__str__": lambda self: self.number,
        **{name: FIELDS[sort]() for name, sort in WIDE.items()},
    },
)


class WideResource(resources.ModelResource):
    """All columns, as the package does it."""

    class Meta:
        model = WideTeacher
        fields = COLUMNS


def make_table(database: Database) -> None:
    """The table, as its migration would make it."""
    with connection.schema_editor(collect_sql=True) as editor:
        editor.create_model(WideTeacher)
    with psycopg.connect(database.owner_url) as owner:
        for statement in editor.collected_sql:
            owner.execute(statement)
        owner.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{WideTeacher._meta.db_table}" TO {APP_ROLE}')
        owner.execute(f"GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
