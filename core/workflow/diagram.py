"""A workflow as a drawing (SVG): states in columns by how many steps lead to them, an arrow for each step."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final
from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.workflow.definition import Transition, Workflow

WIDTH, HEIGHT = 156, 40
ACROSS, DOWN = 120, 84
EDGE: Final = 24
# Room above for steps that lead back to their own state, and below for those that lead back to an earlier one.
ABOVE, BELOW = 36, 44
# How far beside its boxes the words of a step within a column stand.
BESIDE: Final = 34
GLYPH: Final = 7


def diagram(flow: Workflow) -> SafeString:
    """The drawing of a workflow in the reader's language; colours come from the style sheet."""
    places = _places(flow)
    bottom = max(y for _x, y in places.values()) + HEIGHT + BELOW
    pairs: dict[tuple[str, str], list[Transition]] = defaultdict(list)
    for step in flow.transitions:
        for source in step.sources:
            pairs[source, step.target].append(step)
    right = max(_right(places, source, target, steps) for (source, target), steps in pairs.items()) + EDGE
    arrows = [_arrow(places, source, target, steps) for (source, target), steps in pairs.items()]
    boxes = [_box(flow, name, *places[name]) for name in places]
    title = _("%(kind)s: states and steps") % {"kind": flow.label}
    return format_html(
        '<svg class="sd-flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
        '<path d="M0 0 8 4 0 8z"/></marker></defs>{}{}</svg>',
        title, right, bottom, right, bottom, _joined(arrows), _joined(boxes),
    )  # fmt: skip


def _places(flow: Workflow) -> dict[str, tuple[int, int]]:
    """The upper left corner of each state: by its distance from the beginning; in a column the usual way comes first."""
    depth, fresh = {flow.initial: 0}, [flow.initial]
    for name in fresh:
        for step in flow.leaving(name):
            if step.target not in depth:
                depth[step.target] = depth[name] + 1
                fresh.append(step.target)
    columns: dict[int, int] = defaultdict(int)
    places = {}
    for state in sorted(flow.states, key=lambda one: one.name not in flow.way):
        column = depth[state.name]
        places[state.name] = (EDGE + column * (WIDTH + ACROSS), ABOVE + columns[column] * DOWN)
        columns[column] += 1
    return places


def _right(places: dict[str, tuple[int, int]], source: str, target: str, steps: list[Transition]) -> int:
    """How far an arrow with its boxes reaches to the right; within a column its words stand beside the boxes."""
    edge = max(places[source][0], places[target][0]) + WIDTH
    if source == target or places[source][0] != places[target][0]:
        return edge
    return edge + BESIDE + _wide(_said(steps)) // 2


def _said(steps: list[Transition]) -> str:
    return " / ".join(str(step.label) for step in steps)


def _box(flow: Workflow, name: str, x: int, y: int) -> SafeString:
    state = flow.state(name)
    tone = f" is-{state.tone}" if state.tone else ""
    return format_html(
        '<g class="state{}{}"><rect x="{}" y="{}" width="{}" height="{}" rx="6"/><text x="{}" y="{}" textLength="{}" '
        'lengthAdjust="spacingAndGlyphs">{}</text></g>',
        tone, " is-final" if state.final else "", x, y, WIDTH, HEIGHT, x + WIDTH // 2, y + HEIGHT // 2 + 4,
        min(_wide(str(state.label)), WIDTH - 16), state.label,
    )  # fmt: skip


def _arrow(places: dict[str, tuple[int, int]], source: str, target: str, steps: list[Transition]) -> SafeString:
    (x, y), (tx, ty) = places[source], places[target]
    label = _said(steps)
    if tx > x:
        start, end = (x + WIDTH, y + HEIGHT // 2), (tx - 2, ty + HEIGHT // 2)
        bend = (start[0] + end[0]) // 2
        path = f"M{start[0]} {start[1]}C{bend} {start[1]} {bend} {end[1]} {end[0]} {end[1]}"
        # Before the tip, where the arrows of one box lie apart.
        middle = (end[0] - 12 - min(_wide(label), ACROSS - 24) // 2, end[1] - 6)
    elif source == target:
        path = f"M{x + 30} {y}C{x + 30} {y - 22} {x + 80} {y - 22} {x + 80} {y - 2}"
        middle = (x + 55, y - 18)
    elif tx == x:
        # Within a column: beside the boxes, which it must not cross.
        start, end = (x + WIDTH, y + HEIGHT // 2), (tx + WIDTH + 2, ty + HEIGHT // 2)
        path = f"M{start[0]} {start[1]}C{start[0] + 40} {start[1]} {end[0] + 40} {end[1]} {end[0]} {end[1]}"
        middle = (start[0] + BESIDE, (start[1] + end[1]) // 2 + 4)
    else:
        # Back: below the boxes, so that it crosses no forward arrow.
        start, end = (x + WIDTH // 2, y + HEIGHT), (tx + WIDTH // 2, ty + HEIGHT + 2)
        low = max(start[1], end[1]) + 30
        path = f"M{start[0]} {start[1]}C{start[0]} {low} {end[0]} {low} {end[0]} {end[1]}"
        middle = ((start[0] + end[0]) // 2, low - 4)
    return format_html(
        '<g class="step"><path d="{}" marker-end="url(#tip)"/><text x="{}" y="{}" textLength="{}" lengthAdjust="spacingAndGlyphs">{}'
        "</text></g>",
        path, *middle, min(_wide(label), ACROSS - 24 if tx > x else ACROSS + WIDTH - 24), label,
    )  # fmt: skip


def _wide(text: str) -> int:
    return sum(GLYPH * (2 if east_asian_width(sign) in "WF" else 1) for sign in text)


def _joined(parts: list[Any]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
