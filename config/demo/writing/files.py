"""The files of the people: what the first rosters gave, what was typed in after them, and every change since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from config.demo.ledger import Act, Row, period
from config.demo.people import BEGINNING, Fact, Item, Person, Spell
from config.demo.writing.acts import SUPPLEMENT, Acts
from config.demo.writing.offices import Offices
from config.demo.writing.rosters import highest
from core.records.models import DataKey
from core.records.vault import ProtectedText, blind_index, fresh_key, unwrap
from personnel import models as files
from titles.models import TitleHeld

IDENTITY: Final = "identity"
# Sections of which the roster gave each person one row.
ADOPTED: Final = (
    files.Employment, files.PoliticalStatus, files.TeachingAssignment, files.Education, files.Contact, TitleHeld,
)  # fmt: skip
When = Callable[[Fact], Act | None]


@dataclass(slots=True)
class File:
    """A person's file in the making: its row, its key, and the open row of each section."""

    person: Person
    teacher: Row
    key: bytes
    base: Act
    rows: dict[Any, Row] = field(default_factory=dict)

    @property
    def known(self) -> date:
        """The day on which the system came to know the person."""
        return self.person.enters


def adopt(people: list[Person], acts: Acts) -> list[File]:
    """The files that the rosters opened, found by identity number, with the rows that the import wrote."""
    indexes = {blind_index(IDENTITY, person.identity): person for person in people}
    found = files.IdentityDocument.objects.filter(number_index__in=indexes).values_list("number_index", "teacher_id")
    by_teacher = {teacher: indexes[bytes(index)] for index, teacher in found}
    made: dict[int, File] = {}
    stored = files.Teacher.objects.filter(pk__in=by_teacher).values_list("pk", "revision", "key__wrapped")
    for pk, revision, wrapped in stored:
        person = by_teacher[pk]
        base = acts.supplement(person.spell_on(BEGINNING).unit.place)  # type: ignore[union-attr]  # they were on the roster
        made[pk] = File(person, Row(files.Teacher, pk, revision), unwrap(wrapped), base)
    for model in ADOPTED:
        for teacher, pk, revision in model.objects.filter(teacher__in=made).values_list("teacher_id", "pk", "revision"):
            made[teacher].rows[model] = Row(model, pk, revision)
    return [made[pk] for pk in sorted(made)]


def open_files(people: list[Person], acts: Acts) -> list[File]:
    """The files of those who came after the rosters; who comes too late for the story has none."""
    made = []
    for person in people:
        act = acts.entry(person.spells[0].unit.place, person.enters)
        if act is not None:
            made.append(_open(person, act))
    return made


def _open(person: Person, act: Act) -> File:
    key, wrapped, master = fresh_key()
    stored = act.insert(DataKey, wrapped=wrapped, master=master)
    pinyin, initials = person.pinyin
    teacher = act.insert(
        files.Teacher, key_id=stored, name=person.name, pinyin=pinyin, initials=initials, staff_number=person.staff_number,
        sex="1" if person.male else "2", birth=person.birth, ethnicity=person.ethnicity, native_place=person.native_place,
        birthplace=person.birthplace, marriage=person.marriage, health=person.health, work_start=person.work_start,
        teaching_start=person.teaching_start, post_family=person.post.family,
    )  # fmt: skip
    file = File(person, teacher, key, act)
    number = _sealed(files.IdentityDocument.number, "number", person.identity, key)
    act.insert(files.IdentityDocument, teacher_id=teacher, kind=person.document_kind, **number)
    phone = _sealed(files.Contact.phone, "phone", person.phone, key)
    address = _sealed(files.Contact.address, "address", person.address, key)
    file.rows[files.Contact] = act.insert(files.Contact, teacher_id=teacher, email=person.email, **phone, **address)
    return file


