"""Databases to measure in: clones of the migrated template, thrown away afterwards; a county and its clerk in each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.conf import settings

from core.org.actor import Actor
from core.org.models import Unit
from tests.factories.people import make_actor, make_unit
from tests.ground.databases import Database, clone, django_on, maker, template


@dataclass(frozen=True)
class Ground:
    """A database of one measurement, and the clerk of the one county in it."""

    database: Database
    county: Unit
    clerk: Actor

    def settle(self) -> None:
        """Do at once what the server does by itself after a while: statistics, visibility, and writing to the tables."""
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


@contextmanager
def ground() -> Iterator[Ground]:
    """A database as an installation has it, with Django on it as `shidang_app`; dropped at the end."""
    with maker(settings.SERVER):
        own = clone(template(settings.SERVER))
        try:
            with django_on(own):
                county = make_unit("county", "青石县教育局", make_unit("city", "临江市教育局"))
                yield Ground(own, county, make_actor("county_clerk", county))
        finally:
            own.drop()
