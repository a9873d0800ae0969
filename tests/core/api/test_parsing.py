"""Bodies in JSON: small, flat enough, refused in the form of all errors."""

import json

import pytest

from core.api.parsing import MOST_BYTES

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/tokens/"


def post(api, body):
    return api().post(TOKENS, body, content_type="application/json")


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(api):
    least = json.dumps({"x": "y" * (MOST_BYTES - len('{"x": ""}'))})

    inside, over = post(api, least), post(api, least + " ")

    assert (inside.status_code, inside.json()["code"]) == (400, "invalid")
    assert (over.status_code, over.json()["code"]) == (413, "too_large")


def test_a_body_nested_without_end_is_the_senders_fault(api):
    answer = post(api, "[" * (MOST_BYTES - 1))

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_the_size_counts_in_a_session_too(login, county_clerk):
    answer = login(county_clerk).post(TOKENS, "[" + "{}," * MOST_BYTES, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