def _sealed(protected: ProtectedText, name: str, value: str, key: bytes) -> dict[str, Any]:
    cipher, index, last = protected.columns(value, key) if value else (None, None, "")
    return {f"{name}_cipher": cipher, f"{name}_index": index, f"{name}_last": last}


def write_file(file: File, acts: Acts, offices: Offices) -> None:
    """Everything of one person, from the first day that is known."""
    person = file.person
    _employments(file, acts)
    _chain(file, TitleHeld, person.titles, lambda fact: acts.title(_place(person, fact.start), fact.start))
    _chain(
        file,
        files.TeachingAssignment,
        person.teaching,
        lambda fact: acts.lessons(_spell(person, fact.start).unit, fact.start),
        acts,
    )
    _chain(
        file,
        files.PoliticalStatus,
        person.political,
        lambda fact: acts.standing(_place(person, fact.start), fact.start),
    )
    _chain(
        file, files.PartyPost, person.party_posts, lambda fact: acts.standing(_place(person, fact.start), fact.start)
    )
    _absences(file, acts)
    for section, items in person.items.items():
        for item in items:
            _item(file, section, item, acts)
    _passport(file)
    _phones(file, acts)
    _slips(file, acts)
    _login(file, offices)


def _spell(person: Person, day: date) -> Spell:
    """Where the person was on a day, or before it."""
    return person.spell_on(day) or max(
        (one for one in person.spells if one.start <= day), key=lambda one: one.start, default=person.spells[0]
    )


def _place(person: Person, day: date) -> int:
    return _spell(person, day).unit.place


def _chain(file: File, model: Any, facts: list[Fact], when: When, acts: Acts | None = None) -> None:
    """Facts one after the other: those before the file was opened at once, each later one by its act, which closes the one before."""
    leaving = acts.leaving(file.person) if acts else None
    open_row: Row | None = None
    open_fact: Fact | None = None
    for fact in facts:
        if fact.start <= file.known:
            over = fact.end is not None and fact.end <= file.known
            row = _first(file, model, fact, over=over)
            open_row, open_fact = (None, None) if over else (row, fact)
            continue
        act = when(fact)
        if act is None or (leaving is not None and act.day > leaving.day):
            break
        if open_row is not None and open_fact is not None:
            act.update(open_row, valid=period(open_fact.start, fact.start))
        open_row, open_fact = act.insert(model, teacher_id=file.teacher, valid=period(fact.start), **fact.values), fact
    if leaving is not None and open_row is not None and open_fact is not None and open_fact.end is not None:
        leaving.update(open_row, valid=period(open_fact.start, open_fact.end))


def _first(file: File, model: Any, fact: Fact, *, over: bool) -> Row:
    """A fact from before the file: over, or still in force; what the roster gave is completed."""
    given = file.rows.get(model)
    if over or given is None:
        return file.base.insert(
            model, teacher_id=file.teacher, valid=period(fact.start, fact.end if over else None), **fact.values
        )
    more = {name: fact.values[name] for name in ("class_teacher", "scope_of_title", "area") if name in fact.values}
    file.base.update(given, valid=period(fact.start), **more)
    return given


def _employments(file: File, acts: Acts) -> None:
    before: tuple[Spell, Row] | None = None
    for spell in file.person.spells:
        values = {
            "unit_id": spell.unit.pk, "in_quota": spell.in_quota, "form": spell.form, "contract": spell.contract, "post": spell.post,
            "came_how": spell.came_how,
        }  # fmt: skip
        if spell.start <= file.known:
            over = spell.end is not None and spell.end <= file.known
            given = None if over else file.rows.get(files.Employment)
            if given is not None:
                file.base.update(given, contract=spell.contract, came_how=spell.came_how)
            end = period(spell.start, spell.end if over else None)
            left = {"left_how": spell.left_how} if over else {}
            row = given or file.base.insert(files.Employment, teacher_id=file.teacher, valid=end, **values, **left)
            before = None if over else (spell, row)
            continue
        act = (
            acts.leaving(file.person)
            if spell.start == file.person.leaves
            else acts.move(before[0] if before else spell, spell)
        )
        if act is None:
            return
        if before is not None:
            act.update(before[1], valid=period(before[0].start, spell.start), left_how=before[0].left_how)
        before = spell, act.insert(files.Employment, teacher_id=file.teacher, valid=period(spell.start), **values)
    leaving = acts.leaving(file.person)
    if leaving is not None and before is not None and before[0].end is not None:
        leaving.update(before[1], valid=period(before[0].start, before[0].end), left_how=before[0].left_how)


