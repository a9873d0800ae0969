"""The year's list of graduates to be placed as a workbook: each row enters somebody, or puts right what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import idnumber
from core.exchange.agreeing import shown_value
from core.exchange.kinds import Column, Draft, ImportKind, ImportSection, Problem, Setting
from core.exchange.messages import in_every_language
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.bulk import allocate, copy_rows, update_rows
from core.records.models import DataKey
from core.records.scope import AnyOf
from core.records.vault import blind_index, fresh_key
from personnel.models import Graduate, GraduateWish
from personnel.resources import columns
from personnel.selectors.graduates import LISTS, decided_among, name_of, said_of
from personnel.selectors.moves import units_named
from personnel.selectors.recruitment import RECRUIT
from personnel.selectors.returning import on_file
from personnel.services.graduates import AGREED, PLAIN, SEALED, SEXES, assign, must_be_listed

REMARK: Final = replace(columns.REMARK, headers=("备注", "备 注"))
MOST_WISHES: Final = 6
WISHES: Final = tuple(f"wish_{place}" for place in range(1, MOST_WISHES + 1))
ORDINALS: Final = "一二三四五六"
LISTED: Final = (
    Column("year", _("year"), ("年度", "安置年度", "毕业年份", "毕业年度", "届别", "毕业届别"), kind="integer"),
    Column("kind", _("kind"), ("毕业生类别", "学生类别", "人员类别", "培养类别"), kind="code", code_list="graduate_kind", required=True),
    Column("phone", _("mobile phone"), ("手机号码", "手机号", "联系电话", "手机", "移动电话"), kind="phone", protected=True),
    Column("school", _("graduated from"), ("毕业院校", "毕业学校", "院校名称", "就读院校"), required=True),
    Column("education", _("education"), ("学历", "学历层次", "培养层次"), kind="code", code_list="education", required=True),
    Column("major", _("major"), ("所学专业", "专业", "专业名称"), limit=60),
    Column("graduated", _("graduated"), ("毕业时间", "毕业日期", "毕业年月"), kind="date", beyond=True),
    Column("stage", _("stage"), ("拟任教学段", "任教学段", "学段"), kind="code", code_list="stage"),
    Column("subject", _("subject"), ("拟任教学科", "任教学科", "学科"), kind="code", code_list="subject"),
    Column("home", _("home before studies"), ("生源地", "入学前户籍", "生源所在地", "入学前户籍所在地")),
    *(
        Column(name, _("wish"), (f"志愿{place}", f"第{ORDINALS[place - 1]}志愿", f"志愿{ORDINALS[place - 1]}"), units=True)
        for place, name in enumerate(WISHES, start=1)
    ),
    Column("agreement", _("agreement number"), ("协议编号", "协议号", "协议书编号"), limit=60),
    Column("signed_on", _("agreement signed on"), ("协议签订日期", "协议签订时间", "签订日期", "签订时间"), kind="date"),
    Column("years", _("years of service agreed"), ("协议服务年限", "服务年限", "履约年限"), kind="integer"),
    Column("rural_years", _("of them in rural schools"), ("农村服务年限", "其中农村服务年限", "农村学校服务年限"), kind="integer"),
    Column("fees", _("fees enjoyed"), ("已享受费用", "已享受的公费教育费用", "享受公费教育费用", "公费教育费用"), kind="decimal"),
)  # fmt: skip
FIELDS: Final = ("year", "kind", *PLAIN, *AGREED)
CODES: Final = (
    "graduate_year", "graduate_kind", "graduate_name", "graduate_school", "graduate_education", "graduate_stage", "graduate_subject",
    "graduate_signed_on", "graduate_years", "graduate_wish_1", "graduate_wish_2", "graduate_list",
)  # fmt: skip


class GraduateKind(ImportKind):
    """One row speaks of one graduate on the list of the bureau that sends, found by the identity number."""

    name = LISTS
    label = _("List of graduates to be placed")
    noun, nouns = pgettext_lazy("graduates", "entry of the list"), pgettext_lazy("graduates", "entries of the list")
    fills = False
    permission = RECRUIT
    subject_columns: tuple[Column, ...] = (columns.NUMBER_IN_LIST, columns.IDENTITY, columns.NAME, REMARK)
    key_columns = ("identity",)
    naming_columns = ("name",)
    needed_columns = ("kind", "school")

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        for row in rows:
            self._identify(row, setting)
        known = self.find(rows, setting)
        for row in rows:
            row.subject = known.get(row.key) if row.key is not None else None
        _find_wishes(rows, setting)

    def _identify(self, row: Draft, setting: Setting) -> None:
        number = row.values.get("identity")
        if setting.unit.pk != setting.actor.unit.pk or not setting.unit.is_bureau:
            _say(row, "list", lambda: _t("Graduates stand on the list of a bureau: send the workbook for your own."))
        elif number:
            row.key = blind_index("identity", number)
            row.values["_sex"] = SEXES[idnumber.parsed(number).sex]
            setting.shared["repeats"].check(row, "identity")
        elif not any(problem.column == "identity" for problem in row.problems):
            row.refuse("identity", "missing")

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Refuse who is on staff: they are transferred, not placed."""
        fresh = [row for row in rows if row.is_new and not row.refused]
        known = on_file([row.key for row in fresh if row.key is not None], setting.day)
        for row in fresh:
            if row.key in known and known[row.key].why_not:
                row.refuse("identity", "has_file")

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        keys = [row.key for row in rows if row.key is not None]
        listed = Graduate._base_manager.filter(AnyOf("number_index", keys), unit=setting.unit)
        return {bytes(index or b""): pk for index, pk in listed.values_list("number_index", "pk")}

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        asked = [row.subject for row in rows if row.subject is not None]
        own = set(Graduate._base_manager.filter(pk__in=asked, unit=setting.unit).values_list("pk", flat=True))
        for row in rows:
            if row.subject is not None and row.subject not in own:
                row.refuse("identity", "out_of_scope")
                row.subject = None

    def opens(self, row: Draft) -> bool:
        return bool(row.values.get("name"))

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Enter graduates, each under a key of their own. A fixed number of statements."""
        keys = [fresh_key() for _row in rows]
        key_ids, ids = allocate(DataKey, len(rows)), allocate(Graduate, len(rows))
        copy_rows(
            DataKey, ["id", "wrapped", "master"], ((pk, key[1], key[2]) for pk, key in zip(key_ids, keys, strict=True))
        )
        made = []
        for row, pk, key_id, key in zip(rows, ids, key_ids, keys, strict=True):
            sealing = DataKey(pk=key_id, wrapped=key[1], master=key[2])
            sealing.plain = key[0]
            one = Graduate(pk=pk, unit=setting.unit, key=sealing, source_row=row.id)
            _fill(one, row, setting)
            row.subject = pk
            made.append(one)
        Graduate._base_manager.bulk_create(made)
        _write_wishes([(row, row.subject or 0) for row in rows])

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        seen = Graduate.objects.visible_to(actor).filter(pk__in=subjects).values_list("pk", "public_id")
        return {pk: reverse("graduate", args=[public_id]) for pk, public_id in seen}

    def called(self, rows: Iterable[Any], actor: Any) -> dict[int, str]:
        keyed = Graduate._base_manager.filter(pk__in=[row.pk for row in rows]).select_related("key")
        return {one.pk: name_of(one) for one in keyed}

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        """None: what is sealed of graduates does not go out."""
        return []

    def heads(self, subjects: Sequence[int], telling: Any) -> dict[int, dict[str, str]]:
        return {}


class GraduateSection(ImportSection):
    """What a row says of a graduate, by the rules of the page. What is not said stays; wishes are told anew as a whole."""

    kind, name, order, subject_field = "graduates", "personnel.Graduate", 10, "id"
    label = _("Graduate")
    model: ClassVar[Any] = Graduate
    fields: ClassVar[Mapping[str, str]] = {}
    columns = LISTED

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        for row in rows:
            for name in ("signed_on",):
                if row.values.get(name) is not None and row.values[name].day is None:
                    row.refuse(name, "day_needed", row.values[name])
            if row.subject is None and not row.refused:
                self._by_the_rules(row, {}, setting)

    def _by_the_rules(self, row: Draft, on_file: Mapping[str, Any], setting: Setting) -> None:
        """Refuse what the page refuses, in its words."""
        said = {**on_file, **_said(row, on_file, setting)}
        error = _why_not(said, row, setting)
        if error is not None:
            _say(row, error.field or "school", lambda: str(_why_not(said, row, setting)))

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, Graduate]:
        found = Graduate._base_manager.filter(pk__in=list(subjects)).select_related("key").prefetch_related("wishes")
        states = {one.pk: one for one in found}
        units = {wish.unit_id for one in states.values() for wish in one.wishes.all()} | setting.shared.get(
            "wished", {}
        ).keys()
        named = Unit.objects.named(setting.actor.on).filter(pk__in=units) if units else Unit.objects.none()
        setting.shared["wished_names"] = {unit.pk: str(unit) for unit in named}
        return states

    def present(self, row: Draft, state: Graduate | None, setting: Setting) -> Graduate | None:
        """The graduate on the list."""
        return state

    def compare(self, row: Draft, state: Graduate | None, setting: Setting) -> None:
        if state is None:
            return
        if state.key.wrapped is None:
            row.refuse("identity", "graduate_erased")
            return
        row.seen[self.name] = [state.pk, state.revision]
        on_file = _on_file(state)
        found = {
            name: [shown_value(on_file.get(name)), shown_value(value)]
            for name, value in _said(row, on_file, setting).items()
            if shown_value(on_file.get(name)) != shown_value(value)
        }
        wished = [wish.unit_id for wish in sorted(state.wishes.all(), key=lambda wish: wish.place)]
        if row.values.get("_wishes") and row.values["_wishes"] != wished:
            found["wish_1"] = [_names(wished, setting), _names(row.values["_wishes"], setting)]
        if found:
            row.differences[self.name] = found
            self._by_the_rules(row, on_file, setting)

    def admit(self, rows: Sequence[Draft], states: Mapping[int, Graduate], setting: Setting) -> None:
        """Refuse changes of those of whom a placement was decided."""
        changed = [row for row in rows if row.subject is not None and row.differences.get(self.name)]
        decided = decided_among([row.subject for row in changed if row.subject is not None]) if changed else set()
        for row in changed:
            if row.subject in decided:
                row.refuse("identity", "graduate_decided")

    def apply(self, rows: Sequence[Draft], states: Mapping[int, Graduate], setting: Setting) -> None:
        changed = [row for row in rows if row.differences.get(self.name) and row.subject in states]
        lines: list[list[Any]] = []
        names = [str(field.column) for field in Graduate._meta.concrete_fields if field.column not in APART]
        for row in changed:
            one = states[row.subject or 0]
            revision = one.revision
            _fill(one, row, setting)
            one.source_row = row.id
            lines.append([one.pk, revision, *(getattr(one, name) for name in names)])
        update_rows(Graduate, names, lines)
        anew = [(row, row.subject or 0) for row in changed if "wish_1" in row.differences[self.name]]
        GraduateWish._base_manager.filter(graduate__in=[key for _row, key in anew]).delete()
        _write_wishes(anew)

    def tell(self, subjects: Sequence[int], telling: Any) -> dict[int, list[dict[str, str]]]:
        return {}


APART: Final = frozenset({"id", "public_id", "revision"})


def _find_wishes(rows: Sequence[Draft], setting: Setting) -> None:
    """The schools that rows wish for: open ones below the sender."""
    said = {row.values[name] for row in rows for name in WISHES if row.values.get(name)}
    known = units_named(said, setting.actor.on)
    units: dict[int, Unit] = setting.shared.setdefault("wished", {})
    for row in rows:
        wished = []
        for name in WISHES:
            if not (text := row.values.get(name)):
                continue
            found = [one for one in known.get(text.strip(), []) if one.closed is None or one.closed > setting.actor.on]
            within = [one for one in found if setting.unit.covers(one)]
            if len(within) != 1:
                row.refuse(
                    name,
                    "ambiguous_unit" if within else ("out_of_scope" if found else "unknown_unit"),
                    text,
                    count=len(within),
                )
            else:
                units[within[0].pk] = within[0]
                wished.append(within[0].pk)
        if wished:
            row.values["_wishes"] = wished


def _wishes(row: Draft, setting: Setting) -> list[Unit]:
    return [setting.shared["wished"][key] for key in row.values.get("_wishes", ())]


def _names(units: Iterable[int], setting: Setting) -> str:
    return "、".join(setting.shared["wished_names"].get(unit, "") for unit in units)


def _said(row: Draft, on_file: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """What the row says, by field; of somebody new the year is that of the day of the workbook unless it is said."""
    said = {name: row.values[name] for name in (*FIELDS, "phone") if row.values.get(name) is not None}
    if "signed_on" in said:
        said["signed_on"] = said["signed_on"].first_day()
    return said if on_file else {"year": setting.day.year, **said}


def _on_file(one: Graduate) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in FIELDS if name not in SEALED}
    return plain | {name: said_of(one, name) for name in (*SEALED, "phone")}


def _fill(one: Graduate, row: Draft, setting: Setting) -> None:
    """What the row says of a graduate, on top of what is on file."""
    on_file = _on_file(one) if one.number else {}
    said = {**on_file, **_said(row, on_file, setting)}
    one.year, one.kind, one.sex = said["year"], said["kind"], row.values["_sex"]
    one.number, one.phone = row.values["identity"], said.get("phone") or None
    blank = {**dict.fromkeys(("signed_on", "years", "rural_years", "fees")), "agreement": ""}
    assign(one, {**blank, **must_be_listed(setting.actor, one.year, one.kind, said, [])})


def _write_wishes(rows: Sequence[tuple[Draft, int]]) -> None:
    made = [
        GraduateWish(graduate_id=key, place=place, unit_id=unit, source_row=row.id)
        for row, key in rows
        for place, unit in enumerate(row.values.get("_wishes", ()), start=1)
    ]
    for one, pk in zip(made, allocate(GraduateWish, len(made)), strict=True):
        one.pk = pk
    GraduateWish._base_manager.bulk_create(made)


def _why_not(said: Mapping[str, Any], row: Draft, setting: Setting) -> NotAllowed | None:
    """What the page would refuse, in the language of the moment."""
    try:
        must_be_listed(setting.actor, said["year"], said.get("kind") or "", said, _wishes(row, setting))
    except NotAllowed as error:
        return error
    return None


def _say(row: Draft, about: str, say: Any) -> None:
    column = "identity" if about == "list" else about
    row.problems.append(Problem(column, f"graduate_{about}", "", "error", {"said": in_every_language(say)}))


KINDS: Final = (GraduateKind(),)
SECTIONS: Final = (GraduateSection(),)
