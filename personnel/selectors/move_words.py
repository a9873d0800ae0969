"""What rules found of moves, in the reader's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from psycopg.types.range import Range

from core.codes.values import period_words
from core.rules import Finding
from core.web.parts import Finding as Told

LOOKS: Final = {True: ("green", "ok"), False: ("red", "no"), None: ("amber", "alert")}


def move_said(finding: Finding) -> tuple[str, str]:
    """A finding of a move as heading and text."""
    name = finding.rule.removeprefix("personnel.moves.")
    return _WORDS[name](finding)


def told(findings: Iterable[Finding], exception: str = "", waivable: frozenset[str] = frozenset()) -> list[Told]:
    """Findings as pages show them, worst first; what an approved exception lets pass names its paper."""
    order = {False: 0, None: 1, True: 2}
    found = []
    for one in sorted(findings, key=lambda one: order[one.met]):
        heading, text = move_said(one)
        tone, icon = LOOKS[one.met]
        if one.met is False and one.rule in waivable:
            tone, icon = "amber", "alert"
            more = (
                _("Passed over by %(paper)s.") % {"paper": exception}
                if exception
                else _("An approved exception lets it pass.")
            )
            text = f"{text} {more}".strip()
        found.append(Told(heading, text, tone, icon, reference=one.reference))
    return found


def refusal(findings: Iterable[Finding]) -> str:
    """All that is not met, one after the other."""
    return " ".join(pgettext("after a label", ": ").join(move_said(one)) for one in findings)


def receiver_words(move: Any, values: Any) -> str:
    """What the receiver of a move is called: the unit, or what stands for one outside the system, with its place."""
    if move.to_unit_id is not None:
        return str(values.unit(move.to_unit_id))
    return _("%(unit)s (%(place)s)") % {"unit": move.outside, "place": move.place} if move.place else str(move.outside)


def no_place(lacks: Collection[str]) -> str:
    """That somebody finds no seat or post at the receiver."""
    found = [move_said(Finding(False, f"personnel.moves.{one}", 1, 0)) for one in sorted(lacks)]
    return " ".join(pgettext("after a label", ": ").join(one) for one in found)


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _elsewhere(finding: Finding) -> tuple[str, str]:
    if finding.met:
        return _("Another unit receives"), _("Sender and receiver differ.")
    return _("Sender and receiver are the same"), _("Nobody moves to where they are: name another receiver.")


def _open(finding: Finding) -> tuple[str, str]:
    if finding.met:
        return _("The receiver is open"), _("on every day of the move")
    if finding.actual:
        said = {"day": _day(finding.actual)}
        return _("The receiver closes"), _("From %(day)s on it is closed: nobody comes to it any more.") % said
    return _("The receiver is not open yet"), _("It opens on %(day)s.") % {"day": _day(finding.expected)}


def _employed(finding: Finding) -> tuple[str, str]:
    if finding.met:
        return _("Belongs to the sender"), _("through all days that count")
    text = _("The person does not belong to the sender on every day of it, or has retired, left or died by then.")
    return _("Does not belong to the sender"), text


def _retirement(finding: Finding) -> tuple[str, str]:
    if finding.expected is None:
        text = _("Date of birth or category are not on file, so the month of retirement is not known.")
        return _("Month of retirement not known"), text
    month = f"{finding.expected:%Y-%m}"
    if finding.met:
        return _("Before retirement"), _("The month of retirement is %(month)s.") % {"month": month}
    text = _("The month of retirement is %(month)s. Nobody is sent or moved beyond it: choose an earlier day.")
    return _("Past the month of retirement"), text % {"month": month}


def _alone(finding: Finding) -> tuple[str, str]:
    if finding.met:
        return _("No other time away"), _("on these days")
    period = period_words(Range(finding.actual.start, finding.actual.end))
    text = _(
        "The person is sent elsewhere, or that is asked for: %(period)s. Let that end first, or choose other days."
    )
    return _("Another time away on these days"), text % {"period": period}


def _seat(finding: Finding) -> tuple[str, str]:
    heading = ngettext("%(n)s seat is free at the receiver", "%(n)s seats are free at the receiver", finding.actual)
    if finding.met:
        text = _("from the first day on; it is kept when the move is decided")
    else:
        text = _("Have seats approved or moved there, or take a day on which one becomes free.")
    return heading % {"n": finding.actual}, text


def _post(finding: Finding) -> tuple[str, str]:
    number = max(finding.actual, 0)
    heading = ngettext("%(n)s post of the level is free", "%(n)s posts of the level are free", number) % {"n": number}
    if finding.met:
        return heading, _("from the first day on")
    return heading, _("Choose another level, let the appointment follow later, or have posts approved there.")


def _service(finding: Finding, heading: str) -> tuple[str, str]:
    said = {"years": finding.expected, "since": _day(finding.actual)}
    if finding.actual is None:
        return heading, _("%(years)s years are asked for a move at one's own wish; since when is not on file.") % said
    return heading, _("%(years)s years are asked for a move at one's own wish; here since %(since)s.") % said


def _due(finding: Finding) -> tuple[str, str]:
    said = {"years": finding.expected, "since": _day(finding.actual)}
    if finding.met:
        return _("Due for rotation"), _("%(years)s years at one school or more: since %(since)s.") % said
    return _("Not due for rotation yet"), _(
        "Due after %(years)s years at one school; the rotation counts for no share."
    ) % said


_WORDS: Final[dict[str, Any]] = {
    "elsewhere": _elsewhere, "open": _open, "employed": _employed, "retirement": _retirement, "alone": _alone, "seat": _seat, "post": _post,
    "school_service": lambda one: _service(one, _("Service at the school")),
    "county_service": lambda one: _service(one, _("Service in the county")), "due": _due,
}  # fmt: skip