def _absences(file: File, acts: Acts) -> None:
    """Absences begin by one act and end by another; the last status comes with the act of leaving."""
    person = file.person
    for fact in person.statuses:
        status, place = fact.values["status"], _place(person, fact.start)
        gone = fact.start == person.leaves
        act = acts.leaving(person) if gone else acts.absence(place, status, fact.start)
        if act is None:
            return
        later = fact.end if fact.end is not None and acts.back(place, fact.end) is None else None
        row = act.insert(files.PersonStatus, teacher_id=file.teacher, valid=period(fact.start, later), **fact.values)
        back = acts.back(place, fact.end) if fact.end is not None else None
        if back is not None:
            back.update(row, valid=period(fact.start, fact.end))


def _item(file: File, section: str, item: Item, acts: Acts) -> None:
    """A course, a certificate, a member of the family: with the file, else in the June after it came about."""
    person, model = file.person, getattr(files, section)
    if section == "Education" and files.Education in file.rows and item.values == highest(person, BEGINNING):
        file.base.update(
            file.rows[files.Education],
            starts=item.values["starts"],
            full_time=item.values["full_time"],
            normal=item.values["normal"],
        )
        return
    if section == "BirthDecision":
        _birth_decision(file, item, acts)
        return
    known = max(file.known, SUPPLEMENT)
    act = file.base if item.day <= known else acts.records(_spell(person, item.day).unit, item.day)
    if act is not None:
        act.insert(model, teacher_id=file.teacher, **item.values)


def _birth_decision(file: File, item: Item, acts: Acts) -> None:
    mark = "临石青"[file.person.post.unit.place - 1] if file.person.post.unit.place else "江"
    paper = f"{mark}委组档审〔{item.day.year}〕{item.day.timetuple().tm_yday + file.person.number % 40}号"
    act = acts.correction(file.person.post.unit.place, item.day, "干部人事档案专项审核：出生日期认定", document=paper)
    if act is not None:
        act.insert(files.BirthDecision, teacher_id=file.teacher, document=paper, **item.values)


def _passport(file: File) -> None:
    """Who was abroad has a passport on file."""
    if "OverseasStudy" in file.person.items:
        number = _sealed(files.IdentityDocument.number, "number", f"EX{file.person.number:07}", file.key)
        file.base.insert(files.IdentityDocument, teacher_id=file.teacher, kind="A", **number)


def _phones(file: File, acts: Acts) -> None:
    for day, phone in file.person.new_phones:
        act = acts.phones(_spell(file.person, day).unit, day)
        if act is not None and day > file.known and day < file.person.last:
            act.update(file.rows[files.Contact], **_sealed(files.Contact.phone, "phone", phone, file.key))


def _slips(file: File, acts: Acts) -> None:
    person = file.person
    for slip in person.slips:
        act = acts.correction(_place(person, slip.day), slip.day, slip.reason, series=slip.series)
        if act is None:
            continue
        values = {slip.column: getattr(person, slip.column)}
        if slip.column == "name":
            values["pinyin"], values["initials"] = person.pinyin
        act.update(file.teacher, **values)


def _login(file: File, offices: Offices) -> None:
    """The few who have a login of their own see their file by it."""
    user = offices.user(file.person.login) if file.person.login else None
    if user is not None:
        file.base.update(file.teacher, user_id=user.pk)
