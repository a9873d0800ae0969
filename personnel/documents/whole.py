"""The whole file of a person to take along: as JSON in the shapes of the API, and as Word. No issued paper: without number and seal."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any, Final

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from core.api.values import role_of, unit_of
from core.codes.values import label, values_of
from core.documents.layout import CENTER, FORM, HEADING, LEFT, add_paragraph, add_row, add_table, fill, new_paper, write
from core.documents.services import DOCX
from core.records.clocks import latest
from personnel.documents.telling import PHOTO_HEIGHT, PHOTO_WIDTH, period_texts, photo_of, text_of
from personnel.portraits import CONTENT_TYPE, shrunk
from personnel.selectors.clocks import FileAsOf, file_as_of
from personnel.selectors.file import Part
from personnel.selectors.telling import told_sections, told_teacher

FORMAT: Final = "shidang.teacher-file"
VERSION: Final = 1
# The longer edge of the photo in pixels: enough to print it as large as forms ask.
EDGE: Final = 640
WIDTH: Final = 174.0
# More columns than these do not fit on the paper: such records are written one below the other.
MOST_COLUMNS: Final = 6
DAY_WIDTH: Final = 22.0
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Whole:
    """A file as it stands now, for one reader; `clear` has its protected values in clear, which the caller allowed and wrote down."""

    file: FileAsOf
    actor: Any
    clear: bool
    photo: bytes
    position: int
    made_at: Any


def whole_file(teacher: Any, actor: Any, *, clear: bool) -> Whole:
    """Read the whole file: all sections that the reader may see, each with one query."""
    position = latest()
    file = file_as_of(teacher, valid_on=actor.on, known_at=actor.on, actor=actor)
    for part in file.parts:
        for row in part.rows:
            if hasattr(row, "teacher_id"):
                # One person, one key: nothing is fetched again for each protected value.
                row.teacher = teacher
    photo = shrunk(photo_of(actor, teacher).content, EDGE)
    return Whole(file, actor, clear, photo, position, timezone.localtime())


def as_json(whole: Whole) -> dict[str, Any]:
    """The file as JSON (docs/teacher-accounts.md): the names of the API, what it was made of, and the photo in base64."""
    actor, file = whole.actor, whole.file
    values = values_of(actor)
    values.prime(units=[file.teacher.unit, *([actor.unit.pk] if actor.unit else [])])
    photo = {"content_type": CONTENT_TYPE, "base64": base64.b64encode(whole.photo).decode()} if whole.photo else None
    return {
        "format": FORMAT, "version": VERSION, "made_at": whole.made_at.isoformat(), "valid_on": file.valid_on.isoformat(),
        "known_at": file.known.day.isoformat(), "position": whole.position,
        "made_for": {"role": role_of(actor.role), "unit": unit_of(values, actor.unit)},
        "protected": "clear" if whole.clear else "masked",
        "teacher": told_teacher(values, file.teacher),
        "photo": photo,
        "sections": told_sections(actor, file.parts, file.valid_on, clear=whole.clear),
    }  # fmt: skip


def as_word(whole: Whole) -> bytes:
    """The file as a Word file: the photo, then each tab with its sections."""
    paper = new_paper(str(whole.file.teacher.name), margins=(18, 18, 18, 18))
    _top(paper, whole)
    for tab, parts in groupby(whole.file.parts, key=lambda part: part.section.tab):
        _tab(paper, whole, tab, list(parts))
    _foot(paper)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def as_file(whole: Whole, form: str) -> tuple[bytes, str, str]:
    """The file in the form asked for (`word` or `json`): its content, its name, its type."""
    name = _("File of %(name)s %(day)s") % {"name": whole.file.teacher.name, "day": whole.file.valid_on}
    if form == "json":
        return orjson.dumps(as_json(whole), option=orjson.OPT_INDENT_2), f"{name}.json", JSON
    return as_word(whole), f"{name}.docx", DOCX


def _top(paper: Any, whole: Whole) -> None:
    teacher, actor = whole.file.teacher, whole.actor
    add_paragraph(
        paper, _("File of %(name)s") % {"name": teacher.name}, align=CENTER, after=4, line=1.2, font=HEADING, size=20
    )
    said = _("As of %(day)s, made on %(made)s at position %(position)s.") % {
        "day": whole.file.valid_on, "made": f"{whole.made_at:%Y-%m-%d %H:%M}", "position": whole.position,
    }  # fmt: skip
    masks = (
        _("Protected values are in clear: keep this file safe.") if whole.clear else _("Protected values are masked.")
    )
    add_paragraph(paper, f"{said} {masks}", align=CENTER, after=4, line=1.2, font=FORM, size=9)
    values = values_of(actor)
    values.prime(units=[teacher.unit])
    pairs = [
        (_("Name"), teacher.name), (_("Unit"), values.unit(teacher.unit)),
        (_("Post"), teacher.post or ""),
        (_("Status"), values.code("person_status", teacher.status or "in_post")),
    ]  # fmt: skip
    table = add_table(paper, (30, 110, 34))
    for words, text in pairs:
        add_row(table, [words, str(text), ""], bold=(0,))
    photo = table.cell(0, 2).merge(table.cell(len(pairs) - 1, 2))
    for left in photo.paragraphs[1:]:
        left._element.getparent().remove(left._element)
    fill(photo, "")
    if whole.photo:
        photo.paragraphs[0].add_run().add_picture(BytesIO(whole.photo), width=Mm(PHOTO_WIDTH), height=Mm(PHOTO_HEIGHT))


def _tab(paper: Any, whole: Whole, tab: Any, parts: list[Part]) -> None:
    """A tab with its sections; those without a record are named in one line."""
    add_paragraph(paper, size=6)
    add_paragraph(paper, str(tab.label), line=1.6, with_next=True, font=HEADING, size=14)
    for part in parts:
        if part.rows:
            _section(paper, whole, part)
    if empty := [str(part.section.label) for part in parts if not part.rows]:
        said = _("Nothing is recorded under: %(sections)s") % {"sections": pgettext("list separator", ", ").join(empty)}
        add_paragraph(paper, said, line=1.6, font=FORM, size=10.5)


def _section(paper: Any, whole: Whole, part: Part) -> None:
    add_paragraph(paper, str(part.section.label), line=1.6, with_next=True, font=HEADING, size=11)
    heads = [label(part.model, name) for name in part.section.fields]
    days = [_("from"), _("until with")] if part.dated else []
    if part.single or len(heads) + len(days) > MOST_COLUMNS:
        for row in part.rows:
            _below(paper, list(zip([*heads, *days], _texts(whole, part, row), strict=True)))
        return
    wide = (WIDTH - DAY_WIDTH * len(days)) / len(heads)
    table = add_table(paper, [*[wide] * len(heads), *[DAY_WIDTH] * len(days)])
    add_row(table, [*heads, *days], bold=range(len(heads) + len(days)), size=9)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in part.rows:
        add_row(table, _texts(whole, part, row), size=9)
    add_paragraph(paper, line=0.5, size=6)


def _texts(whole: Whole, part: Part, row: Any) -> list[str]:
    said = [text_of(whole.actor, row, name, clear=whole.clear) for name in part.section.fields]
    days = period_texts(row) if part.dated else {}
    return [*said, *days.values()]


def _below(paper: Any, pairs: list[tuple[Any, str]]) -> None:
    """A record field by field, two beside each other; a long text takes the line."""
    table = add_table(paper, (30, 57, 30, 57))
    line: list[Any] = []
    for words, text in pairs:
        if len(text) > 24:
            if line:
                add_row(table, [*line, "", ""], bold=(0, 2), size=9.5)
                line = []
            add_row(table, [words, text, None, None], bold=(0,), size=9.5)
            continue
        line += [words, text]
        if len(line) == 4:
            add_row(table, line, bold=(0, 2), size=9.5)
            line = []
    if line:
        add_row(table, [*line, "", ""], bold=(0, 2), size=9.5)
    add_paragraph(paper, line=0.5, size=6)


def _foot(paper: Any) -> None:
    """What this is, and the number of the page."""
    said = _("Taken from the system of records; no issued paper, nobody signed it.")
    paragraph = paper.sections[0].footer.paragraphs[0]
    write(paragraph, f"{said}　", font=FORM, size=9)
    paragraph.alignment = LEFT
    run = write(paragraph, "", font=FORM, size=9)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
