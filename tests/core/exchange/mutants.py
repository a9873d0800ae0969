"""Workbooks of every form, broken in every way that chance finds: bytes, ends, XML, sheets, cells."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date
from functools import lru_cache

import xlsxwriter

from tests.core.exchange.crafted import HEADER, ods, ods_cells, ods_table, xls, zipped
from tests.workbooks.people import identity_number

HEAD_DAY = date(1985, 7, 1)
NUMBERS = (
    b"0",
    b"1",
    b"-1",
    b"2",
    b"65535",
    b"1048577",
    b"99999999",
    b"4294967296",
    b"1e999",
    b"",
    b"A1",
    b"XFD1048576",
)
TEXTS = (
    "",
    " ",
    "无",
    "合计",
    "=1+1",
    "\u200b",
    "1985.13",
    "2026年",
    "x" * 300,
    "'",
    "<&>",
    "身份证号",
    "\ue000",
    "🙂",
)
TAGS = re.compile(rb"<[^<>]*>")
VALUES = re.compile(rb'"[^"]*"')
DIGITS = re.compile(rb"\d+")


def rows(chance: random.Random) -> list[list[object]]:
    """A small roster, some cells of it odd."""
    found: list[list[object]] = [["某县教师花名册"], [*HEADER, "出生年月", "工作单位"]]
    for number in range(chance.randrange(1, 12)):
        row: list[object] = ["王小明", identity_number("140702", HEAD_DAY, number), "男", "1985.07", "第一小学"]
        if chance.random() < 0.4:
            row[chance.randrange(len(row))] = chance.choice((*TEXTS, 1985.1, 3.5e17, -1, True))
        found.append(row)
    return found


def xlsx(chance: random.Random) -> bytes:
    """With what workbooks of people have: formats, merged cells, comments, a filter, a second sheet, a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, red = book.add_worksheet("名册"), book.add_format({"bg_color": "red", "num_format": "yyyy-mm"})
        for number, row in enumerate(rows(chance)):
            for column, value in enumerate(row):
                sheet.write(number, column, value, red if column == 3 else None)
        if chance.random() < 0.5:
            sheet.merge_range(2, 4, 4, 4, "第一小学")
            sheet.write_comment("B3", "看这里")
            sheet.autofilter(1, 0, 9, 4)
        sheet.write_formula("G3", "=1+1")
        book.add_worksheet("说明").write(0, 0, "填表说明")
    return out.getvalue()


@lru_cache(maxsize=64)
def made(form: str, seed: int) -> bytes:
    """One of a few whole workbooks of a form."""
    chance = random.Random(seed)
    if form == "xlsx":
        return xlsx(chance)
    table = [[str(value) for value in row] for row in rows(chance)]
    if form == "xls":
        return xls(*rows(chance))
    if form == "csv":
        return "\n".join(",".join(row) for row in table).encode(chance.choice(("gb18030", "utf-8", "utf-16")))
    cells = "".join(ods_cells(value.replace("&", "").replace("<", "")) for row in table for value in row)
    return ods(ods_table(cells) + ods_table(ods_cells("x", columns=3), "二"))


def mutant(form: str, seed: int) -> bytes:
    """A workbook of a form, broken by the chance of a seed."""
    chance = random.Random(seed)
    data = made(form, chance.randrange(64))
    ways: list[Callable[[bytes, random.Random], bytes]] = [flipped, cut, spliced]
    if form in ("xlsx", "ods"):
        ways += [in_parts] * 5
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(ways)(data, chance)
    return data


def flipped(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        if broken:
            broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def spliced(data: bytes, chance: random.Random) -> bytes:
    """A stretch taken out, doubled, or put elsewhere."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    piece, rest = data[start : min(end, start + 400)], data[:start] + data[min(end, start + 400) :]
    at = chance.randrange(len(rest) + 1)
    return chance.choice((rest, data[:start] + piece + data[start:], rest[:at] + piece + rest[at:]))


def in_parts(data: bytes, chance: random.Random) -> bytes:
    """The XML of a part changed, so that the container stays whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts = {name: file.read(name) for name in file.namelist()}
    except Exception:  # noqa: BLE001 - it was broken before
        return data
    names = sorted(parts, key=lambda name: ("sheet" not in name and "content" not in name, name))
    if not names:
        return data
    name = names[min(int(chance.expovariate(0.6)), len(names) - 1)]
    parts[name] = chance.choice(
        (no_tag, two_tags, other_value, other_number, other_text, prefixed, flipped, cut, spliced)
    )(parts[name], chance)
    if chance.random() < 0.05:
        del parts[chance.choice(names)]
    return zipped(dict(parts))


def _one(pattern: re.Pattern[bytes], data: bytes, chance: random.Random) -> re.Match[bytes] | None:
    found = list(pattern.finditer(data))
    return chance.choice(found) if found else None


def no_tag(data: bytes, chance: random.Random) -> bytes:
    found = _one(TAGS, data, chance)
    return data[: found.start()] + data[found.end() :] if found else data


def two_tags(data: bytes, chance: random.Random) -> bytes:
    one, other = _one(TAGS, data, chance), _one(TAGS, data, chance)
    return data[: one.end()] + other[0] + data[one.end() :] if one and other else data


def other_value(data: bytes, chance: random.Random) -> bytes:
    found = _one(VALUES, data, chance)
    return data[: found.start() + 1] + chance.choice(NUMBERS) + data[found.end() - 1 :] if found else data


def other_number(data: bytes, chance: random.Random) -> bytes:
    found = _one(DIGITS, data, chance)
    return data[: found.start()] + chance.choice(NUMBERS) + data[found.end() :] if found else data


def other_text(data: bytes, chance: random.Random) -> bytes:
    found = _one(re.compile(rb">[^<>]+<"), data, chance)
    said = chance.choice(TEXTS).replace("&", "&amp;").replace("<", "&lt;").encode()
    return data[: found.start() + 1] + said + data[found.end() - 1 :] if found else data


def prefixed(data: bytes, chance: random.Random) -> bytes:
    """Every tag of the part with a prefix, or one of them."""
    if chance.random() < 0.5:
        return re.sub(rb"<(/?)([a-z])", rb"<\1x:\2", data).replace(b" xmlns=", b" xmlns:x=")
    found = _one(re.compile(rb"<[a-z]"), data, chance)
    return data[: found.start()] + b"<x:" + data[found.start() + 1 :] if found else data
