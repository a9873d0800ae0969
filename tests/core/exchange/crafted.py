"""Workbooks made by hand, byte by byte where a library would not make them."""

import struct
import zipfile
from collections.abc import Iterable
from io import BytesIO

import xlsxwriter
import xlwt

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
HEADER = ("姓名", "身份证号", "性别")
PERSON = ("张三", "11010519491231002X", "女")

_MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATIONS}">'
        '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}


def xlsx(*rows: Iterable[object]) -> bytes:
    """A workbook with one sheet of these rows, by a library."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def xls(*rows: Iterable[object]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def table(*rows: Iterable[str], start: int = 1) -> str:
    """Rows of text cells as sheet XML."""
    return "".join(
        f'<row r="{number}">'
        + "".join(cell(f"{chr(65 + place)}{number}", text) for place, text in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, start=start)
    )


def sheet_xml(rows: str, *, before: str = "", after: str = "") -> str:
    start = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{NAMESPACE}">'
    return f"{start}{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def package(sheet: str | bytes, **more: str | bytes) -> bytes:
    """An .xlsx around the XML of one sheet; further parts by path, with __ for / and _DOT_ for a dot."""
    return zipped(
        {**_PARTS, SHEET: sheet} | {name.replace("__", "/").replace("_DOT_", "."): part for name, part in more.items()}
    )


def sharing(sheet: str, strings: str) -> bytes:
    """An .xlsx whose cells refer to shared texts: `strings` is a row of `<si>`."""
    relations = _PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    table = f'<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="{NAMESPACE}">{strings}</sst>'
    return package(sheet_xml(sheet), xl__sharedStrings_DOT_xml=table, xl___rels__workbook_DOT_xml_DOT_rels=relations)


def shared(text: str) -> str:
    return f"<si><t>{text}</t></si>"


def referring(column: str, rows: Iterable[int], index: int = 0, kind: str = 't="s"') -> str:
    """Rows with one cell each that refers to a shared text."""
    return "".join(f'<row r="{row}"><c r="{column}{row}" {kind}><v>{index}</v></c></row>' for row in rows)


def ods(content: str, **more: str) -> bytes:
    """An .ods around the XML of its tables, as the reader knows one: the type first and stored as it is."""
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    root = f"<office:document-content{names}><office:body><office:spreadsheet>"
    end = "</office:spreadsheet></office:body></office:document-content>"
    return zipped(
        {"mimetype": ODS_TYPE, "META-INF/manifest.xml": _MANIFEST, "content.xml": root + content + end}
        | {name.replace("__", "/"): part for name, part in more.items()}
    )


def ods_table(rows: str, name: str = "表") -> str:
    return f'<table:table table:name="{name}">{rows}</table:table>'


def ods_cells(text: str, *, rows: object = 1, columns: object = 1) -> str:
    """A row of one text, both repeated."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>{text}</text:p>'
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-cell></table:table-row>'


def circling(*, lists: int) -> bytes:
    """A compound file that names one sector as its whole table, again and again, in its header and in lists of sectors."""
    size = 4096
    header = bytearray(size)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<2H", header, 30, 12, 6)
    struct.pack_into("<L4xLL", header, 48, 0, 4096, 0xFFFFFFFE)
    struct.pack_into("<2L", header, 68, 1 if lists else 0xFFFFFFFE, lists)
    one_list = bytes(size - 4) + struct.pack("<L", 1)
    return bytes(header) + bytes(size) + one_list * lists


def same_place(sheets: int, *, apart: int = 0) -> bytes:
    """The records of an .xls with so many sheets, each at a place `apart` bytes after the one before."""
    begin = struct.pack("<4H2L", 0x600, 5, 0, 0, 0, 0)

    def book(first: int) -> bytes:
        entries = (struct.pack("<LBB", first + number * apart, 0, 0) + b"\x01\0A" for number in range(sheets))
        return record(0x809, begin) + b"".join(record(0x85, entry) for entry in entries) + record(0xA, b"")

    sheet = record(0x809, begin) + record(0xA, b"")
    return book(len(book(0))) + sheet * sheets


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def zipped(parts: dict[str, str | bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return file.getvalue()


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file; a name ending in "/" is a storage. Streams are padded to where they need no mini stream."""
    sector, marks = 512, {"end": 0xFFFFFFFE, "table": 0xFFFFFFFD, "free": 0xFFFFFFFF}
    bodies = [(name, body.ljust(4096, b"\0")) for name, body in streams.items()]
    chains: list[int] = []
    content = b""
    entries = [("Root Entry", 5, marks["end"], 0)]
    for name, body in bodies:
        if name.endswith("/"):
            entries.append((name[:-1], 1, 0, 0))
            continue
        count = -(-len(body) // sector)
        entries.append((name, 2, len(chains), len(body)))
        chains += [*range(len(chains) + 1, len(chains) + count), marks["end"]]
        content += body.ljust(count * sector, b"\0")
    directory = b"".join(_entry(*entry) for entry in entries)
    directory = directory.ljust(-(-len(directory) // sector) * sector, b"\0")
    first, count = len(chains), len(directory) // sector
    chains += [*range(first + 1, first + count), marks["end"]]
    tables = -(-(len(chains) + 4) // (sector // 4))
    place = len(chains)
    chains += [marks["table"]] * tables
    table_bytes = struct.pack(f"<{len(chains)}L", *chains).ljust(tables * sector, b"\xff")
    listed = [*range(place, place + tables)] + [marks["free"]] * (109 - tables)
    header = struct.pack(
        "<8s16s5H6x9L109L", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, tables, first, 0, 4096, marks["end"], 0, marks["end"], 0, *listed,
    )  # fmt: skip
    return header + content + directory + table_bytes


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack(
        "<HBB3L16x4x16xLL4x", len(text) + 2, kind, 1, *[0xFFFFFFFF] * 3, start, size
    )


def biff(data: bytes) -> bytes:
    """The stream of records inside an .xls that xlwt made: it begins at the first sector and is not fragmented."""
    size = struct.unpack_from("<L", data, data.index("Workbook".encode("utf-16-le")) + 120)[0]
    return data[512 : 512 + size]
