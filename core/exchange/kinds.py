"""What can be imported: kinds of rows, and the sections that modules add to a kind.

A kind says what one row is about (its subject: a teacher, a unit). Each section reads some columns of the row and keeps one record
of the subject in step with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import pgettext_lazy

from core.dates import PartialDate
from core.exchange.recognition.groups import NO_GROUP, FieldGroup
from core.exchange.recognition.kinds import FieldKind
from core.registry import registry


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a workbook may have.

    `kind` is one of the recogniser's (`serial`: known, read, not kept). `reports` is the field under which a difference
    is named (the day of a title reports as the title). `limit` is the longest text. `protected` cells are masked in previews.
    `units`: its words are names of units. `beyond`: a day that may lie before all records or far ahead (until when a card is valid).
    `barred`: codes of the list that its kind does not take; templates do not offer them.
    `elsewhere`: it stands on sheets of other sorts too (a list of wages), so that by itself it makes no sheet one of its kind.
    """

    name: str
    label: Any
    headers: tuple[str | tuple[str, str], ...]
    kind: FieldKind = "text"
    code_list: str = ""
    limit: int = 120
    reports: str = ""
    required: bool = False
    empty_words: tuple[str, ...] = ()
    protected: bool = False
    group: FieldGroup = NO_GROUP
    units: bool = False
    beyond: bool = False
    elsewhere: bool = False
    barred: tuple[str, ...] = ()

    @property
    def alone(self) -> str:
        """The first heading that says it without another one above: what templates ask by."""
        return next((heading for heading in self.headers if isinstance(heading, str)), self.heading)

    @property
    def field(self) -> str:
        """The name under which differences of this column are reported."""
        return self.reports or self.name

    @property
    def heading(self) -> str:
        """The heading that people most often give it."""
        return self.headers[0] if isinstance(self.headers[0], str) else self.headers[0][1]


