"""Lawful erasure of a person's protected values, wherever a merge has brought them."""

from __future__ import annotations

from typing import Any

from core.records.bulk import update_rows
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import Change
from core.records.vault import create_key
from personnel.models import Teacher
from personnel.selectors.merged import files_of, kin
from personnel.services.merging.plan import of_people
from personnel.services.merging.writing import sealed_for


def erase_person(*, actor: Any, teacher: Teacher, reason: str, document: str) -> Change:
    """Destroy the keys of a person's file and of those that were merged into it: no protected value of theirs opens any more.

    Somebody with whom they were one by mistake for a time keeps what stands in their file today, under a key of their own; the key of
    that time goes as well, since it sealed values of both. `document` is the number of the order; ValueError without it.
    """
    if not document.strip():
        msg = "an erasure needs the number of its order"
        raise ValueError(msg)
    files = files_of(teacher.pk)
    others = [key for key in kin(files) if key not in files]
    with change("records.erase", actor=actor, reason=reason, document=document) as done:
        for other in Teacher._base_manager.select_for_update(of=("self",)).select_related("key").filter(pk__in=others):
            if other.key.wrapped is not None:
                _seal_anew(other, actor=actor, reason=reason, document=document)
        for one in Teacher._base_manager.select_related("key").filter(pk__in=files):
            destroy_key(one.key, actor=actor, reason=reason, document=document)
    return done


def _seal_anew(person: Teacher, *, actor: Any, reason: str, document: str) -> None:
    former, heir = person.key, Teacher(pk=person.pk, key=create_key())
    for model in of_people():
        if not getattr(model, "_protected", {}):
            continue
        rows = list(model._base_manager.filter(teacher=person.pk))
        for row in rows:
            row.teacher = person
        told = [(row, sealed_for(row, heir)) for row in rows]
        names = sorted(told[0][1]) if told else []
        update_rows(model, names, [(row.pk, row.revision, *(values[name] for name in names)) for row, values in told])
    person.key = heir.key
    person.save(update_fields={"key"})
    destroy_key(former, actor=actor, reason=reason, document=document)
