"""Screenshots of every page, in both languages, on a desk and on a phone, to be looked through: `make shots`."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from personnel.models import Teacher
from tests.browser.crawl import FITS, walk
from tests.browser.demo import everybody, one_of_each_role
from tests.browser.reader import DESKTOP, PHONE, Reader

pytestmark = pytest.mark.shots

SHOTS = settings.BASE_DIR / "shots"
SEARCH = "/search/?q=%E6%9E%97"
TALLEST = 4000  # pixels: what lies below repeats what is above
SIZES = {"1440": DESKTOP, "390": PHONE}
INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title><style>
body {{ font: 14px system-ui; margin: 2rem; background: #eee }} h2 {{ margin: 2rem 0 .5rem }}
div {{ display: flex; gap: 1rem; align-items: start }}
img {{ border: 1px solid #999; background: #fff; height: 30rem }}</style><h1>Every page</h1>{pages}</html>"""


@dataclass(frozen=True)
class Seen:
    """A page to be photographed: who looks, what it is called, where it is."""

    role: str
    name: str
    path: str

    def file(self, language: str, size: str) -> Path:
        """Where its picture stands."""
        return SHOTS / language / size / f"{self.role}-{self.name}.png"


def photograph(reader: Reader, seen: Seen, language: str) -> None:
    """The page in the window at both sizes, down to a certain depth."""
    for size, window in SIZES.items():
        reader.page.set_viewport_size(window)
        reader.page.wait_for_load_state("networkidle")
        reader.page.wait_for_function(FITS)
        tall = min(int(reader.page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        target = seen.file(language, size)
        target.parent.mkdir(parents=True, exist_ok=True)
        clip = {"x": 0, "y": 0, "width": window["width"], "height": max(tall, window["height"])}
        reader.page.screenshot(path=target, full_page=True, clip=clip, animations="disabled")
    reader.page.set_viewport_size(DESKTOP)


def index(pages: list[Seen]) -> str:
    """One page to look at all of them."""
    parts = []
    for seen in pages:
        files = [seen.file(language, size).relative_to(SHOTS) for language in ("zh", "en") for size in SIZES]
        pictures = "".join(f'<a href="{file}"><img loading="lazy" src="{file}" alt="{file}"></a>' for file in files)
        parts.append(f"<h2>{escape(seen.name)} · {escape(seen.role)} · {escape(seen.path)}</h2><div>{pictures}</div>")
    return INDEX.format(pages="".join(parts))


def test_every_page_is_photographed(demo_window):
    for language in ("zh", "en"):
        shutil.rmtree(SHOTS / language, ignore_errors=True)
    pages, names = [], set()
    guest = demo_window()
    guest.goto("/accounts/login/")
    pages.append(Seen("nobody", "login", "/accounts/login/"))
    photograph(guest, pages[0], "zh")
    english = demo_window(language="en")
    english.goto("/accounts/login/")
    photograph(english, pages[0], "en")
    for role, login in everybody().items():
        chinese, english = demo_window(login), demo_window(login, "en")
        first = True
        for visit in walk(chinese, "/", SEARCH):
            if not first and visit.name in names:
                continue
            first = False
            names.add(visit.name)
            seen = Seen(role, visit.name, visit.path)
            pages.append(seen)
            photograph(chinese, seen, "zh")
            english.goto(visit.path)
            photograph(english, seen, "en")
        chinese.close()
        english.close()
    (SHOTS / "index.html").write_text(index(pages))
    assert len(pages) > 20


def test_the_picture_of_the_read_me_is_taken(demo_window):
    """A teacher's file with an open mark of provenance; copied by hand to docs/images/ when it is to change."""
    window = demo_window(one_of_each_role()["county_clerk"])
    teacher = Teacher.objects.get(name="林婉清")
    window.goto(f"/teachers/{teacher.public_id}/")
    window.page.get_by_label(re.compile("来源：导入的单元格.*出生日期")).click()
    expect(window.page.locator("details.sd-prov[open]")).to_be_visible()
    SHOTS.mkdir(exist_ok=True)
    window.page.screenshot(path=SHOTS / "teacher.png", animations="disabled")
    assert (SHOTS / "teacher.png").stat().st_size < 300_000
