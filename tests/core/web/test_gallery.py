"""The gallery shows every component; its markup keeps a strict content security policy and can be read aloud."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from core.web.gallery import SECTIONS, help_text, shell_sample
from core.web.templatetags import sd
from core.web.views.gallery import gallery

WEB = Path(sd.__file__).parent.parent
COMPONENTS = sorted((WEB / "templates/core/components").glob("*.html"))
FRAGMENTS = {"cell.html", "progress.html", "revealed.html", "value.html"}  # included by others, or an answer of its own


class Page(HTMLParser):
    """What the markup holds: every start tag, and the text outside tags."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def ids(self) -> Counter[str]:
        return Counter(attrs["id"] for _tag, attrs in self.tags if attrs.get("id"))


def rendered(section: str, language: str) -> str:
    with translation.override(language):
        context = {**shell_sample(), "help": help_text(), "only": section, "samples": {section: SECTIONS[section]()}}
        return render_to_string("core/gallery.html", {**context, "LANGUAGE_CODE": language, "theme": "light"})


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=sorted(SECTIONS))
def page(request: pytest.FixtureRequest, language: str) -> Page:
    return Page(rendered(request.param, language))


def test_nothing_inline_that_a_strict_policy_refuses(page: Page):
    handlers = [(tag, name) for tag, attrs in page.tags for name in attrs if name == "style" or name.startswith("on")]
    scripts = [attrs for tag, attrs in page.tags if tag == "script" and not attrs.get("src")]

    assert handlers == []
    assert [attrs for attrs in scripts if attrs.get("type") != "application/json"] == []
    assert [tag for tag, _attrs in page.tags if tag == "style"] == []


def test_every_id_is_one_and_every_reference_has_its_id(page: Page):
    ids = page.ids()
    wanted = {
        name
        for _tag, attrs in page.tags
        for attribute in (
            "aria-labelledby",
            "aria-describedby",
            "aria-controls",
            "for",
            "form",
            "data-chart",
            "data-chart-image",
        )
        for name in (attrs.get(attribute) or "").split()
    }

    assert [name for name, count in ids.items() if count > 1] == []
    assert sorted(wanted - set(ids)) == []


def test_every_control_has_a_name(page: Page):
    labelled = {attrs["for"] for tag, attrs in page.tags if tag == "label" and attrs.get("for")}
    bare = [
        attrs
        for tag, attrs in page.tags
        if tag in {"select", "textarea", "input"}
        and attrs.get("type") not in {"hidden", "radio", "checkbox", "submit"}
        and not attrs.get("aria-label")
        and attrs.get("id") not in labelled
        and attrs.get("name") not in {"valid_on", "known_at"}  # inside their labels
    ]

    assert bare == []


def test_one_main_heading_at_most_and_pictures_speak(page: Page):
    assert sum(tag == "h1" for tag, _attrs in page.tags) <= 1
    assert [attrs for tag, attrs in page.tags if tag == "img" and "alt" not in attrs] == []
    silent = [a for tag, a in page.tags if tag == "svg" and not (a.get("aria-hidden") or a.get("aria-label"))]
    assert silent == []


def test_every_icon_is_in_the_sprite():
    sprite = (WEB / "static/core/icons.svg").read_text()
    have = set(re.findall(r'id="i-([\w-]+)"', sprite))
    markup = "".join(rendered(section, "zh-hans") for section in SECTIONS)
    named = {
        name for path in WEB.glob("templates/**/*.html") for name in re.findall(r'icon "([\w-]+)"', path.read_text())
    }

    assert sorted((set(re.findall(r"#i-([\w-]+)", markup)) | named) - have) == []


def test_every_component_is_shown():
    used = "".join(path.read_text() for path in WEB.glob("templates/**/*.html"))
    named = {path.name for path in COMPONENTS if re.search(rf"(% {path.stem} |components/{path.name})", used)}

    assert sorted({path.name for path in COMPONENTS} - named - FRAGMENTS) == []


def test_the_languages_are_not_mixed():
    markup = rendered("file", "en")
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", markup, flags=re.DOTALL)
    chinese = set(re.findall(r"[\u4e00-\u9fff〔〕]+", text))

    assert chinese - {"中文"} == {"师档", "林婉清", "临教人〔", "〕", "号", "年花名册", "在职", "小学语文", "一级"}


@pytest.mark.parametrize(("debug", "demo", "served"), [(True, False, True), (False, True, True), (False, False, False)])
def test_gallery_is_absent_in_production(settings, debug: bool, demo: bool, served: bool):
    settings.DEBUG, settings.DEMO = debug, demo
    request = RequestFactory().get("/gallery/?only=nothing")

    if served:
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": {}}]
        assert gallery(request).status_code == 200
    else:
        with pytest.raises(Http404):
            gallery(request)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "core/locked_out"])
def test_error_pages_need_no_context_and_say_what_to_do(name: str, language: str):
    with translation.override(language):
        markup = render_to_string(f"{name}.html")

    page = Page(markup)
    assert sum(tag == "h1" for tag, _attrs in page.tags) == 1
    assert ("a", "/") in [(tag, attrs.get("href")) for tag, attrs in page.tags]
    assert "csrf" not in markup
    assert len(re.findall(r"<p>", markup)) >= 2


def test_base_gives_menu_roles_and_switches_without_script():
    markup = rendered("home", "zh-hans")

    assert 'href="#nav"' in markup
    assert markup.index('class="visually-hidden-focusable" href="#main"') < markup.index("<header")
    assert 'aria-current="page"' in markup
    assert "人事经办" in markup
