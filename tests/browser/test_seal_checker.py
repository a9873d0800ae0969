"""The checker that a county keeps: one file, opened from a disk, without a server and without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from core.dates import today
from core.org.actor import Actor, system_actor
from core.records.checker import VERDICTS
from tests.core.records.forging import Checked, everything
from tests.ground.databases import Database


def verdict(page: Any, one: Checked) -> str:
    """What the page says of a sheet, after it was loaded anew."""
    page.reload()
    page.locator("#code").fill(one.code)
    page.locator("#by-hand summary").click()
    for place, words in zip(("#number", "#root", "#value"), one.typed, strict=True):
        page.locator(place).fill(words)
    if one.chain is not None:
        page.locator("#file").set_input_files(
            {"name": "shidang-chain.txt", "mimeType": "text/plain", "buffer": one.chain.encode()}
        )
    page.get_by_role("button", name="核对").click()
    shown = page.locator("#verdict:not([hidden])")
    shown.wait_for()
    name = str(shown.get_attribute("data-verdict"))
    code, chinese, english = VERDICTS[name]
    words = shown.inner_text()
    assert shown.get_attribute("data-code") == str(code)
    for sentence in (chinese, english):
        assert sentence.split("{")[0][:12] in words, (one, words)
    assert "{" not in words, "a number is missing in its sentence"
    assert "undefined" not in words
    return name


def test_a_county_tells_a_forged_sheet_from_a_true_one_without_the_server(
    chromium: Any, committed_db: Database, system: Actor, superuser_sql: psycopg.Connection[Any],
    template_database: Database, settings: Any, tmp_path: Path,
) -> None:  # fmt: skip
    checkers, cases = everything(system, superuser_sql, template_database, settings, lambda: system_actor(today()))
    kept = tmp_path / "shidang-seal-checker.html"
    kept.write_text(checkers["html"], encoding="utf-8")
    window = chromium.new_context(offline=True, service_workers="block")
    page = window.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(kept.as_uri())

    assert {one.name: verdict(page, one) for one in cases} == {one.name: one.said for one in cases}
    assert troubles == []
    assert set(asked) == {kept.as_uri()}, "it asks for nothing beside itself"
    window.close()
