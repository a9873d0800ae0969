"""Endpoints without a permission, with an unknown one, or without a scope do not start."""

from core.api.checks import endpoints, endpoints_are_guarded, view_faults
from core.api.viewsets import ApiViewSet, ScopedViewSet
from core.org.models import Unit


class Silent(ApiViewSet):
    permissions = {"list": "org.view_unit"}


class Wrong(ApiViewSet):
    permissions = {"list": ("org.view_unit", "org.fly")}


class Unscoped(ScopedViewSet):
    permissions = {"list": "org.view_unit"}


class Right(ScopedViewSet):
    permissions = {"list": "org.view_unit", "retrieve": "signed-in"}
    model = Unit


def numbers(view, *actions):
    return [number for number, _text, _view in view_faults(view, set(actions))]


def test_an_action_needs_a_permission_that_the_role_table_knows():
    assert numbers(Silent, "list", "destroy") == [1]
    assert numbers(Wrong, "list") == [2]
    assert numbers(Unscoped, "list") == [3]
    assert numbers(Right, "list", "retrieve") == []


def test_every_endpoint_of_the_product_is_found_and_guarded():
    found = {(route, action) for route, _view, actions in endpoints() for action in actions.values()}

    assert {
        ("api/v1/units/", "list"), ("api/v1/teachers/", "list"), ("api/v1/teachers/<uuid:id>/history/", "history"),
        ("api/v1/imports/<uuid:id>/accept/", "accept"),
    } <= found  # fmt: skip
    assert endpoints_are_guarded() == []
