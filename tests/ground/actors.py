"""Named places and named people: a city, two counties, two schools, and one actor for each role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.org.actor import Actor, system_actor
from core.org.models import Unit, User
from core.web.middleware import ASSIGNMENT
from personnel.models import Teacher
from tests.factories.people import make_actor, make_teacher, make_unit, make_user
from tests.ground.clock import TODAY


@pytest.fixture
def system(stored: None) -> Actor:
    """The system's own actor."""
    return system_actor(TODAY)


@pytest.fixture
def city(stored: None) -> Unit:
    """The city bureau, root of the tree."""
    return make_unit("city", "临江市教育局")


@pytest.fixture
def county_a(city: Unit) -> Unit:
    """County A, where most tests are at home."""
    return make_unit("county", "青石县教育局", city)


@pytest.fixture
def county_b(city: Unit) -> Unit:
    """County B, the neighbour that must not be seen."""
    return make_unit("county", "白河县教育局", city)


@pytest.fixture
def school_a(county_a: Unit) -> Unit:
    """A junior secondary school of county A."""
    return make_unit("school", "青石县第一初级中学", county_a)


@pytest.fixture
def second_school_a(county_a: Unit) -> Unit:
    """Another school of county A."""
    return make_unit("school", "青石县实验小学", county_a)


@pytest.fixture
def school_b(county_b: Unit) -> Unit:
    """A school of county B."""
    return make_unit("school", "白河县第一中学", county_b)


def _role_fixture(role: str, place: str, name: str, meaning: str) -> Any:
    """A fixture that gives the actor of a role at a named place."""

    def actor(request: pytest.FixtureRequest) -> Actor:
        return make_actor(role, request.getfixturevalue(place), name=name)

    actor.__doc__ = meaning
    return pytest.fixture(actor)


city_clerk = _role_fixture("city_clerk", "city", "市办事员", "A clerk of the city bureau.")
city_approver = _role_fixture("city_approver", "city", "市审批人", "An approver of the city bureau.")
county_clerk = _role_fixture("county_clerk", "county_a", "青石县办事员", "A clerk of county A.")
second_county_clerk = _role_fixture("county_clerk", "county_a", "青石县另一办事员", "Another clerk of county A.")
county_approver = _role_fixture("county_approver", "county_a", "青石县审批人", "An approver of county A.")
other_county_clerk = _role_fixture("county_clerk", "county_b", "白河县办事员", "A clerk of county B.")
school_clerk = _role_fixture("school_clerk", "school_a", "一中办事员", "A clerk of the school in county A.")
school_approver = _role_fixture("school_approver", "school_a", "一中审批人", "An approver of the school in county A.")
other_school_clerk = _role_fixture("school_clerk", "school_b", "白河一中办事员", "A clerk of the school in county B.")
panel_secretary = _role_fixture("panel_secretary", "county_a", "评委会秘书", "A panel secretary of county A.")
panel_member = _role_fixture("panel_member", "county_a", "评委", "A panel member of county A.")
auditor = _role_fixture("auditor", "city", "审计员", "An auditor of the city.")
system_administrator = _role_fixture("system_administrator", "city", "系统管理员", "A system administrator.")
security_administrator = _role_fixture("security_administrator", "city", "安全管理员", "A security administrator.")
second_security_administrator = _role_fixture(
    "security_administrator", "city", "安全管理员乙", "Another security administrator."
)


@pytest.fixture
def teacher_user(stored: None) -> User:
    """The user of the teacher who looks at their own file."""
    return make_user("李秀英", username="li.xiuying")


@pytest.fixture
def own_file(teacher_user: User, school_a: Unit) -> Teacher:
    """The file of the teacher who can log in; employed at the school of county A since 2010-09-01."""
    return make_teacher("李秀英", school_a, user=teacher_user)


@pytest.fixture
def teacher_actor(own_file: Teacher, teacher_user: User, school_a: Unit) -> Actor:
    """The teacher, acting in their own name."""
    return make_actor("teacher", school_a, user=teacher_user)


@pytest.fixture
def teacher_a(school_a: Unit) -> Teacher:
    """A person employed at the school of county A since 2010-09-01."""
    return make_teacher("张伟", school_a)


@pytest.fixture
def teacher_b(school_b: Unit) -> Teacher:
    """A person employed at the school of county B since 2010-09-01."""
    return make_teacher("王芳", school_b)


@pytest.fixture
def login(stored: None) -> Callable[[Actor], Client]:
    """`login(actor)`: a browser-like client in which the actor is logged in, in that very role."""

    def enter(actor: Actor) -> Client:
        client = Client()
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[ASSIGNMENT] = actor.assignment
        session.save()
        return client

    return enter
