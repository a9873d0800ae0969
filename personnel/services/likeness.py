"""Keeping the pairs of files that may be one person's, and answering that they are two people."""

from __future__ import annotations

from typing import Any, Final, Unpack

from django.utils.translation import gettext as _

from core.dates import today
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.parameters.selectors import at
from core.records.bulk import update_rows
from core.records.changes import change
from core.records.models import Change
from personnel.choices import DIFFER
from personnel.models import Likeness
from personnel.rules import Likenesses
from personnel.selectors.likeness import batches, found_alike, pairs
from personnel.services.why import Why, because

FOUND: Final = "personnel.find_likenesses"
AT_ONCE: Final = 5000


def find_likenesses() -> int:
    """Lay all files beside each other and keep the pairs that look like one person's; returns how many are new.

    One change where anything differs from what was found before, none where nothing does. What was answered stays answered.
    """
    found = found_alike(at(Likenesses, today()))
    known = {(one.teacher_id, one.other_id): one for one in Likeness._base_manager.all().iterator(AT_ONCE)}
    fresh = [
        Likeness(teacher_id=pair[0], other_id=pair[1], grounds=grounds, weight=weight)
        for pair, (grounds, weight) in found.items()
        if pair not in known
    ]
    changed = [
        (one.pk, one.revision, *found.get(pair, ([], 0)))
        for pair, one in known.items()
        if (pair in found or one.different or one.joined) and (one.grounds, one.weight) != found.get(pair, ([], 0))
    ]
    gone = [one.pk for pair, one in known.items() if pair not in found and not (one.different or one.joined)]
    if not (fresh or changed or gone):
        return 0
    with change(FOUND, actor=system_actor(today()), reason="逐份比对档案，更新疑似同一人清单", source="job"):
        for keys in batches(gone, AT_ONCE):
            rows = Likeness._base_manager.filter(pk__in=keys)
            rows._raw_delete(rows.db)
        update_rows(Likeness, ["grounds", "weight"], changed)
        Likeness._base_manager.bulk_create(fresh, batch_size=AT_ONCE)
    return len(fresh)


def tell_apart(*, actor: Any, pair: Likeness, **why: Unpack[Why]) -> Change:
    """Say that two files are of two different people: they are not asked about any more. Raises `NotAllowed` where that was said."""
    with because("personnel.tell_apart", DIFFER, actor, why) as done:
        held = Likeness.objects.select_for_update().filter(pk__in=pairs(actor).filter(pk=pair.pk).values("pk")).first()
        if held is None:
            raise NotAllowed(_("This pair was answered meanwhile."))
        held.different = True
        held.save(update_fields={"different"})
    return done


def ask_again(*, actor: Any, pair: Likeness, reason: str) -> Change:
    """Take the answer back: the pair is asked about again."""
    with change("personnel.ask_again", actor=actor, reason=reason, source="page") as done:
        rows = pairs(actor, different=True).filter(pk=pair.pk).values("pk")
        held = Likeness.objects.select_for_update().filter(pk__in=rows).first()
        if held is None:
            raise NotAllowed(_("This pair was answered meanwhile."))
        held.different = False
        held.save(update_fields={"different"})
    return done
