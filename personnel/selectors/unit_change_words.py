"""What organisation changes say in words: what they do, what stands in their way, what was changed since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.org.models import Unit
from core.web.parts import Finding, Link
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases
from personnel.models import Teacher, UnitChange
from personnel.selectors.unit_changes import Obstacle

MOST_NAMED: Final = 5
Kind = UnitChange.Kind


def title_of(change: UnitChange, unit: Callable[[int | None], str]) -> str:
    """What a change does, with names: `unit` says the name of a unit by its key."""
    said = {"unit": unit(change.subject_id) if change.subject_id else "", "name": change.name}
    if change.kind == Kind.OPEN:
        return _("Open %(name)s") % said
    if change.kind == Kind.MERGE:
        return _("Merge %(unit)s into %(receiver)s") % {**said, "receiver": unit(change.receiver_id)}
    if change.kind == Kind.SPLIT:
        return _("Split %(name)s off %(unit)s") % said
    if change.kind == Kind.RENAME:
        return _("Rename %(unit)s to %(name)s") % said
    return _("Close %(unit)s") % said


def words_of(one: Obstacle, name: Callable[[Unit], str]) -> str:
    """An obstacle in words, and what to do about it."""
    about, day = one.about, one.day
    unit = name(about) if isinstance(about, Unit) else ""
    who = about.name if isinstance(about, Teacher) else ""
    said: dict[str, Any] = {"unit": unit, "who": who, "day": day}
    if one.what == "more":
        said["n"] = about
    if one.what in ("decided_move", "asked_move"):
        said["who"] = about.teacher.name
    if one.what == "case":
        flow = workflow_of(about.kind)
        said["case"] = _("%(kind)s, case %(number)s") % {"kind": flow.label if flow else about.kind, "number": about.pk}
    if one.what == "seats":
        place, kind, number = about
        said |= {"unit": name(place), "kind": code_label("seat_kind", kind), "n": number}
    return _sentence(one.what) % said


def _sentence(what: str) -> str:
    return {
        "name": _("%(unit)s bears this name already. Choose another one."),
        "code": _("%(unit)s has this code already. Each unit keeps its code for life."),
        "not_open": _("%(unit)s opened on %(day)s. The change begins after that day."),
        "closed": _("%(unit)s is closed from %(day)s on."),
        "other_change": _(
            "Another change of the unit from %(day)s on waits to be decided. Have it decided or withdrawn first."
        ),
        "later_name": _("%(unit)s has another name from %(day)s on already."),
        "below": _("%(unit)s is still open below it. Merge, close or rename it first."),
        "receiver_not_open": _("The receiver %(unit)s opens on %(day)s only."),
        "receiver_closed": _("The receiver %(unit)s is closed from %(day)s on."),
        "dispatch": _(
            "%(who)s works at the other of the two units from %(day)s on. Record the return by the day before."
        ),
        "later_posts": _("Posts of %(unit)s are set from %(day)s on already. Choose a later day."),
        "ledger": _("The seat ledger of %(unit)s is not open. Open it first."),
        "ledger_later": _("The seat ledger of %(unit)s begins later than the day."),
        "later_head": _("%(who)s is appointed a head from %(day)s on. End or take that back first."),
        "decided_move": _("The move of %(who)s on %(day)s is decided. Take it back, or let it take effect first."),
        "asked_move": _("A move of %(who)s on %(day)s waits to be decided. Have it decided or withdrawn first."),
        "case": _("%(case)s is not over. Have it decided or withdrawn first."),
        "employed": _("%(who)s belongs to it on %(day)s."),
        "more": _("And %(n)s more."),
        "guest": _("%(who)s works there on %(day)s."),
        "head": _("%(who)s heads it on %(day)s."),
        "seats": _("%(n)s seats (%(kind)s) are approved for %(unit)s. Have them taken back or moved."),
        "appointed": _("%(who)s is appointed to a post there on %(day)s."),
    }[what]


def refusal(found: Sequence[Obstacle], on: date) -> str:
    """Obstacles in one text, for whom a page does not show them."""
    names = {
        one.pk: str(one)
        for one in Unit.objects.named(on).filter(pk__in=[one.about.pk for one in found if isinstance(one.about, Unit)])
    }  # fmt: skip
    told = [
        words_of(one, lambda unit: str(getattr(unit, "name", "") or names.get(unit.pk, unit.code)))
        for one in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        told.append(_("And %(n)s more.") % {"n": len(found) - MOST_NAMED})
    return pgettext("between sentences", "; ").join(told)


def findings(found: Sequence[Obstacle], actor: Any) -> list[Finding]:
    """Obstacles as a page shows them, each with a link to where it is put in order."""
    values = values_of(actor)
    units = [one.about for one in found if isinstance(one.about, Unit)]
    units += [one.about[0] for one in found if isinstance(one.about, tuple)]
    values.prime(units=[one.pk for one in units])
    seen, opened = _seen(found, actor), _cases_seen(found, actor)
    return [
        Finding(
            _("Stands in the way"), words_of(one, lambda unit: str(getattr(unit, "name", "") or values.unit(unit.pk))), "red", "no",
            link=_link(one, seen, opened),
        )
        for one in found
    ]  # fmt: skip


def _seen(found: Sequence[Obstacle], actor: Any) -> set[Any]:
    """The people among them whose files the actor sees."""
    people = {_person(one) for one in found} - {None}
    return (
        set(Teacher.objects.visible_to(actor).filter(pk__in=people).values_list("pk", flat=True)) if people else set()
    )


def _person(one: Obstacle) -> int | None:
    if isinstance(one.about, Teacher):
        return one.about.pk
    return getattr(one.about, "teacher_id", None)


def _case(one: Obstacle) -> Case | None:
    case = one.about if isinstance(one.about, Case) else getattr(one.about, "case", None)
    return case if isinstance(case, Case) else None


def _cases_seen(found: Sequence[Obstacle], actor: Any) -> set[int]:
    """The cases among them that the actor may look at."""
    keys = {case.pk for one in found if (case := _case(one)) is not None}
    return set(cases(actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _link(one: Obstacle, seen: Collection[int], opened: Collection[int]) -> Link | None:
    about, case = one.about, _case(one)
    if isinstance(about, Unit):
        return Link(_("To the unit"), reverse("unit", args=[about.public_id]))
    if isinstance(about, tuple):
        return Link(_("To the seats"), reverse("unit_seats", args=[about[0].public_id]))
    if case is not None:
        return Link(_("To the case"), reverse("case", args=[case.public_id])) if case.pk in opened else None
    if isinstance(about, Teacher) and about.pk in seen:
        return Link(_("To the file"), reverse("teacher", args=[about.public_id]))
    return None


def names_of(found: Sequence[tuple[Any, Any, str]]) -> str:
    """Whose records they are, or which cases and units: the first of them, and how many more. One query for each sort of record."""
    told: list[str] = []
    people = {line.subject for model, line, _why in found if _of_person(model)}
    told += Teacher._base_manager.filter(pk__in=people).order_by("pk").values_list("name", flat=True)[:MOST_NAMED]
    more = max(len(people) - MOST_NAMED, 0)
    for model in dict.fromkeys(model for model, _line, _why in found if not _of_person(model)):
        keys = [line.id for one, line, _why in found if one is model]
        label = model._meta.verbose_name
        told.append(_("%(what)s %(numbers)s") % {"what": label, "numbers": "、".join(map(str, keys[:MOST_NAMED]))})
        more += max(len(keys) - MOST_NAMED, 0)
    if more:
        told.append(_("and %(n)s more") % {"n": more})
    return pgettext("list separator", ", ").join(told)


def _of_person(model: Any) -> bool:
    return any(one.name == "teacher" for one in model._meta.concrete_fields)
