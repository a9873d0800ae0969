"""A .docx as a package: small, of Word's own parts only, and with nothing that reaches outside."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext as _
from lxml import etree

from core.documents.templating.faults import Fault

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PARTS: Final = 200
# Unpacked: one part of text, and all together.
MOST_TEXT: Final = 2 * 1024 * 1024
MOST_UNPACKED: Final = 20 * 1024 * 1024
DOCUMENT: Final = "word/document.xml"
MAIN: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XML_ENDINGS: Final = (".xml", ".rels")
PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff")
# Fonts that a document brings along, and the small picture of its first page.
OTHERS: Final = (".odttf", ".fntdata")
FORBIDDEN_NAMES: Final = re.compile(r"vba|macro|activex|embeddings|customui|\.bin$|afchunk|altchunk", re.IGNORECASE)
HYPERLINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
SAFE_LINK: Final = re.compile(r"^(https?://|mailto:|#)", re.IGNORECASE)
# Fields by which Word fetches or runs something when the paper is opened.
FETCHING: Final = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|INCLUDE|LINK|IMPORT|DATABASE|AUTOTEXT|MACROBUTTON)\b"
)
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError)


def package_faults(content: bytes) -> list[Fault]:
    """What is wrong with the file as such; nothing of it is filled in before this is empty."""
    if len(content) > MOST_BYTES:
        return [_whole(_("The file is larger than 5 MB. Make its pictures smaller."))]
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return list(_faults(package))
    except DAMAGED:
        return [
            _whole(
                _("This is no Word document (.docx), or it is damaged or locked. Save it anew in Word or WPS as .docx.")
            )
        ]


def _whole(message: str, found: str = "") -> Fault:
    return Fault(_("the whole document"), message, found)


def _faults(package: zipfile.ZipFile) -> Iterator[Fault]:
    parts = package.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        yield _whole(_("The file has too many parts. Copy its text into a new document."))
        return
    if sum(part.file_size for part in parts) > MOST_UNPACKED or any(_is_bomb(part) for part in parts):
        yield _whole(_("The file unpacks to far more than it seems. Copy its text into a new document."))
        return
    if DOCUMENT not in names or MAIN not in package.read("[Content_Types].xml"):
        yield _whole(_("This is no Word document without macros (.docx). Save it anew in Word or WPS as .docx."))
        return
    for name in names:
        yield from _part_faults(package, name)


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith(XML_ENDINGS) and part.file_size > MOST_TEXT


def _part_faults(package: zipfile.ZipFile, name: str) -> Iterator[Fault]:
    low = name.lower()
    if FORBIDDEN_NAMES.search(low):
        yield _whole(_("The file holds macros or objects of other programs. Remove them; a picture may stay."), name)
    elif low.endswith(XML_ENDINGS):
        yield from _text_faults(name, package.read(name))
    elif not low.endswith((*PICTURES, *OTHERS, "/")):
        yield _whole(
            _("The file holds a part that is neither text nor picture. Copy its text into a new document."), name
        )


def _text_faults(name: str, content: bytes) -> Iterator[Fault]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        yield _whole(_("A part of the file is damaged. Save it anew in Word or WPS as .docx."), name)
        return
    if root.getroottree().docinfo.doctype:
        yield _whole(_("A part of the file declares entities of its own, which no Word document does."), name)
    elif name.endswith(".rels"):
        yield from _relation_faults(root)
    else:
        yield from _field_faults(root)


def _relation_faults(root: Any) -> Iterator[Fault]:
    for one in root:
        if one.get("TargetMode") != "External":
            continue
        target = one.get("Target", "")
        if one.get("Type") != HYPERLINK or not SAFE_LINK.match(target):
            message = _(
                "The document reaches outside itself: a linked picture, template or file. Put the picture in, cut the link."
            )
            yield _whole(message, target[:120])


def _field_faults(root: Any) -> Iterator[Fault]:
    said = ["".join(one.itertext()) for one in root.iter(f"{W}instrText")]
    said = ["".join(said), *(one.get(f"{W}instr", "") for one in root.iter(f"{W}fldSimple"))]
    for text in said:
        if found := FETCHING.search(text):
            yield _whole(
                _("A field of the document fetches something from outside when it is opened. Remove the field."),
                found.group(0),
            )
    if next(root.iter(f"{W}altChunk"), None) is not None:
        yield _whole(_("The document takes in another file. Copy its text instead."), "altChunk")
