"""`manage.py makemigrations`, which never takes a column away from history."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import makemigrations
from django.db.migrations.loader import MigrationLoader

from core.records.keeping import faults_of, in_order, keep_columns


class Command(makemigrations.Command):
    """Removed and shortened columns of history are taken out of the state only; what history cannot take is refused."""

    def write_migration_files(
        self, changes: dict[str, list[Any]], update_previous_migration_paths: dict[str, str] | None = None
    ) -> None:
        plan = list(in_order(MigrationLoader(None, ignore_no_migrations=True)))
        for migrations in changes.values():
            for migration in migrations:
                migration.operations = keep_columns(plan, migration)
                plan.append(migration)
        new = {(one.app_label, one.name) for migrations in changes.values() for one in migrations}
        faults = [text for name, text in faults_of(plan) if name in new]
        if faults:
            raise CommandError("\n".join(faults))
        super().write_migration_files(changes, update_previous_migration_paths)
