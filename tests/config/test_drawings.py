"""docs/workflows.md draws every workflow as it is defined."""

import re

from django.core.management import call_command

from config.drawings import drawings
from core.workflow.registered import workflows


def test_the_drawings_are_current():
    call_command("workflow_drawings", check=True)


def test_every_state_and_step_is_drawn_under_both_names():
    parts = drawings().split("\n## ")[1:]

    for flow, part in zip(workflows().values(), parts, strict=True):
        assert f"`{flow.kind}`" in part
        assert {state.name for state in flow.states} == set(
            re.findall(r'^    state ".+ .+" as (\w+)$', part, re.MULTILINE)
        )
        arrows = set(re.findall(r"^    (\w+) --> (\w+): (?=.*[\u4e00-\u9fff])", part, re.MULTILINE))
        assert arrows == {(source, one.target) for one in flow.transitions for source in one.sources}
