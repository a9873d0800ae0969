"""Every address of the product, found in the registry of pages and in the API, with objects of a county filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver, reverse

from core.api.checks import endpoints
from core.documents.kinds import all_kinds as papers
from core.exchange.kinds import common_kinds
from core.org.actor import Actor
from core.publicity.models import Publicity
from core.registry import registry
from core.web.pages import ANYONE, SIGNED_IN, ListPage
from core.workflow.registered import workflow_of, workflows
from core.workflow.views.case import slug_of
from personnel.models import Recruitment
from tests.contracts.scenario import NOWHERE, County

LISTS = ("subject",)
# What those pages are about that find it in their own way.
FOUND = dict.fromkeys(("change", "change_evidence", "change_undo", "merge_undo"), "records.Change")
# The parts of a page that are shown by themselves.
TABS = {
    "teacher": [
        "tab=basic",
        "tab=work",
        "tab=learning",
        "tab=politics",
        "tab=achievements",
        "valid_on=2026-05-01",
        "tab=basic&known_at=2026-05-01",
    ],
    "teachers": ["on=2024-09-01"],
    "batch": [f"tab={one}" for one in ("new", "changed", "same", "undecided", "refused", "columns")],
}


@dataclass(frozen=True)
class Address:
    """One address with the object that it names: `label` is the model of the object, empty where there is none."""

    page: Any
    url: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.page.name} {self.label}"


def pages() -> list[Any]:
    """Every page of the product."""
    get_resolver().url_patterns  # noqa: B018 - loads the modules whose `paths()` register pages
    return list(registry.pages)


def is_list(page: Any) -> bool:
    """Whether a page is a list of the kit."""
    return issubclass(page, ListPage)


def about_one(page: Any) -> bool:
    """Whether a page is about one object."""
    return "<uuid:" in page.route


def published(page: Any) -> bool:
    """Whether a page tells everybody what units publish on purpose; its own tests say what it tells."""
    return page.name.startswith("public_")


def published_by_api(endpoint: Endpoint) -> bool:
    """Whether an address of the API tells everybody what units publish on purpose."""
    return endpoint.route.startswith("api/v1/publicity/")


def shown(address: Address) -> list[str]:
    """The urls under which a page shows all that it has: itself, and each of its parts that are shown by themselves."""
    return [address.url, *(f"{address.url}?{query}" for query in TABS.get(address.page.name, ()))]


def acts_only(page: Any) -> bool:
    """Whether a page has no GET."""
    return hasattr(page, "act") and not page.question


def may(actor: Actor, page: Any) -> bool:
    """Whether a page is there for a role, whatever it is about; else it answers 403 (`test_pages`)."""
    wanted = (page.permission,) if isinstance(page.permission, str) else page.permission
    return wanted[0] in {ANYONE, SIGNED_IN} or any(actor.may(one) for one in wanted)


def plain() -> list[Address]:
    """Every address without an object."""
    return [Address(page, url) for page in pages() if not about_one(page) for url in _urls(page, {})]


def objects(county: County) -> list[Address]:
    """Every page about one object, with the county's object of its sort; a page that finds it in its own way gets them all."""
    found = []
    for page in pages():
        if not about_one(page):
            continue
        if "<uuid:record>" in page.route:
            found += _of_sections(page, county)
            continue
        labels = _labels(page, county)
        for label in labels:
            found += [
                Address(page, url, label) for url in _urls(page, {"public_id": county.things[label].public_id}, county)
            ]
    return found


def strangers(county: County) -> list[Address]:
    """The pages that find their object in their own way, each with every object of a sort that it is not about."""
    return [
        Address(page, url, label)
        for page in pages()
        if page.name in FOUND
        for label in set(county.things) - set(_labels(page, county))
        for url in _urls(page, {"public_id": county.things[label].public_id}, county)
    ]


