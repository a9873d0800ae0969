"""What titles adds to the list of teachers and to the heading of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.registry import HeadingFact, ListColumn
from core.web.filters import NOT_RECORDED, CodeFilter
from personnel.selectors.clocks import holding
from titles.models import TitleHeld

TEACHERS = "teachers"
VIEW = "personnel.view_teacher"
RANK = "teacher_rank"


def _held(on: Any) -> Any:
    return TitleHeld._base_manager.filter(teacher=OuterRef("pk"), valid__contains=on)


def titles_in_words(teachers: Sequence[int], on: date) -> Mapping[int, str]:
    """What title people hold on a day, in words, by their keys. One query."""
    rows = TitleHeld._base_manager.filter(teacher__in=teachers, valid__contains=on)
    return {key: str(code_label(RANK, rank)) for key, rank in rows.values_list("teacher", "rank")}


def with_title(rows: Any, actor: Any) -> Any:
    """Annotate `title`, the code of the rank that the person holds on the actor's day."""
    return rows.annotate(title=Subquery(_held(actor.on).values("rank")[:1]))


def holding_rank(rows: Any, ranks: list[str], actor: Any) -> Any:
    """Those who hold one of the ranks on the actor's day; NOT_RECORDED among them means no title."""
    none = NOT_RECORDED[0]
    condition = Q(Exists(_held(actor.on).filter(rank__in=[rank for rank in ranks if rank != none])))
    return rows.filter(condition | ~Q(Exists(_held(actor.on)))) if none in ranks else rows.filter(condition)


def title_text(teacher: Any, actor: Any, on: Any) -> str:
    """The title that a person holds on a day, in words."""
    held = holding(teacher, TitleHeld, actor, on)
    return values_of(actor).code(RANK, held.rank) if held else ""


COLUMNS = (
    ListColumn(
        "title", _("Title"), lambda row, actor: values_of(actor).code(RANK, row.title or ""), page=TEACHERS, annotate=with_title,
        nowrap=True, permission=VIEW, order=40,
    ),
)  # fmt: skip
FILTERS = (
    CodeFilter(
        "title",
        _("Title"),
        holding_rank,
        page=TEACHERS,
        code_list=RANK,
        extra=(NOT_RECORDED,),
        permission=VIEW,
        order=40,
    ),
)
HEADING = (HeadingFact(permission=VIEW, text=title_text, order=10),)