@dataclass(slots=True)
class Problem:
    """What is wrong with a cell (or, as a warning, worth a look). `params` fill the sentence shown to the reader."""

    column: str
    code: str
    value: str = ""
    severity: str = "error"
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant by a wrong cell: the value to write, whether it is certain, and why, in the reader's language.

    `words` never hold the value of a protected column.
    """

    value: str
    certain: bool
    words: str


@dataclass(slots=True)
class Draft:
    """One row on its way through the import. `values` holds what the row says; a cell that says nothing has no entry.

    `begins` holds by section the day from which a difference is to hold; `asks` by section and field what was changed on file since
    the workbook was made (`core.exchange.threeway`); `fixed` what was put right on the page, by column; `settled` the columns in which
    such a value was decided for, with who did, when, and against which change; `finished`: an earlier generation of the workbook has
    it; `adds`: the subject is known and gets what it did not have.
    """

    sheet: int
    row: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    subject: int | None = None
    key: bytes | None = None
    id: int = 0
    differences: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=dict)
    begins: dict[str, str] = field(default_factory=dict)
    asks: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    settled: dict[str, list[str]] = field(default_factory=dict)
    finished: bool = False
    adds: bool = False

    @property
    def refused(self) -> bool:
        """Whether a problem keeps the row out."""
        return bool(self.problems) and any(problem.severity == "error" for problem in self.problems)

    def sent(self, index: int) -> str:
        """The cell of a column, counted from 0, as it was sent; "" where the row ends before it."""
        return self.cells[index] if index < len(self.cells) else ""

    @property
    def is_new(self) -> bool:
        """Whether the subject is not on file yet."""
        return self.subject is None

    def refuse(self, column: str, code: str, value: Any = "", **params: Any) -> None:
        """Keep the row out, naming the column."""
        self.problems.append(Problem(column, code, str(value), "error", params))

    def warn(self, column: str, code: str, value: Any = "", **params: Any) -> None:
        """Let the row in, and say something about a cell."""
        self.problems.append(Problem(column, code, str(value), "warning", params))

    @property
    def outcome(self) -> str:
        """new, changed, same, refused or undecided."""
        if self.refused:
            return "refused"
        if self.is_new or self.adds:
            return "new"
        if self.asks and self.is_open:
            return "undecided"
        return "changed" if any(self.differences.values()) else "same"

    @property
    def is_open(self) -> bool:
        """Whether somebody must decide between the file and what is on file."""
        return any(not one["choice"] for asked in self.asks.values() for one in asked.values())

    @property
    def asked(self) -> list[str]:
        """The fields that were changed on file since and that the row says otherwise."""
        return list(dict.fromkeys(name for asked in self.asks.values() for name in asked))

    @property
    def changed_fields(self) -> list[str]:
        """The names of the fields that differ, in the order of sections."""
        named = (name for differences in self.differences.values() for name in differences)
        return list(dict.fromkeys(named))


def said_in(rows: Iterable[Draft]) -> frozenset[str]:
    """The columns in which any of the rows says something."""
    return frozenset().union(*(row.values for row in rows))


@dataclass(slots=True)
class Setting:
    """What an import stands on: who sends, for which unit, from which day moves without a day hold, and shared look-ups.

    `several` are the places of the sheets that may have several rows for one subject. `base` is the moment
    (`core.exchange.since.Moment`) at which the workbook was made, None where nobody knows it; changes of `own_sources`, those of its
    earlier generations, its sender knows too. `writing`: rows are being written, so what they stand on is held until the end.
    """

    actor: Any
    unit: Any
    day: date
    sheet_day: PartialDate | None = None
    several: frozenset[int] = frozenset()
    base: Any = None
    own_sources: frozenset[str] = frozenset()
    writing: bool = False
    shared: dict[Any, Any] = field(default_factory=dict)


class ImportSection:
    """A part of a row that becomes a record. Modules subclass or configure it and register it in their `Module`.

    `label` is what people call it, and the name of a sheet of its own.
    """

    kind: str = ""
    name: str = ""
    label: Any = ""
    order: int = 100
    columns: tuple[Column, ...] = ()

    @property
    def on_main(self) -> bool:
        """Whether its columns stand on the main sheet of the kind, one record for each subject."""
        return True

    @property
    def apart(self) -> bool:
        """Whether it has a sheet of its own, with all records of each subject."""
        return False

    def tell(self, subjects: Sequence[int], telling: Any) -> Mapping[int, list[dict[str, str]]]:
        """What is on file as cells say it, by subject one line of texts by column for each record; a query or two for all.

        `telling` (`core.exchange.layout.Telling`) has the day and turns values into words.
        """
        raise NotImplementedError

    def chief(self, lines: Sequence[dict[str, str]]) -> dict[str, str]:
        """Of several records the one that the main sheet shows."""
        return lines[-1]

    def has_several(self, said: Collection[str]) -> bool:
        """Whether a sheet that says these columns, and nothing of other sections, may have several rows for one subject."""
        return False

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Add problems that need more than one cell."""

    def concerned(self, said: Collection[str]) -> bool:
        """Whether rows that say nothing but these columns can say anything about this section."""
        return True

    def speaks(self, row: Draft) -> bool:
        """Whether the row says anything about this section; of other rows it is neither loaded nor compared."""
        return True

    def load(self, subjects: Sequence[int], setting: Setting) -> Mapping[int, Any]:
        """What is on file for subjects, by subject, in one query."""
        raise NotImplementedError

    def look_back(self, rows: Sequence[Draft], states: Mapping[int, Any], setting: Setting) -> None:
        """Before rows of a stamped workbook are compared: find out what happened to their records since `setting.base`, set-wise."""

    def compare(self, row: Draft, state: Any, setting: Setting) -> None:
        """Fill `row.differences[self.name]` and `row.seen[self.name]`."""
        raise NotImplementedError

    def admit(self, rows: Sequence[Draft], states: Mapping[int, Any], setting: Setting) -> None:
        """Refuse rows that the database would not take as things stand: when they were compared, and again before they are written."""

    def apply(self, rows: Sequence[Draft], states: Mapping[int, Any], setting: Setting) -> None:
        """Write the records of new and changed rows, set-wise, inside the open change."""
        raise NotImplementedError

    def suggest(self, row: Draft, problem: Problem) -> Sequence[Suggestion]:
        """What this section knows of a wrong cell that nobody else does; no query."""
        return ()