def _labels(page: Any, county: County) -> list[str]:
    """The county's objects that a page may be about; all of them where the page finds it in a way that is not known."""
    if natural := _sort_of(page, county):
        return [natural]
    about = FOUND.get(page.name, "")
    return [label for label in county.things if not about or label.partition(" ")[0] == about]


def _of_sections(page: Any, county: County) -> Iterator[Address]:
    """A page about a record of a person's file: each section with the county's record of it."""
    for section in registry.each("file_sections"):
        thing = county.things.get(section.model)
        if thing is not None:
            given = {"public_id": county.teacher.public_id, "section": section.name, "record": thing.public_id}
            yield Address(page, reverse(page.name, kwargs=given), section.model)


def _sort_of(page: Any, county: County) -> str:
    """The model among whose rows a page finds its object; empty where the page looks for itself."""
    asked = page()
    asked.actor = county.clerk
    rows = asked.rows()
    label = rows.model._meta.label if rows is not None else ""
    return label if label in county.things else ""


def _urls(page: Any, given: dict[str, Any], county: County | None = None) -> Iterator[str]:
    """The addresses of a page; where a word is asked for, one for each word that there is."""
    if "<uuid:other>" in page.route and county is not None:
        given = {**given, "other": county.things["personnel.Likeness"].other.public_id}
    asked = next((name for name in WORDS if f"<slug:{name}>" in page.route), "")
    words = WORDS[asked](page) if asked else ("",)
    if asked == "step" and county is not None:
        words = workflow_of(county.things["workflow.Case"].kind).steps
    for word in words:
        yield reverse(page.name, kwargs={**given, asked: word} if asked else given)


def _lists(page: Any) -> list[str]:
    return [one.name for one in pages() if is_list(one)][:1] if page.name == "saved_views" else list(LISTS)


WORDS: dict[str, Callable[[Any], Iterable[str]]] = {
    "section": lambda _page: [section.name for section in registry.each("file_sections")],
    "kind": lambda _page: [name for name, one in common_kinds().items() if not one.endings],
    "paper": lambda page: [
        name for name, one in papers().items() if one.offered and (one.many or page.name != "papers_many")
    ],
    "step": lambda _page: dict.fromkeys(name for flow in workflows().values() for name in flow.steps),
    "notice": lambda _page: list(Publicity._base_manager.order_by("pk").values_list("code", flat=True)[:1]),
    "recruitment": lambda _page: list(Recruitment._base_manager.order_by("pk").values_list("code", flat=True)[:1]),
    "flow": lambda _page: [slug_of(flow) for flow in workflows().values()],
    "list": _lists,
}


def nowhere(url: str, county: County) -> str:
    """The same address with an object that does not exist."""
    for thing in county.things.values():
        url = url.replace(str(thing.public_id), str(NOWHERE))
    return url.replace(str(county.teacher.public_id), str(NOWHERE))


@dataclass(frozen=True)
class Endpoint:
    """One address of the API with its methods, and the object that it names."""

    route: str
    view: Any
    actions: dict[str, str]
    url: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.route} {self.label}"


def api(county: County) -> list[Endpoint]:
    """Every endpoint; those about one object with the county's object of its sort."""
    found = []
    for route, view, actions in endpoints():
        # A file that is made when it is asked for: its own tests ask first.
        if "^" in route or route.endswith("/file/"):
            continue
        natural = getattr(getattr(view, "model", None), "_meta", None)
        own = {natural.label: county.things[natural.label]} if natural else county.things
        things = own.items() if "<uuid:id>" in route else [("", None)]
        names = [one.name for one in registry.each("file_sections")] if "<slug:name>" in route else [""]
        for label, thing in things:
            for name in names:
                url = route.replace("<uuid:id>", str(getattr(thing, "public_id", ""))).replace("<slug:name>", name)
                url = url.replace("<slug:code>", "0" * 16)
                url = url.replace("<slug:notice>", county.things["publicity.Publicity"].code)
                found.append(Endpoint(route, view, actions, f"/{url}", label))
    return found
