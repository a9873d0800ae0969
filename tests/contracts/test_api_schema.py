"""No token of any role makes the API fail or leave its description: schemathesis asks what nobody would think of asking.

Bodies, parameters and headers are made from the OpenAPI document, right ones and wrong ones; what they name is now and then something of
the reader's own county or of the other one. Each is asked with the token of every role and without one; the answers are held against the
document.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.api.checks import endpoints
from core.api.services import issue_token
from core.codes.models import Code
from core.org.models import RoleAssignment
from core.registry import registry
from core.workflow.registered import workflows
from tests.contracts.scenario import NOWHERE, Scenario
from tests.ground.clock import TODAY

CHECKS: Final = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
]  # fmt: skip


@dataclass
class Known:
    """What requests may name: values by the name of the member, ids of addresses by the template of the address."""

    by_name: dict[str, list[Any]]
    ids: dict[str, list[str]] = field(default_factory=dict)

    def put_in(self, draw: Any, case: Case) -> None:
        """Replace some of what was made up by what there is."""
        for place in (case.path_parameters, case.query, case.body):
            if isinstance(place, dict):
                for name in place:
                    there = self.ids.get(case.path, []) if name == "id" else self.by_name.get(name, [])
                    if there and draw(st.integers(0, 3)):
                        place[name] = draw(st.sampled_from(there))


def known_to(world: Scenario) -> Known:
    """What stands in both counties."""
    counties = (world.a, world.b)
    everything = [str(thing.public_id) for county in counties for thing in county.things.values()]
    units = [str(county.school.public_id) for county in counties]
    codes = list(Code.objects.order_by("list_name", "code").values_list("code", flat=True)[::40])
    reasons = list(Code.objects.filter(list_name="change_reason").values_list("code", flat=True))
    known = Known({
        "name": [section.name for section in registry.each("file_sections")],
        "section": [section.name for section in registry.each("file_sections")],
        "step": [name for flow in workflows().values() for name in flow.steps],
        "notice": [county.things["publicity.Publicity"].code for county in counties],
        "code": [str(county.things["documents.IssuedDocument"].code) for county in counties],
        "record": everything, "subject": [str(county.teacher.public_id) for county in counties] + codes,
        "unit": units, "under": units, "reason": reasons, "revision": [1], "on": ["2026-11-22", "2020-02-29"],
        "since": ["2024-01-01"], "until": ["2026-12-31", None], "status": codes, "stage": codes, "known_at": ["latest", "1", "2026-11-01"],
    })  # fmt: skip
    for route, view, _actions in endpoints():
        model = getattr(getattr(view, "model", None), "_meta", None)
        own = [str(county.things[model.label].public_id) for county in counties] if model else everything
        known.ids["/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)] = [*own, str(NOWHERE)]
    return known


@pytest.fixture
def readers(world: Scenario) -> dict[str, dict[str, str]]:
    """The headers of a program in each role, and of one without a token."""
    now = world.a.things["api.ApiToken"].created_at
    found = {"nobody": {}}
    for name, actor in world.actors.items():
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        text = issue_token(assignment=held, name="schemathesis", days=90, now=now, on=TODAY)[1]
        found[name] = {"Authorization": f"Bearer {text}"}
    return found


@pytest.fixture
def program(world: Scenario) -> Iterator[Any]:
    """The whole product as a program of the web server, in the transaction of the test."""
    signals = (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    yield get_wsgi_application()
    for one in signals:
        one.connect(close_old_connections)


def operations(schema: Any) -> Iterator[Any]:
    """Every operation of the document."""
    for found in schema.get_all_operations():
        yield found.ok()


def strategies(operation: Any) -> Iterator[Any]:
    """How requests of an operation are made: right ones, and wrong ones where it takes anything that may be wrong."""
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        with contextlib.suppress(ValueError):
            yield operation.as_strategy(generation_mode=mode)


def for_each(made: Any, examples: int, known: Known, act: Callable[[Case], Any]) -> None:
    """Make so many requests and do something with each."""

    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def once(data: Any) -> None:
        case = data.draw(made)
        known.put_in(data.draw, case)
        act(case)

    once()


@pytest.mark.parametrize("examples", [1, pytest.param(12, marks=pytest.mark.soak)])
def test_no_token_of_any_role_makes_the_api_fail_or_leave_its_description(
    world: Scenario, program: Any, readers: dict[str, dict[str, str]], examples: int
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json?lang=en", program)
    known, faults, answers = known_to(world), {}, set()

    def ask(case: Case, reader: str) -> None:
        cache.clear()
        answer = case.call(headers=readers[reader])
        answers.add(answer.status_code)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for one in group.exceptions:
                faults.setdefault(
                    (case.operation.label, answer.status_code, type(one).__name__),
                    f"{reader}: {one}\n{case.as_curl_command()}",
                )

    for operation in operations(schema):
        for made in strategies(operation):
            for_each(made, examples, known, lambda case: [ask(case, reader) for reader in readers])

    assert faults == {}, "\n\n".join(f"{key}\n{said}" for key, said in faults.items())
    assert {200, 400, 401, 403, 404} <= answers
