"""What a module plugs in. The only extension points of the product; the kernel knows no module by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Nav:
    """One line of the side menu, shown to actors who hold `permission` ("": to all; several: any one) and for whom it `applies`.

    Lines of all modules that name the same `group` stand under it; a group stands where its first line does by `order`.
    """

    label: Any
    url: str
    icon: str
    group: Any
    permission: str | tuple[str, ...]
    order: int = 100
    count: Callable[[Any], int | None] | None = None
    applies: Callable[[Any], bool] = lambda _actor: True


@dataclass(frozen=True, slots=True)
class FileTab:
    """A tab of a person's file; sections that name the same tab stand under it.

    A tab with a `page` (a URL name that takes the person) is a page of its own: a sealed part of the file is one, with a permission
    and a look of its own. It is offered to whom it `applies` (person, actor), and registered in `Module.file_tabs`.
    """

    name: str
    label: Any
    order: int = 100
    page: str = ""
    applies: Callable[[Any, Any], bool] = lambda _person, _actor: True


@dataclass(frozen=True, slots=True)
class FileSection:
    """A section of a person's file.

    `model` is a dotted `app.Model` that points to the person; `fields` are shown in this order. `primary` are the fields that name
    a row in one line (none: the section is one row, shown field by field). `overview` are the fields of a one-row section that the
    first tab shows too; a section with `primary` shows its newest rows there when `overview` names any field.
    `applies(post_family)` hides sections that do not apply. `otherwise` says what holds where no record does. `entered` is the page (URL
    name, with the person's id) that makes new records where more than their fields is asked: what is on file is then put right only, and
    goes on by services of its own.
    """

    name: str
    label: Any
    model: str
    fields: tuple[str, ...]
    tab: FileTab
    permission: str
    order: int = 100
    primary: tuple[str, ...] = ()
    overview: tuple[str, ...] = ()
    applies: Callable[[str], bool] = lambda _family: True
    otherwise: Any = ""
    entered: str = ""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list page. A page names its own; a module adds one to another's list by `page`, the list's URL name.

    `value(row, actor)` gives what the cell shows: text, or a `Cell` of core.web.parts. `annotate(rows, actor)` adds what it needs
    to the query, set-wise; it is called only while the column is shown or sorted by. `sort` names attributes of the row that are
    never NULL, in the order of sorting; `indexed` says that an index serves that order, so that it is offered for lists of any
    size. `shown` columns are there until the reader chooses otherwise. `total(sum)` gives the `Cell` of several rows together,
    where their numbers are added up (none: the sum as it is).
    """

    key: str
    label: Any
    value: Callable[[Any, Any], Any]
    page: str = ""
    sort: tuple[str, ...] = ()
    indexed: bool = False
    annotate: Callable[[Any, Any], Any] | None = None
    total: Callable[[int | None], Any] | None = None
    number: bool = False
    nowrap: bool = False
    shown: bool = True
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Search:
    """One answer to the search over everything: `find(actor, text, limit)` gives `Hit`s, visible ones only."""

    name: str
    label: Any
    permission: str
    find: Callable[[Any, str, int], list[Hit]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its name, where it is, and a line that tells it from its namesakes."""

    label: Any
    url: str
    sub: Any = ""


@dataclass(frozen=True, slots=True)
class HeadingFact:
    """What a module says beside a person's name, and what it warns of: called with (person, actor, day).

    The person may be a version of the past: what holds of them is asked of that version, not of the live rows. `text` gives a short
    text or nothing; `notices` gives `Finding`s of core.web.parts for the banners above the tabs.
    """

    permission: str
    text: Callable[[Any, Any, Any], Any] | None = None
    notices: Callable[[Any, Any, Any], list[Any]] | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class HomePart:
    """What a part of the product says on the first page, and on the page of a unit, to actors who hold `permission` ("": to all).

    `landing(actor)` sends the actor to another first page, where it gives an address. `waiting(actor)` gives what waits for
    them, `actions(actor)` the buttons with which they begin something. `numbers`, `charts` (also on the page of a unit) and
    `cards` are called with (actor, unit) and give `Stat`s, `Chart`s and `Table`s of core.web.parts about the unit and all below it;
    `unit_actions` the buttons on the page of a unit.
    """

    permission: str
    landing: Callable[[Any], str] | None = None
    waiting: Callable[[Any], list[Waiting]] | None = None
    actions: Callable[[Any], list[Any]] | None = None
    numbers: Callable[[Any, Any], list[Any]] | None = None
    cards: Callable[[Any, Any], list[Any]] | None = None
    charts: Callable[[Any, Any], list[Any]] | None = None
    unit_actions: Callable[[Any, Any], list[Any]] | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the actor since a moment: what, whose, what is to be done, where. What is `late` stands first."""

    what: Any
    do: Any
    since: datetime
    url: str
    sub: Any = ""
    unit: Any = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """Something that a record should say. `faulty(on)` is the condition under which it does not, as a Q of its rows.

    `page` is the list in which the faulty ones are found, by the condition `quality` with this name. It is told to who holds `permission`
    ("": to all who see that list).
    """

    name: str
    label: Any
    page: str
    faulty: Callable[[date], Any]
    order: int = 100
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Dependent:
    """What stands on records of `model` (a dotted `app.Model`) without a foreign key that says so: asked before a record is taken back.

    `find(ids)` gives, for those records (by their keys) on which something stands, what it is in words: taking back is blocked then.
    What points to a record by a foreign key is found without being registered.
    """

    model: str
    label: Any
    find: Callable[[Sequence[int]], Mapping[int, Any]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What is not in order with records of `model` (a dotted `app.Model`), told by a module to the right of theirs.

    `find(ids, on)` gives, for those of the records (by their keys) that are not in order on a day, why in words; a fixed number of
    queries. `label` is what the check is called: the head of its column, shown only where a module registered it.
    """

    model: str
    label: Any
    find: Callable[[Sequence[int], date], Mapping[int, Any]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class PaperFollower:
    """What follows when papers are issued and end, in the same change.

    `issued(document, kind, subject, actor)` of a new paper, also of one that replaces another (`document.replaces`);
    `ended(document, actor)` of one that was withdrawn or is being replaced.
    """

    issued: Callable[[Any, Any, Any, Any], None]
    ended: Callable[[Any, Any], None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class PersonFact:
    """Something of people that one module knows and another asks for by `name`, merging the answers of all.

    `of(teachers, on)` gives it by the keys of people, for those of whom something is known on a day. `last_training`: the last day of
    training; `title`: the professional title in words; `assessments`: lines with the year and the result of annual assessments, the
    newest first; `rewards`: lines of rewards and punishments.
    """

    name: str
    of: Callable[[Sequence[int], date], Mapping[int, Any]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change of a person's file brings with it, said before it is written.

    The change is tried and taken back. `measure(person, actor)` reads plain values before and after the trial (the key of the
    person is given, so that nothing is remembered), `tell(before, after, actor)` says in `Finding`s of core.web.parts what differs,
    or that it stays. Asked only where the change writes records of one of `models` (dotted `app.Model`s).
    """

    models: tuple[str, ...]
    measure: Callable[[int, Any], Any]
    tell: Callable[[Any, Any, Any], list[Any]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Withheld:
    """A rule by which some looks are shown to the person later, such as those of a panel until its results are out.

    `rows(now)` is the condition (a `Q` over the access log) that the looks meet which are withheld at that moment: the database
    leaves them out before anything is counted. `until(looks)` gives, by the looks' keys, the day from which each is shown; a look
    that is left out, or None, waits for something that has no day yet. `label` names the rule to auditors, who see all.
    """

    name: str
    label: Any
    rows: Callable[[datetime], Any]
    until: Callable[[Sequence[Any]], Mapping[int, date | None]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Module:
    """All that one app adds to the product.

    `job_subjects` says what jobs of a kind are about: called with (jobs, actor), gives the words by the jobs' keys.
    `job_results` says where the result of a kind of job is: called with (job, actor), gives an `Action` or None.
    `reveal_reasons` are the usual reasons for looking at a masked value: what is stored → what is said.
    """

    name: str
    label: Any
    nav: tuple[Nav, ...] = ()
    file_sections: tuple[FileSection, ...] = ()
    file_tabs: tuple[FileTab, ...] = ()
    import_kinds: tuple[Any, ...] = ()
    import_sections: tuple[Any, ...] = ()
    list_columns: tuple[ListColumn, ...] = ()
    list_filters: tuple[Any, ...] = ()
    heading_facts: tuple[HeadingFact, ...] = ()
    change_kinds: Mapping[str, Any] = field(default_factory=dict)
    searches: tuple[Search, ...] = ()
    job_subjects: Mapping[str, Callable[[Sequence[Any], Any], Mapping[int, Any]]] = field(default_factory=dict)
    job_results: Mapping[str, Callable[[Any, Any], Any]] = field(default_factory=dict)
    reveal_reasons: Mapping[str, Any] = field(default_factory=dict)
    home_parts: tuple[HomePart, ...] = ()
    workflows: tuple[Any, ...] = ()
    quality_checks: tuple[QualityCheck, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    record_checks: tuple[RecordCheck, ...] = ()
    document_kinds: tuple[Any, ...] = ()
    paper_followers: tuple[PaperFollower, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    person_facts: tuple[PersonFact, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    publicity_kinds: tuple[Any, ...] = ()
    urls: str = ""
    api: str = ""
    demo: tuple[Callable[..., None], ...] = ()


@dataclass(slots=True)
class Registry:
    """The modules in use, in the order of `settings.MODULES`, with the kernel's own parts first."""

    modules: dict[str, Module] = field(default_factory=dict)
    pages: list[Any] = field(default_factory=list)
    jobs: dict[str, Any] = field(default_factory=dict)

    def add(self, module: Module) -> None:
        """Register a module; a second one of the same name is an error."""
        if module.name in self.modules:
            msg = f"module {module.name} is registered twice"
            raise ValueError(msg)
        self.modules[module.name] = module

    def load(self, names: Mapping[str, str] | list[str]) -> None:
        """Import `<name>.module` of each module and register its `MODULE`."""
        for name in names:
            self.add(import_module(f"{name}.module").MODULE)

    def each(self, attribute: str) -> Iterator[Any]:
        """All parts of one sort, in the order of modules, each sorted by its own `order`."""
        parts = [part for module in self.modules.values() for part in getattr(module, attribute)]
        yield from sorted(parts, key=lambda part: getattr(part, "order", 100))

    def change_label(self, kind: str) -> Any:
        """What a kind of change is called on the page; its own name where no module and no workflow says."""
        kinds = [module.change_kinds for module in self.modules.values()]
        kinds += [flow.change_kinds for flow in self.each("workflows")]
        return next((labels[kind] for labels in kinds if kind in labels), kind)


registry = Registry()
