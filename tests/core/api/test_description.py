"""The description of the API: complete, in both languages, from this site only, and the same as docs/api.md."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from jsonschema_rs import Draft202012Validator

from core.api.errors import DETAILS

pytestmark = pytest.mark.django_db
DOCS = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")


def document(language):
    answer = Client().get(f"/api/openapi.json?lang={language}")
    assert answer.status_code == 200
    return json.loads(answer.content)


def sentences(node):
    """Every summary, description and title that is written for people."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"summary", "description", "title"} and isinstance(value, str):
                yield value
            elif key not in {"example", "examples"}:
                yield from sentences(value)
    elif isinstance(node, list):
        for one in node:
            yield from sentences(one)


def has_chinese(text):
    return bool(re.search("[一-鿿]", text))


def test_the_document_is_in_the_language_asked_for():
    chinese, english = document("zh-hans"), document("en")

    assert [text for text in sentences(chinese["paths"]) if text and not has_chinese(text)] == []
    assert [text for text in sentences(chinese["components"]) if text and not has_chinese(text)] == []
    assert [text for text in sentences(english["paths"]) if has_chinese(text)] == []
    assert chinese["paths"].keys() == english["paths"].keys()


def operations(found):
    for way, each in found["paths"].items():
        for method, operation in each.items():
            yield f"{method} {way}", operation


def test_every_operation_says_what_it_does_and_how_it_may_refuse():
    problem = {"$ref": "#/components/schemas/Problem"}
    for name, operation in operations(document("en")):
        assert operation["summary"], name
        assert "default" not in operation["responses"], f"{name}: whatever comes is no description"
        refusals = {status: said for status, said in operation["responses"].items() if status >= "4"}
        assert {"400", "404", "406", "429"} <= refusals.keys(), name
        assert "500" not in refusals, name
        for said in refusals.values():
            assert said["content"]["application/problem+json"]["schema"] == problem, name


def test_every_body_answer_and_parameter_has_an_example_that_fits():
    found = document("zh-hans")
    assert found["openapi"].startswith("3.1")

    wrong = []
    for name, operation in operations(found):
        shown = [(one["name"], one) for one in operation.get("parameters", ())]
        for place, body in [("body", operation.get("requestBody", {})), *operation["responses"].items()]:
            shown += [(place, media) for media in body.get("content", {}).values()]
        for place, one in shown:
            given = (
                [one["example"]] if "example" in one else [each["value"] for each in one.get("examples", {}).values()]
            )
            fits = Draft202012Validator({**one["schema"], "components": found["components"]}, validate_formats=True)
            wrong += [f"{name} {place}: {value}" for value in given if not fits.is_valid(value)]
            wrong += [] if given else [f"{name} {place}: no example"]
    assert wrong == []


def test_every_shape_that_is_named_is_there():
    found = document("en")

    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(found)))
    assert named <= found["components"]["schemas"].keys()


def test_the_guide_names_every_address():
    documented = {one.replace("…", "/api/v1/imports/<id>") for one in re.findall(r"(?:/api/v1|…)/[\w/<>-]*", DOCS)}

    described = {re.sub(r"\{(\w+)\}", r"<\1>", way) for way in document("en")["paths"]}
    assert described - documented == set()


def test_the_guide_names_every_code():
    assert [code for code in DETAILS if f"`{code}`" not in DOCS] == []


def test_the_page_needs_nothing_from_outside_and_no_inline_script():
    for language, word in (("zh-hans", "接口"), ("en", "API")):
        page = Client(headers={"Cookie": f"django_language={language}"}).get("/api/")
        text = page.content.decode()
        assert page.status_code == 200
        assert f"<h1>{word}</h1>" in text
        assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []
        assert re.findall(r"<script(?![^>]* (?:src=|type=\"application/json\"))[^>]*>", text) == []
        assert " style=" not in text
        assert " onclick=" not in text


def test_the_page_brings_the_words_of_its_viewer_in_chinese():
    text = Client().get("/api/").content.decode()
    words = json.loads(re.search(r'<script id="api-words" type="application/json">(.*?)</script>', text).group(1))

    assert words["Try it out"] == "试一试"
    assert [word for word in words.values() if not has_chinese(word)] == []
