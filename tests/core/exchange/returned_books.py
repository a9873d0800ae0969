"""Looks into workbooks that came back: what is on which cell, and what else was changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What may differ in a sheet that was marked, beside its rows.
AROUND = frozenset({"dimension", "cols", "legacyDrawing", "sheetData"})


@lru_cache(maxsize=4)
def opened(data: bytes) -> Any:
    """The workbook, opened once by another program; not to be changed."""
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name; every checksum was right."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        assert len(set(file.namelist())) == len(file.namelist())
        return {name: file.read(name) for name in file.namelist()}


def touched(before: bytes, after: bytes) -> set[str]:
    """The names of parts of the first workbook that are not byte for byte in the second."""
    old, new = parts(before), parts(after)
    return {name for name, content in old.items() if new.get(name) != content}


def packed(data: bytes) -> dict[str, bytes]:
    """The packed bytes of each part."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for info in file.infolist():
            start = info.header_offset + 30
            lengths = data[start - 4 : start]
            start += int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            found[info.filename] = data[start : start + info.compress_size]
    return found


def comments(data: bytes, sheet: str) -> dict[str, str]:
    """Cell → what its comment says."""
    return {
        cell.coordinate: cell.comment.text for row in opened(data)[sheet].iter_rows() for cell in row if cell.comment
    }


def colour(data: bytes, sheet: str, cell: str) -> str:
    """The colour behind a cell."""
    return str(opened(data)[sheet][cell].fill.fgColor.rgb)


def texts(data: bytes, sheet: str) -> list[tuple[Any, ...]]:
    """The values of a sheet."""
    return list(opened(data)[sheet].iter_rows(values_only=True))


def sheet_path(data: bytes, name: str) -> str:
    """The part of a sheet."""
    files = parts(data)
    sheets = ET.fromstring(files["xl/workbook.xml"]).iter(f"{MAIN}sheet")
    relation = next(one.get(RELATION) for one in sheets if one.get("name") == name)
    targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(files["xl/_rels/workbook.xml.rels"])}
    target = str(targets[relation])
    return target[1:] if target.startswith("/") else f"xl/{target}"


def differences(before: bytes, after: bytes, sheet: str, reasons: str) -> dict[str, str]:
    """Cell → what was done to it ("colour", "made"), but for the column of reasons; anything else about the sheet fails."""
    old, new = (ET.fromstring(parts(one)[sheet_path(one, sheet)]) for one in (before, after))
    old_looks, new_looks = looks(before), looks(after)
    assert [_plain(one) for one in old if _name(one) not in AROUND] == [
        _plain(one) for one in new if _name(one) not in AROUND
    ]
    old_rows, new_rows = _rows(old), _rows(new)
    assert old_rows.keys() == new_rows.keys()
    found = {}
    for number, row in new_rows.items():
        assert _attributes(old_rows[number], "spans") == _attributes(row, "spans")
        old_cells = {one.get("r"): one for one in old_rows[number]}
        new_cells = {one.get("r"): one for one in row if str(one.get("r")).rstrip("0123456789") != reasons}
        assert old_cells.keys() <= new_cells.keys()
        assert list(new_cells) == sorted(new_cells, key=lambda name: (len(str(name).rstrip("0123456789")), str(name)))
        for name, cell in new_cells.items():
            known = old_cells.get(name)
            if known is None:
                assert len(cell) == 0
                found[str(name)] = "made"
                continue
            assert _attributes(known, "s") == _attributes(cell, "s")
            assert [_plain(one) for one in known] == [_plain(one) for one in cell]
            was, now = old_looks[int(known.get("s", 0))], new_looks[int(cell.get("s", 0))]
            assert was[0] == now[0], name
            if was != now:
                found[str(name)] = "colour"
    return found


def looks(data: bytes) -> list[tuple[Any, Any]]:
    """Each cell style: all but its colour behind, and that."""
    files = parts(data)
    if "xl/styles.xml" not in files:
        return [({}, None)]
    root = ET.fromstring(files["xl/styles.xml"])
    fills = [_plain(one) for one in root.find(f"{MAIN}fills") or ()]
    found = []
    for one in root.find(f"{MAIN}cellXfs") or ():
        said = {name: value for name, value in one.attrib.items() if name not in {"fillId", "applyFill"}}
        found.append(((said, [_plain(inner) for inner in one]), fills[int(one.get("fillId", 0))]))
    return found


def _rows(sheet: ET.Element) -> dict[int, ET.Element]:
    return {int(row.get("r", 0)): row for row in sheet.iter(f"{MAIN}row")}


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: ET.Element, but: str) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name != but}


def _plain(element: ET.Element) -> Any:
    return _name(element), dict(element.attrib), element.text, [_plain(one) for one in element]


def annotations(fods: bytes) -> Iterator[str]:
    """What the comments say of a workbook that LibreOffice has opened."""
    for one in ET.fromstring(fods).iter("{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"):
        yield "\n".join(
            "".join(line.itertext()) for line in one.iter("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p")
        )
