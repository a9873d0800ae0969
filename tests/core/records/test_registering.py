"""The one-pass registry of triggers: pgtrigger's own answers, its own refusals."""

import pgtrigger
import pytest
from pgtrigger import registry

from core.org.models import Unit
from core.records.registering import Indexed


def test_its_indexes_are_those_that_the_library_works_out() -> None:
    indexed = registry._registry
    plain = registry._Registry
    assert isinstance(indexed, Indexed)
    assert len(indexed) > 100
    assert indexed.pg_function_names == plain.pg_function_names.fget(indexed)
    assert indexed.by_db_table == plain.by_db_table.fget(indexed)


def test_a_name_that_is_taken_is_refused_and_one_that_was_given_up_is_free() -> None:
    first, second = (
        pgtrigger.Trigger(name="only_here", when=pgtrigger.Before, operation=pgtrigger.Insert, func=func)
        for func in ("RETURN NEW;", "RETURN NULL;")
    )
    with first.register(Unit), pytest.raises(KeyError, match="already used"):
        second.register(Unit)
    with second.register(Unit):
        assert registry._registry.by_db_table[Unit._meta.db_table, "only_here"] is second
    assert (Unit._meta.db_table, "only_here") not in registry._registry.by_db_table
