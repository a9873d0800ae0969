"""Publicities and objections as somebody may read them: everybody, who objected, who works on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.documents.rules import read_code
from core.parameters.selectors import at
from core.publicity.models import Objection, Publicity, PublicityRow
from core.publicity.rules import CLOCK, OBJECTIONS, STATE, Publishing, may_go_on, standing
from core.records.vault import ErasedValue, Secret, blind_index
from core.rules import Finding

VIEW: Final = "publicity.view"
DECIDE: Final = "publicity.decide_objection"
KIND: Final = "publicity.objection"
MOST_SHOWN: Final = 200


def publicities(actor: Any) -> Any:
    """What the actor's unit and those below it published."""
    return Publicity.objects.visible_to(actor)


def counted(rows: Any) -> Any:
    """Publicities with `lines`, `waiting` and `objected`: how many lines, open objections, objections at all."""
    return rows.annotate(
        lines=Count("rows", distinct=True),
        waiting=Count("objections", filter=Q(objections__state=Objection.State.OPEN), distinct=True),
        objected=Count("objections", distinct=True),
    )


def objections(actor: Any) -> Any:
    """The objections of the actor's units; never those about the actor."""
    return Objection.objects.visible_to(actor).exclude(about(actor.user)) if actor else Objection.objects.none()


def about(user: Any, way: str = "") -> Q:
    """The condition (behind `way`) that an objection is about somebody: to their line, or to all of which theirs is one."""
    theirs = PublicityRow._base_manager.filter(user=user)
    whole = Q(**{f"{way}row__isnull": True, f"{way}publicity__in": theirs.values("publicity")})
    return Q(**{f"{way}row__user": user}) | whole


def public(on: date) -> Any:
    """What everybody may read on a day: what is open, and what ended not longer ago than the rules say."""
    ended = on - timedelta(days=at(Publishing, on).shown)
    rows = Publicity._base_manager.filter(opened_on__lte=on).select_related("unit")
    return rows.filter(Q(state=Publicity.State.OPEN) | Q(closed_on__gte=ended))


def public_one(code: str, on: date) -> Publicity | None:
    """The publicity of a public address on a day, None where there is none to be read."""
    found: Publicity | None = public(on).filter(code=code).first()
    return found


def takes_objections(publicity: Publicity, on: date) -> bool:
    """Whether anybody may object on a day."""
    return publicity.state == Publicity.State.OPEN and publicity.opened_on <= on <= publicity.last_day


def findings_of(publicity: Publicity, on: date) -> tuple[Finding, ...]:
    """What stands between a publicity and going on, on a day."""
    waiting = publicity.objections.filter(state=Objection.State.OPEN).count()
    return standing(
        state=publicity.state, last=publicity.last_day, on=on, waiting=waiting, reference=publicity.reference
    )


def passed(publicity: Publicity | None, on: date) -> bool:
    """Whether one may go on from a publicity on a day. For guards of workflows."""
    return publicity is not None and may_go_on(findings_of(publicity, on))


def why_not_passed(publicity: Publicity | None, on: date) -> str:
    """Why one may not go on, in words; "" where one may. For guards of workflows."""
    if publicity is None:
        return _("This was not published yet.")
    return " ".join(said(one) for one in findings_of(publicity, on) if not one.met)


def said(finding: Finding) -> str:
    """A finding about a publicity in words."""
    if finding.rule == STATE:
        return _("The publicity was not stopped.") if finding.met else _("The publicity was stopped.")
    if finding.rule == CLOCK:
        over, runs = _("It was published up to %(day)s."), _("It is published up to and including %(day)s.")
        return (over if finding.met else runs) % {"day": finding.expected}
    assert finding.rule == OBJECTIONS  # noqa: S101 - the rule knows three
    count = finding.actual
    words = ngettext("%(n)s objection is not answered yet.", "%(n)s objections are not answered yet.", count)
    return words % {"n": count} if count else _("No objection waits for an answer.")


def of_receipt(receipt: str) -> Objection | None:
    """The objection of a receipt number, however it was typed."""
    code = read_code(receipt)
    rows = Objection._base_manager.select_related("publicity__unit", "row", "case")
    return rows.filter(receipt=digest_of(code)).first() if code else None


def digest_of(code: str) -> bytes:
    """What is kept of a receipt number."""
    return blind_index("receipt", code)


def clear(secret: Secret) -> str:
    """A sealed value in clear; what it says once it was erased."""
    try:
        return secret.reveal()
    except ErasedValue:
        return _("erased, its time is over")


def of_cases(cases: Sequence[Any]) -> Mapping[int, Objection]:
    """The objections of cases, by the case: one query."""
    rows = Objection._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("publicity__unit", "row", "key")}


def people_of(found: Mapping[int, Objection]) -> dict[int, set[int]]:
    """The users whom objections are about, by the same keys: of their line, else of every line."""
    whole = {one.publicity_id for one in found.values() if one.row_id is None}
    lines = PublicityRow._base_manager.filter(publicity__in=whole, user__isnull=False)
    everybody: dict[int, set[int]] = {key: set() for key in whole}
    for publicity, user in lines.values_list("publicity", "user"):
        everybody[publicity].add(user)
    return {
        key: everybody[one.publicity_id]
        if one.row is None
        else {user for user in (one.row.user_id,) if user is not None}
        for key, one in found.items()
    }
