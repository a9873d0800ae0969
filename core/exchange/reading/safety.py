"""What a file really is, by its content and never by its name, and whether it may be opened at all."""

from typing import Final, Literal

from core.exchange.reading import limits
from core.exchange.reading.archive import Archive
from core.exchange.reading.compound import SIGNATURE, CompoundFile
from core.exchange.reading.errors import UnreadableFile

Form = Literal["xlsx", "xls", "ods", "csv"]

_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHER_SIGNATURES: Final = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"BM": "BMP", b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip", b"{\\rtf": "RTF", b"MZ": "EXE", b"SQLite format 3": "SQLite",
}  # fmt: skip
_OLD_EXCEL: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # Excel 2 to 4: no container yet
_MACRO_STORAGES: Final = frozenset({"_vba_project_cur", "vba", "_vba_project", "macros"})
_ENCRYPTION_STREAMS: Final = frozenset({"encryptedpackage", "encryptioninfo"})
_FILE_PASS: Final = b"\x2f\x00"


def form_of(data: bytes) -> Form:
    """The form of a file that may be read: its container is whole, not encrypted, without macros, not a bomb.

    Raises UnreadableFile: empty_file, too_large, not_a_workbook, unsupported_format, encrypted, macros, damaged, and
    the codes of Archive.
    """
    if not data:
        raise UnreadableFile("empty_file")
    if len(data) > limits.MAX_FILE_BYTES:
        raise UnreadableFile(
            "too_large", size=len(data) // limits.MEGABYTE, limit=limits.MAX_FILE_BYTES // limits.MEGABYTE
        )
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_form(data)
    if data.startswith(SIGNATURE):
        return _compound_form(CompoundFile(data))
    if data.startswith(_OLD_EXCEL):
        raise UnreadableFile("unsupported_format", form="Excel 4.0")
    for signature, form in _OTHER_SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFile("not_a_workbook", form=form)
    return "csv"


def _zip_form(data: bytes) -> Form:
    archive = Archive(data)
    lowered = {name.casefold() for name in archive.parts}
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in lowered):
        raise UnreadableFile("macros")
    if "xl/workbook.bin" in lowered:
        raise UnreadableFile("unsupported_format", form="xlsb")
    if "mimetype" in archive and "content.xml" in archive:
        return _check_ods(archive, lowered)
    if "xl/workbook.xml" in lowered or (
        "[content_types].xml" in lowered and any(name.startswith("xl/") for name in lowered)
    ):
        return "xlsx"
    form = (
        "Word"
        if any(name.startswith("word/") for name in lowered)
        else "PowerPoint"
        if "ppt/presentation.xml" in lowered
        else "zip"
    )
    raise UnreadableFile("not_a_workbook", form=form)


def _check_ods(archive: Archive, lowered: set[str]) -> Form:
    if not archive.read("mimetype").strip().startswith(_ODS_TYPE):
        raise UnreadableFile("not_a_workbook", form="OpenDocument")
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableFile("encrypted")
    if any(name.startswith(("basic/", "scripts/")) and not name.endswith("/") for name in lowered):
        raise UnreadableFile("macros")
    return "ods"


def _compound_form(container: CompoundFile) -> Form:
    names = {name.casefold() for name in container.names()}
    if names & _ENCRYPTION_STREAMS:
        raise UnreadableFile("encrypted")
    if names & _MACRO_STORAGES:
        raise UnreadableFile("macros")
    if not names & {"workbook", "book"}:
        raise UnreadableFile("not_a_workbook", form="Word" if "worddocument" in names else "OLE")
    return "xls"
