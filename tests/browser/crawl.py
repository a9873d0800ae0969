"""Reading a site as a person does who clicks on everything once: each page by name, with what is wrong with it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import TimeoutError  # noqa: A004 - Playwright's own

from core.registry import registry
from tests.browser.reader import DESKTOP, PHONE, Reader

# What can be tried in one visit: names of controls, one heading of the first level, no level left out, no id twice.
FAULTS = (Path(__file__).parent / "faults.js").read_text()
# The words of the interface itself, not of the data in it: what is marked as another language or as not to be translated may be.
WORDS = """() => {
  const found = [], mine = (e) => !e.closest("[lang]:not(html), [translate=no]");
  for (const e of document.querySelectorAll("button, label, .nav-link, nav a, dt, h1, h2, legend, summary, caption, .sd-help, thead th"))
    if (mine(e)) for (const n of e.childNodes) if (n.nodeType === 3 && n.data.trim()) found.push(n.data.trim());
  for (const name of ["placeholder", "title"])
    for (const e of document.querySelectorAll(`[${name}]`)) if (mine(e)) found.push(e.getAttribute(name));
  return [...new Set(found)];
}"""
LINKS = """() => [...document.querySelectorAll("a[href]")].map((a) => a.href)"""
FITS = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"""
# By their names: what is downloaded, and what another page fetches again and again.
NO_PAGES = ("_file", "_progress")
SETTLED = 3000  # milliseconds: a chart is drawn anew for the new width


@dataclass(frozen=True)
class Visit:
    """A page that was visited: its URL name with the tab, its address, the URL name of the link that led there, whether it was drawn."""

    name: str
    path: str
    asked: str = ""
    drawn: bool = True


def is_page(name: str) -> bool:
    """Whether a URL name is a page that is read, not an act and not a file."""
    page = next((one for one in registry.pages if one.name == name), None)
    if page is None or name.endswith(NO_PAGES):
        return False
    asks = getattr(page, "question", None)
    return asks is None or bool(asks)


def named(url: str, site: str) -> Visit | None:
    """The page that a link leads to; nothing when it leaves the site or is no page."""
    parts = urlsplit(url)
    if not url.startswith(site):
        return None
    try:
        name = resolve(parts.path).url_name or ""
    except Resolver404:
        return None
    if not is_page(name):
        return None
    tab = parse_qs(parts.query).get("tab", [""])[0]
    return Visit(f"{name}-{tab}" if tab else name, parts.path + (f"?tab={tab}" if tab else ""))


def walk(
    reader: Reader,
    *starts: str,
    seen: AbstractSet[str] = frozenset(),
    draws: Callable[[str], bool] = lambda _name: True,
) -> Iterator[Visit]:
    """Follow every link, each page by name once; the window shows the page while its visit is handed out, where it is drawn.

    Of the pages that were `seen` in another window, and of those that `draws(name)` leaves out, only the links are read; how they
    answer counts all the same.
    """

    def passed(name: str) -> bool:
        return name in seen or not draws(name)

    waiting, known = deque(Visit(start, start) for start in starts), set()
    while waiting:
        link = waiting.popleft()
        if link.name in known:
            continue
        known.add(link.name)
        quick = _quickly(reader, link, passed)
        here, links = quick or _drawn(reader, link)
        if here is None or (here.name in known and here.name != link.name):
            continue
        known.add(here.name)
        if here.name not in seen:
            yield Visit(here.name, here.path, link.name, quick is None)
        found = (named(url, reader.url) for url in links)
        waiting.extend(one for one in found if one is not None and one.name not in known)


def _drawn(reader: Reader, link: Visit) -> tuple[Visit | None, list[str]]:
    """Where a link leads, and the links there, in the window."""
    reader.goto(link.path)
    return named(reader.page.url, reader.url), reader.page.evaluate(LINKS)


def _quickly(reader: Reader, link: Visit, passed: Callable[[str], bool]) -> tuple[Visit | None, list[str]] | None:
    """The same without a window, where the link and the page that it leads to are passed by; else nothing."""
    if not passed(link.name):
        return None
    there, links = reader.links_of(link.path)
    here = named(there, reader.url)
    return (here, links) if here is not None and passed(here.name) else None


def faults(reader: Reader) -> list[str]:
    """What is wrong with the page in the window: names, headings, width at both sizes."""
    found = list(reader.page.evaluate(FAULTS))
    for size in (PHONE, DESKTOP):
        reader.page.set_viewport_size(size)
        try:
            reader.page.wait_for_function(FITS, timeout=SETTLED)
        except TimeoutError:
            found.append(f"{reader.overflow()} pixels wider than a window of {size['width']}")
    return found


def foreign_words(reader: Reader, pattern: re.Pattern[str], names: list[str]) -> list[str]:
    """Words of the interface that are in the other language, once the names of people, units and files are taken out."""
    found = []
    for said in reader.page.evaluate(WORDS):
        rest = said
        for name in names:
            rest = rest.replace(name, "")
        if pattern.search(rest):
            found.append(f"in another language: {said}")
    return found