class ImportKind:
    """One sort of row.

    `subject_columns` find or make what the row is about: by `key_columns` (of several, a sheet has one at least); `naming_columns` only
    name it, `placing_columns` only say where it is, as they do on every sheet. A sheet is of the kind when it has the `needed_columns`,
    or, where there are none, any that says something of the subject. `telling_columns` are needed to read the key again, such as the
    kind of its document. `reveals` is the permission that an export of the kind needs, since it has protected values in clear ("": it
    has none). With `endings` it reads a zip of files that end so, not sheets: each file is a row, whose `subject_columns` are told of it.
    `accepted_by` is the permission to accept its batches where that is another one than to send them; `about` tells whoever sends one
    what its rows do.
    Workbooks of a kind that stands `apart` are sent from a page of its own, which says what they belong to: nobody else's sheet is taken
    for one, it has no templates and answers no request, and who may not send it does not see its batches.
    `noun` and `nouns` are what one subject and several are called where an undo tells of them. `dated`: what a row says without a day of
    its own holds from a day of the batch, which its page offers. `fills`: a template can be filled in with what is on file, so that what
    comes back is compared with what its sender saw.
    """

    name: str = ""
    label: Any = ""
    noun: Any = pgettext_lazy("of a person", "file")
    nouns: Any = pgettext_lazy("of a person", "files")
    dated: bool = True
    fills: bool = True
    permission: str = "exchange.import"
    accepted_by: str = ""
    about: Any = ""
    subject_columns: tuple[Column, ...] = ()
    key_columns: tuple[str, ...] = ()
    naming_columns: tuple[str, ...] = ()
    placing_columns: tuple[str, ...] = ()
    needed_columns: tuple[str, ...] = ()
    telling_columns: tuple[str, ...] = ()
    reveals: str = ""
    endings: tuple[str, ...] = ()
    apart: bool = False

    def belongs_to(self, batch: Any) -> Any:
        """The page (a `Link`) of what a batch of a kind that stands `apart` belongs to."""
        return None

    def sent_from(self, batch: Any) -> str:
        """The page from which the next workbook of a kind that stands `apart` is sent; "" where none is taken any more."""
        return ""

    def prepare(self, setting: Setting) -> None:
        """Load the look-ups that rows are compared with into `setting.shared`; the second call does nothing."""

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Find the subject of each row set-wise; refuse rows without one, out of reach, or twice in the file."""
        raise NotImplementedError

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        """When all cells were checked: refuse rows of new subjects that cannot be made, neither by this row nor by an earlier one."""

    def find(self, rows: Sequence[Draft], setting: Setting) -> Mapping[bytes | None, int]:
        """The subjects on file by key, in one query."""
        raise NotImplementedError

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Refuse rows whose subject the sender's units may not change, as things are now."""
        raise NotImplementedError

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        """Where the actor finds subjects on a page, by primary key; those whom they do not see are left out."""
        return {}

    def called(self, rows: Iterable[Any], actor: Any) -> dict[int, str]:
        """What subjects (their rows) are called where an undo tells of them."""
        return {row.pk: str(row) for row in rows}

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        """The subjects of a unit and those below it that the actor sees on a day, in the order in which they are listed."""
        raise NotImplementedError

    def heads(self, subjects: Sequence[int], telling: Any) -> Mapping[int, dict[str, str]]:
        """What every sheet says of each subject: key and name, as texts by column."""
        raise NotImplementedError

    def keys(self, subjects: Sequence[int]) -> Mapping[int, bytes]:
        """The data keys of subjects, where the kind has protected values."""
        return {}

    def note_taken(self, actor: Any, subjects: Sequence[int], reason: str) -> None:
        """Write down of each subject that somebody took out what is on file, where that concerns persons."""

    def opens(self, row: Draft) -> bool:
        """Whether a new subject can be made from the row."""
        raise NotImplementedError

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Make the subjects of new rows inside the open change and set `row.subject`."""
        raise NotImplementedError

    def suggest(self, row: Draft, problem: Problem) -> Sequence[Suggestion]:
        """What this kind knows of a wrong cell that nobody else does; no query."""
        return ()

    def unlock(self, rows: Sequence[Draft]) -> None:
        """Put what is needed to write protected values of known subjects beside their rows."""


def all_kinds() -> dict[str, ImportKind]:
    """The kinds that modules registered, by name."""
    return {kind.name: kind for kind in registry.each("import_kinds")}


def common_kinds() -> dict[str, ImportKind]:
    """The kinds that any workbook may be of: all but those that are sent from pages of their own."""
    return {name: kind for name, kind in all_kinds().items() if not kind.apart}


def hidden_kinds(actor: Any) -> list[str]:
    """The kinds of which an actor sees no batches."""
    return [name for name, kind in all_kinds().items() if kind.apart and not actor.may(kind.permission)]


def sections_of(kind: str) -> list[ImportSection]:
    """The sections of a kind, in order: its own module's first, then those of modules to the right."""
    found: Iterable[ImportSection] = registry.each("import_sections")
    return sorted((section for section in found if section.kind == kind), key=lambda section: section.order)


def columns_of(kind: ImportKind) -> dict[str, Column]:
    """All columns that rows of a kind may have, by name."""
    own = {column.name: column for column in kind.subject_columns}
    return own | {column.name: column for section in sections_of(kind.name) for column in section.columns}
