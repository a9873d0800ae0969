"""Where the parts of an .xlsx lie: sheets with their names and states, styles, shared strings."""

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Final

from core.exchange.reading.archive import Archive
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.xml_stream import XmlStream

_ID: Final = "id"
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One entry of the workbook's list of sheets; `path` is empty where the part is missing."""

    name: str
    hidden: bool
    path: str


def elements(data: bytes, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each opening tag of a small XML part as (name, attributes), both without namespace prefixes."""
    listing = _Listing()
    stream = XmlStream(listing, part)
    for at in range(0, len(data), _PIECE):
        stream.feed(data[at : at + _PIECE])
        yield from listing.taken()
    stream.feed(b"", last=True)


class _Listing:
    def __init__(self) -> None:
        self._found: list[tuple[str, dict[str, str]]] = []

    def taken(self) -> list[tuple[str, dict[str, str]]]:
        found, self._found = self._found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        self._found.append((name.rpartition(":")[2], plain))

    def end(self, name: str) -> None:
        """Nesting does not matter in these parts."""

    def text(self, data: str) -> None:
        """Nor does text."""


def sheet_parts(archive: Archive) -> list[SheetPart]:
    """The sheets in the order of the workbook."""
    workbook = office_document(archive)
    targets = _relations(archive, workbook)
    sheets = []
    for name, attributes in elements(archive.read(workbook), workbook):
        if name == "sheet":
            path = targets.get(attributes.get(_ID, ""), "")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append(SheetPart(attributes.get("name", ""), hidden, path if path in archive else ""))
    return sheets


def part_beside(archive: Archive, ending: str) -> str | None:
    """The part that the workbook names and whose path ends so, such as styles.xml."""
    workbook = office_document(archive)
    return next(
        (path for path in _relations(archive, workbook).values() if path.endswith(ending) and path in archive), None
    )


def office_document(archive: Archive) -> str:
    """The path of the list of sheets. UnreadableFile "damaged" where there is none."""
    if "xl/workbook.xml" in archive:
        return "xl/workbook.xml"
    raise UnreadableFile("damaged", part="xl/workbook.xml")


def _relations(archive: Archive, part: str) -> dict[str, str]:
    folder, _, file = part.rpartition("/")
    path = f"{folder}/_rels/{file}.rels"
    if path not in archive:
        raise UnreadableFile("damaged", part=path)
    targets = {}
    for name, attributes in elements(archive.read(path), path):
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target[1:] if target.startswith("/") else normpath(join(folder, target))
    return targets
