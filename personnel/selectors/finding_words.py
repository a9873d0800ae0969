"""What rules found of posts and contracts, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.selectors import label as code_label
from core.dates import DAY
from core.rules import Finding
from personnel import rules

TIER_WORDS: Final = {rules.HIGH, rules.MIDDLE, rules.JUNIOR}


def tier_words(tier: str) -> str:
    """A tier or family in words."""
    named = {
        rules.HIGH: pgettext("tier of posts", "high"), rules.MIDDLE: pgettext("tier of posts", "middle"),
        rules.JUNIOR: pgettext("tier of posts", "junior"),
    }  # fmt: skip
    return named.get(tier) or code_label("post_family", tier)


def post_words(key: str) -> str:
    """A level or a tier in words."""
    return tier_words(key) if key in TIER_WORDS else code_label("post_level", key)


def numbers_words(pairs: Iterable[tuple[str, int]]) -> str:
    """Numbers of posts by level or tier: high 3, middle 10."""
    told = [_("%(what)s %(n)s") % {"what": post_words(key), "n": number} for key, number in pairs]
    return pgettext("list separator", ", ").join(told)


def said(finding: Finding) -> tuple[str, str]:
    """A finding as heading and text."""
    name = finding.rule.removeprefix("personnel.")
    evidence = dict(finding.evidence)
    if name.startswith("post_structure."):
        return _structure(name, finding, evidence)
    if name.startswith("post_moves."):
        return _move(name, finding, evidence)
    if name.startswith("headships."):
        return _headship(name, finding, evidence)
    return _contract(name, finding, evidence)


def _structure(name: str, finding: Finding, evidence: Mapping[str, str]) -> tuple[str, str]:
    which = name.removeprefix("post_structure.")
    first, _sign, last = which.partition("-")
    what = _("high, middle and junior") if which == "tiers" else f"{post_words(first)}–{post_words(last)}"
    heading = _("Ratio %(ratio)s, %(what)s") % {"ratio": evidence["ratio"], "what": what}
    told = {"set": numbers_words(finding.actual), "ratio": numbers_words(finding.expected)}
    kept, above = (
        _("Set: %(set)s. The ratio gives %(ratio)s."),
        _("Set: %(set)s, more at the top than the ratio gives: %(ratio)s."),
    )
    return heading, (kept if finding.met else above) % told


def _move(name: str, finding: Finding, evidence: Mapping[str, str]) -> tuple[str, str]:
    if name == "post_moves.step":
        told = {"below": post_words(finding.expected), "now": post_words(finding.actual)}
        return _("One level at a time"), _("Comes from %(below)s; holds %(now)s.") % told
    if name == "post_moves.title":
        text = _("A post of the tier “%(tier)s” needs the title for it: enter the paper that shows it.")
        return _("Title for the higher tier"), text % {"tier": tier_words(finding.expected)}
    told = {"years": finding.expected, "level": post_words(evidence["level"]), "since": evidence["since"]}
    return _("Years on the level below"), _("%(years)s years asked; on %(level)s without a gap since %(since)s.") % told


def _headship(name: str, finding: Finding, evidence: Mapping[str, str]) -> tuple[str, str]:
    told: dict[str, Any] = {
        "expected": finding.expected, "actual": finding.actual if finding.actual is not None else _("not known"), **evidence
    }  # fmt: skip
    size = _("%(classes)s classes: ") % told if evidence.get("classes") else ""
    words = {
        "headships.number": (
            _("Number of posts of this headship"), size + _("%(expected)s; with this appointment: %(actual)s."),
        ),
        "headships.party": (
            _("Member of the Party"), _("This headship is held by members of the Party; the file says so.") if finding.met
            else _("This headship is held by members of the Party; the file does not say that the person is one."),
        ),
        "headships.years": (_("Length of the term"), _("%(shortest)s to %(longest)s years; proposed: %(actual)s.")),
        "headships.terms": (
            _("Terms running in this post"), _("At most %(expected)s in one school; this would be number %(actual)s."),
        ),
        "headships.full_term": (
            _("A whole term before retirement"), _("The term ends on %(expected)s; month of the statutory age: %(actual)s."),
        ),
    }  # fmt: skip
    heading, text = words[name]
    return heading, text % told


def _contract(name: str, finding: Finding, evidence: Mapping[str, str]) -> tuple[str, str]:
    shown = (lambda day: day) if name.endswith((".notice", ".term")) else _last_day
    told: dict[str, Any] = {
        "expected": shown(finding.expected) if finding.expected is not None else _("no end"),
        "actual": shown(finding.actual) if finding.actual is not None else _("none"),
        "months": evidence.get("months", ""), "days": evidence.get("days", ""),
    }  # fmt: skip
    words = {
        "contracts.term": (_("Term"), _("Usually %(expected)s years at least; this one: %(actual)s full years.")),
        "contracts.first_probation": (
            _("Probation of a first job"), _("%(months)s months, so until %(expected)s; this one: %(actual)s."),
        ),
        "contracts.probation": (_("Probation"), _("At most %(months)s months, so until %(expected)s; this one: %(actual)s.")),
        "contracts.probation_inside": (_("Probation within the term"), _("The term ends on %(expected)s, the probation on %(actual)s.")),
        "contracts.at_end": (_("End of the term"), _("The term runs until %(expected)s; asked for: %(actual)s.")),
        "contracts.within": (_("Within the term"), _("The term runs until %(expected)s; asked for: %(actual)s.")),
        "contracts.notice": (
            _("Notice"), _("%(days)s days before: given on %(expected)s at the latest; it was given on: %(actual)s."),
        ),
    }  # fmt: skip
    heading, text = words[name]
    return heading, text % told


def _last_day(day: Any) -> Any:
    """Rules speak of the first day after, readers of the last one."""
    return day - DAY


def unmet_words(findings: Iterable[Finding]) -> str:
    """All that is not met, in one sentence each."""
    told = (said(one) for one in findings if one.met is False)
    return " ".join(_("%(heading)s: %(text)s") % {"heading": heading, "text": text} for heading, text in told)
