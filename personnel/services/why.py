"""Why a file is changed: the usual reason, the words, the paper, the file that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, TypedDict

from django.utils.translation import gettext as _

from core.codes import selectors as codes
from core.codes.selectors import CodeName
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import Change
from core.text import veiled
from personnel.choices import OTHER_REASON, REASON_GROUPS, REASONS, UNDATED_GROUPS

PAGE: Final = "page"


class Why(TypedDict, total=False):
    """`reason` are words, `reason_code` a code of the list change_reason; one of them is needed. `source` is page or api."""

    reason: str
    reason_code: str
    document: str
    evidence: Any
    source: str


def groups_of(act: str, *, dated: bool = True) -> frozenset[str]:
    """The groups of reasons that fit what is done to a record."""
    return REASON_GROUPS[act] if dated or act not in {"correct", "change"} else UNDATED_GROUPS


def reasons_for(groups: frozenset[str], on: date, unit: Any) -> list[CodeName]:
    """The reasons that may be given on a day in a unit: those of the groups and those of no group, in the order of the list."""
    known = codes.entries(REASONS, on, unit)
    parents = {entry.parent for entry in known}
    return [one for one in known if one.parent in groups or not (one.parent or one.code in parents)]


@contextmanager
def because(kind: str, act: str, actor: Any, why: Why, *, dated: bool = True) -> Iterator[Change]:
    """Open the change of an act on a file. Raises `NotAllowed` where the reason does not fit the act or says too little."""
    code, words = why.get("reason_code", ""), veiled(why.get("reason", "").strip())
    if code:
        _must_fit(code, words, groups_of(act, dated=dated), actor)
    with change(
        kind, actor=actor, reason=words, reason_code=code, document=veiled(why.get("document", "").strip()),
        evidence=why.get("evidence"), source=why.get("source", PAGE),
    ) as opened:  # fmt: skip
        yield opened


def _must_fit(code: str, words: str, groups: frozenset[str], actor: Any) -> None:
    if code not in {one.code for one in reasons_for(groups, actor.on, actor.unit)}:
        raise NotAllowed(_("This reason does not fit what is done here. Choose another one."), field="reason")
    if code == OTHER_REASON and not words:
        raise NotAllowed(_("Say in words why: “other” alone tells nobody later."), field="words")
