"""Bars beside facts and batches: how long something holds, and in which proportions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import day_words
from core.dates import BEFORE_RECORDS, DAY
from core.web.parts import Axis, Part, Span

BAR_WIDTH: Final = 200
MIX_WIDTH: Final = 800
GAP: Final = 1.5


def life_words(spans: Iterable[Span], day: date) -> str:
    """How long what holds on that day holds, else the nearest stretch: "since …" or "until …" with the last day."""
    ordered = sorted(spans, key=lambda span: span.start or date.min)
    holding = [span for span in ordered if _holds(span, day)]
    ahead = [span for span in ordered if span.start and span.start > day]
    chosen = (holding or ahead or ordered[-1:])[0]
    if chosen.end and chosen not in ahead:
        return _("until %(day)s") % {"day": (chosen.end - DAY).isoformat()}
    return _since(chosen.start) if chosen.start else ""


def _since(start: date) -> str:
    first = day_words(start)
    return first if start == BEFORE_RECORDS else _("since %(day)s") % {"day": first}


def _holds(span: Span, day: date) -> bool:
    return (span.start is None or span.start <= day) and (span.end is None or day < span.end)


def _period_words(span: Span) -> str:
    if span.end is None and span.start:
        return _since(span.start)
    start = day_words(span.start) if span.start else "…"
    if span.end is None:
        return _("since %(day)s") % {"day": start}
    return _("%(start)s to %(end)s") % {"start": start, "end": (span.end - DAY).isoformat()}


def validity(spans: Iterable[Span], axis: Axis) -> SafeString:
    """The bar of validity: past pale, current dark (amber when due), future outlined, a tick at the day asked."""
    ordered = sorted(spans, key=lambda span: span.start or date.min)
    edges = [_edges(span, axis) for span in ordered]
    rects = []
    for (left, right), (following, _unused), span in zip(edges, [*edges[1:], (None, None)], ordered, strict=True):
        stop = right - GAP if following is not None and abs(following - right) < GAP else right
        rects.append((_kind(span, axis.day), _number(left), _number(max(stop - left, GAP))))
    return format_html(
        '<svg class="sd-validity" viewBox="0 0 {w} 14" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<rect class="base" x="0" y="6.5" width="{w}" height="1"/>{rects}'
        '<rect class="today" x="{today}" y="1" width="1.2" height="12"/></svg>',
        w=BAR_WIDTH,
        label=pgettext("list separator", ", ").join(_period_words(span) for span in ordered),
        rects=format_html_join("", '<rect class="{}" x="{}" y="5" width="{}" height="4" rx="1"/>', rects),
        today=_number(axis.place(axis.day) * BAR_WIDTH),
    )


def _edges(span: Span, axis: Axis) -> tuple[float, float]:
    left = axis.place(span.start) if span.start else 0.0
    end = span.end or max(axis.day, span.start or axis.day)
    return left * BAR_WIDTH, axis.place(end) * BAR_WIDTH


def _kind(span: Span, day: date) -> str:
    if _holds(span, day):
        return "ends" if span.due else "now"
    return "future" if span.start and span.start > day else "past"


def _number(value: float) -> str:
    return f"{value:.1f}"


def axis_labels(axis: Axis) -> SafeString:
    """The years above the bars."""
    years = format_html_join("", "<span>{}</span>", [(year,) for year in axis.labels])
    return format_html('<span class="sd-axis" aria-hidden="true">{}</span>', years)


def mix(parts: Sequence[Part]) -> SafeString:
    """The proportions of an import as a bar, decoration beside the counts in the tabs.

    Every part that has anything keeps a visible sliver.
    """
    shown = [part for part in parts if part.count]
    total = sum(part.count for part in shown)
    room = MIX_WIDTH - GAP * max(len(shown) - 1, 0)
    widths = [max(room * part.count / total, GAP) for part in shown]
    scale = room / sum(widths) if widths else 1
    starts = [0.0]
    for before, _after in pairwise([*widths, 0.0]):
        starts.append(starts[-1] + before * scale + GAP)
    rects = [
        (part.key, _number(start), _number(width * scale))
        for part, start, width in zip(shown, starts, widths, strict=False)
    ]
    body = format_html_join("", '<rect class="{}" x="{}" width="{}" height="8"/>', rects)
    return format_html(
        '<svg class="sd-mix" viewBox="0 0 {} 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>', MIX_WIDTH, body
    )
