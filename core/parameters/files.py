"""The parameter tables that the installed apps ship: `parameters/*.yaml` of each, one table per file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from core.parameters.reading import TableFile, read_file
from core.parameters.schema import InvalidParameter


def shipped() -> dict[str, TableFile]:
    """All tables that the installed apps ship, by name. Raises InvalidParameter."""
    found: dict[str, TableFile] = {}
    for path in _paths():
        read = read_file(path)
        if read.table in found:
            raise InvalidParameter(f"{path.name}: the table {read.table} is also in {found[read.table].path}")
        found[read.table] = read
    return found


def _paths() -> Iterator[Path]:
    for app in apps.get_app_configs():
        yield from sorted(Path(app.path, "parameters").glob("*.yaml"))
