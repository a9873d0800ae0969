"""A zip of files instead of a workbook: each file is a row, named by whom it is of. What the files must be, the kind says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final

from core.exchange.kinds import Draft, ImportKind, Setting, all_kinds
from core.exchange.models import Batch
from core.exchange.reading import UnreadableFile
from core.exchange.reading.archive import Archive
from core.exchange.reading.safety import form_of
from core.records.bulk import copies_aside
from core.records.storage import content_of
from core.text import clean, veiled

CHUNK: Final = 100
MOST_TOLD: Final = 200
ZIP: Final = b"PK"
# What systems put beside the files: resource forks, previews, settings of folders.
_JUNK: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the zip: its place in it (from 1), its name as a person reads it without folders and ending, and its size."""

    number: int
    part: str
    name: str
    ending: str
    size: int


class Package:
    """A checked zip and its files; one at a time is unpacked. `junk` are the entries that nobody put there by hand."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.entries: list[Entry] = []
        self.junk: list[tuple[int, str]] = []
        for number, (part, info) in enumerate(archive.parts.items(), start=1):
            path = PurePosixPath(archive.names[part])
            if info.is_dir():
                continue
            if _JUNK.search(archive.names[part]):
                self.junk.append((number, archive.names[part]))
            else:
                self.entries.append(Entry(number, part, clean(path.stem), path.suffix.lower(), info.file_size))

    def content(self, entry: Entry) -> bytes:
        """The bytes of a file. Raises `UnreadableFile` where it is damaged or larger than it says."""
        return self.archive.whole(entry.part)


def package_of(content: bytes) -> Package | None:
    """The files in a zip of which some kind of import reads one; None for all else, which may be a workbook."""
    if not content.startswith(ZIP):
        return None
    try:
        form_of(content)
    except UnreadableFile as error:
        if error.code != "not_a_workbook" or error.params.get("form") != "zip":
            raise
        package = Package(Archive(content))
        if kind_of(package) is None:
            raise
        return package
    return None


def kind_of(package: Package) -> ImportKind | None:
    """The kind that reads files with such endings."""
    found = {entry.ending for entry in package.entries}
    return next((kind for kind in all_kinds().values() if found.intersection(kind.endings)), None)


def package_in(setting: Setting) -> Package:
    """The files of the batch that is worked on, opened once."""
    shared: dict[Any, Any] = setting.shared
    if "package" not in shared:
        shared["package"] = Package(Archive(content_of(shared["batch"].file)))
    package: Package = shared["package"]
    return package


def check_files(
    batch: Batch, package: Package, setting: Setting, check: Callable[..., Mapping[str, int]], progress: Callable[..., None]
) -> None:  # fmt: skip
    """Check the files as rows of their kind by `check`, some at a time, and fill the batch's report and counts."""
    kind = kind_of(package)
    if kind is None or batch.kind not in {"", kind.name}:
        raise UnreadableFile("not_a_workbook", form="zip")
    if not setting.actor.may(kind.permission):
        raise UnreadableFile("kind_not_allowed", sheet=batch.file.name, kind=str(kind.label))
    batch.kind, batch.day = kind.name, setting.day
    setting.shared |= {"batch": batch, "package": package}
    counts = dict.fromkeys(("new", "changed", "same", "refused"), 0)
    drafts, done = iter(map(_draft, package.entries)), 0
    while chunk := list(islice(drafts, CHUNK)):
        with copies_aside():
            for outcome, count in check(batch, chunk, setting).items():
                counts[outcome] += count
        done += len(chunk)
        progress(done, len(package.entries), "check")
    batch.report = {"sheets": [_told(batch, kind, package)], "day": "", "read_as": [], "cells": done, "several": []}
    batch.counts = counts


def _draft(entry: Entry) -> Draft:
    return Draft(0, entry.number, [entry.name, "", ""], {"file_name": entry.name})


def entries_of(package: Package) -> dict[int, Entry]:
    """The files by their place in the zip, as rows name them."""
    return {entry.number: entry for entry in package.entries}


def _told(batch: Batch, kind: ImportKind, package: Package) -> dict[str, Any]:
    """The zip as the batch page tells of a sheet."""
    columns = [[place, str(column.alone), column.name] for place, column in enumerate(kind.subject_columns)]
    skipped = [(number, number, "junk", veiled(name)[:80]) for number, name in package.junk[:MOST_TOLD]]
    return {
        "name": veiled(batch.file.name), "kind": kind.name, "header_rows": [], "mapped": columns,
        "headers": [column[:2] for column in columns], "unmapped": [], "hidden_columns": [], "filled_down": [], "skipped": skipped,
        "skipped_rows": [number for number, *_rest in skipped], "why": "",
    }  # fmt: skip
