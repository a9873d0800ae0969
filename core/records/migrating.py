"""What a migration needs to write records: a change of its own. Of the project's code, migrations that write import nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

OPEN = """
    INSERT INTO records_change (public_id, kind, actor_id, role, reason, document, source)
    SELECT uuidv7(), 'migration', id, 'system', %s, '', %s FROM org_user WHERE username = 'system' RETURNING id"""
ANNOUNCE = "SELECT set_config('records.change', %s, true)"


@contextmanager
def data_change(schema_editor: Any, *, migration: str, reason: str) -> Iterator[int]:
    """Open a change of kind `migration` by the system user, for the writes of a `RunPython`; yields its key.

    `migration` is its name (`personnel.0007_one_phone_each`), `reason` says in words what is changed and why. The migration must be
    atomic (it is unless it says otherwise) and depend on `("records", "0002_settle")`. Raises ValueError without a reason.
    """
    if not reason.strip():
        msg = "a change needs a reason"
        raise ValueError(msg)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(OPEN, [reason, f"migration:{migration}"])
        (made,) = cursor.fetchone()
        cursor.execute(ANNOUNCE, [str(made)])
        yield made
        cursor.execute(ANNOUNCE, [""])
