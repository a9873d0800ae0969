"""Every workflow as a drawing (Mermaid) and as a table, from its definition: docs/workflows.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import translation

from config.dictionary import CHINESE, ENGLISH
from core.workflow.definition import Workflow
from core.workflow.registered import workflows
from core.workflow.views.ways import who_words

HEAD = """# How cases go

Written by `manage.py workflow_drawings` from the definitions; the same drawings stand on the page “How cases go”. What the words mean:
[workflow.md](workflow.md).
"""


def drawings() -> str:
    """The document, in English with the Chinese names beside."""
    with translation.override(ENGLISH):
        parts = [part for flow in workflows().values() for part in _of(flow)]
    return "\n".join([HEAD, *parts])


def _of(flow: Workflow) -> Iterator[str]:
    yield f"## {_both(flow.label)}\n\n`{flow.kind}`. {flow.help}\n"
    yield "```mermaid\nstateDiagram-v2"
    yield from (f'    state "{_both(state.label)}" as {state.name}' for state in flow.states)
    yield f"    [*] --> {flow.initial}"
    for one in flow.transitions:
        yield from (f"    {source} --> {one.target}: {_both(one.label)}" for source in one.sources)
    yield from (f"    {state.name} --> [*]" for state in flow.states if state.final)
    yield "```\n"
    yield "| step | from | to | who |\n|---|---|---|---|"
    for one in flow.transitions:
        who = ", ".join(dict.fromkeys(who_words(flow.wanted(one, source)) for source in one.sources))
        sources = "; ".join(_named(flow, source) for source in one.sources)
        yield f"| {_both(one.label)} | {sources} | {_named(flow, one.target)} | {who} |"
    yield ""


def _both(label: Any) -> str:
    with translation.override(CHINESE):
        chinese = str(label)
    return f"{chinese} {label}"


def _named(flow: Workflow, state: str) -> str:
    return str(flow.state(state).label)
