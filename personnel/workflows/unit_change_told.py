"""What the case of an organisation change shows: what goes where, what stands in the way, what is to be done after it."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.codes.selectors import label as code_label
from core.codes.values import label, values_of
from core.dates import DAY
from core.org.actor import role_label
from core.org.models import UnitProfile
from core.web.parts import Cell, Column, Fact, Finding, Link, Row, Table
from core.workflow.definition import Body
from core.workflow.registered import workflow_of
from personnel.models import UnitChange
from personnel.selectors.unit_change_words import findings
from personnel.selectors.unit_changes import Affected, Obstacle, affected, obstacles

OPEN: Final = ("asked", "returned")
MOST_PEOPLE: Final = 50
Kind = UnitChange.Kind
CARRYING: Final = (Kind.MERGE, Kind.SPLIT)


def body(made: UnitChange, case: Any, actor: Any) -> Body:
    """The page of a case."""
    found: list[Finding] = []
    tables: list[Table] = []
    if case.state in OPEN:
        in_the_way = obstacles(made)
        found += findings(in_the_way, actor) or [nothing_in_the_way()]
        tables = preview_of(made, actor)
    elif case.state in ("decided", "done"):
        found += after(made, actor)
    return Body(
        findings=found,
        facts=facts_of(made, actor),
        template="personnel/unit_change_body.html",
        context={"unit_tables": tables},
    )


def preview_of(made: UnitChange, actor: Any) -> list[Table]:
    """What would go where, as tables."""
    return tables_of(made, _affected(made), actor)


def nothing_in_the_way() -> Finding:
    """Said where no obstacle was found."""
    text = _("Ledger and posts are asked once more when it is decided; then all of it is written, or nothing.")
    return Finding(_("Nothing stands in the way"), text, "green", "ok")


def _affected(made: UnitChange) -> Affected | None:
    if made.kind not in CARRYING or made.subject is None:
        return None
    people = list(made.people.values_list("teacher", flat=True)) if made.kind == Kind.SPLIT else None
    return affected(made.subject, made.on, receiver=made.receiver, people=people)


def facts_of(made: UnitChange, actor: Any) -> list[Fact]:
    """What is proposed."""
    values = values_of(actor)
    values.prime(units=[key for key in (made.subject_id, made.receiver_id, made.parent_id, made.made_id) if key])
    facts = [Fact(label(UnitChange, "kind"), made.get_kind_display())]
    for name in ("subject", "receiver", "parent", "made"):
        unit = getattr(made, name)
        if unit is not None:
            facts.append(
                Fact(label(UnitChange, name), values.unit(unit.pk), url=reverse("unit", args=[unit.public_id]))
            )
    facts.append(Fact(label(UnitChange, "on"), made.on, sub=_("the day before is the last one as before")))
    if made.name:
        facts += [
            Fact(label(UnitChange, "name"), made.name, sub=made.short_name),
            Fact(label(UnitChange, "code"), made.code),
            Fact(label(UnitProfile, "office_type"), values.code("school_type", made.office_type)),
            Fact(label(UnitProfile, "location"), values.code("location", made.location)),
            Fact(label(UnitProfile, "sponsor"), values.code("sponsor", made.sponsor)),
            Fact(
                label(UnitProfile, "stages"),
                pgettext("list separator", ", ").join(values.code("stage", one) for one in made.stages),
            ),
        ]
    facts += [
        Fact(label(UnitChange, "words"), made.words),
        Fact(label(UnitChange, "document"), made.document),
        Fact(pgettext("unit change", "Decided on"), made.decided_on or ""),
    ]
    return [one for one in facts if one.value not in ("", None)]


def tables_of(made: UnitChange, found: Affected | None, actor: Any) -> list[Table]:
    """What goes where, as tables."""
    if found is None:
        return []
    whole = made.kind == Kind.MERGE
    tables = [_counts(found, whole=whole), _seats(made, found), _posts(made, found)]
    if not whole:
        tables.append(_people(made.people.select_related("teacher").order_by("teacher__pinyin", "pk")))
    tables += [_heads(found), _roles(found)]
    return [table for table in tables if table.rows]


def _counts(found: Affected, *, whole: bool) -> Table:
    columns = [
        Column("what", _("What")),
        Column("number", pgettext("organisation", "How many"), number=True),
        Column("how", pgettext("organisation", "Where it goes")),
    ]
    rows = [
        (_("People"), found.people, _("belong to the receiver from the day on")),
        (_("Contracts"), found.contracts, _("go on with the receiver, the term stays")),
        (_("Teaching duties"), found.duties, _("go on at the receiver")),
        (_("Who works there from elsewhere"), found.guests, _("work at the receiver from the day on")),
    ]
    for kind, number in found.cases.items():
        flow = workflow_of(kind)
        rows.append(
            (flow.label if flow else kind, number, _("open cases: they wait at the receiver once it is decided"))
        )
    caption = _("What goes along") if whole else _("What goes to the new unit")
    return Table(caption, columns, [Row([Cell(what), number, how]) for what, number, how in rows if number])


def _seats(made: UnitChange, found: Affected) -> Table:
    split = {one.seats: one.number for one in made.parts.all() if one.seats} if made.kind == Kind.SPLIT else None
    columns = [
        Column("kind", _("Kind of seat")), Column("goes", pgettext("seats", "Go along"), number=True),
        Column("held", pgettext("seats", "occupied"), number=True), Column("kept", pgettext("seats", "reserved"), number=True),
        Column("there", _("At the receiver before"), number=True), Column("after", _("Afterwards"), number=True),
    ]  # fmt: skip
    rows = []
    for kind, one in found.seats.items():
        goes = one.approved if split is None else split.get(kind, 0)
        there = found.seats_there[kind].approved if kind in found.seats_there else 0
        held, kept = (one.occupied, one.reserved) if split is None else ("", "")
        if goes or there:
            rows.append(Row([Cell(code_label("seat_kind", kind)), goes, held, kept, there, goes + there]))
    return Table(_("Seats"), columns, rows)


def _posts(made: UnitChange, found: Affected) -> Table:
    split = (
        {(one.level, one.special): one.number for one in made.parts.all() if one.level}
        if made.kind == Kind.SPLIT
        else None
    )
    columns = [
        Column("level", _("Post level")), Column("goes", pgettext("posts", "Go along"), number=True),
        Column("held", pgettext("posts", "Appointed of those who go"), number=True),
    ]  # fmt: skip
    rows = []
    for (level, special), (approved, held) in found.posts.items():
        goes = approved if split is None else split.get((level, special), 0)
        words = code_label("post_level", level) + (pgettext("after a post level", " (special post)") if special else "")
        if goes or held:
            rows.append(Row([Cell(words), goes, held]))
    return Table(_("Posts"), columns, rows)


def _people(rows: QuerySet[Any]) -> Table:
    found = list(rows[: MOST_PEOPLE + 1])
    told = [Row([Cell(one.teacher.name), one.teacher.staff_number]) for one in found[:MOST_PEOPLE]]
    if len(found) > MOST_PEOPLE:
        told.append(Row([Cell(_("and %(n)s more") % {"n": rows.count() - MOST_PEOPLE}), ""]))
    return Table(_("Who goes to the new unit"), [Column("name", _("Name")), Column("number", _("Staff number"))], told)


def _heads(found: Affected) -> Table:
    columns = [Column("name", _("Name")), Column("headship", _("Headship"))]
    rows = [Row([Cell(one.teacher.name), code_label("headship", one.headship)]) for one in found.heads]
    return Table(_("Headships that end; for the receiver they are proposed anew"), columns, rows)


def _roles(found: Affected) -> Table:
    columns = [Column("user", _("User")), Column("role", _("Role"))]
    rows = [Row([Cell(str(one.user), sub=one.user.username), role_label(one.role)]) for one in found.roles]
    return Table(_("Roles that give nothing from the day on; security administrators give new ones"), columns, rows)


def after(made: UnitChange, actor: Any) -> list[Finding]:
    """What is left to be done once it is decided."""
    found = []
    if actor.on < made.on:
        days = (made.on - actor.on).days
        text = ngettext(
            "It takes effect by its date alone, in %(n)s day.",
            "It takes effect by its date alone, in %(n)s days.",
            days,
        )
        found.append(
            Finding(_("Until %(day)s all is as before") % {"day": made.on - DAY}, text % {"n": days}, icon="clock")
        )
    if made.kind in CARRYING:
        unit = made.receiver or made.made
        link = (
            Link(_("Leading cadres of the unit"), reverse("unit_heads", args=[unit.public_id]))
            if unit is not None
            else None
        )
        text = _("Propose who heads the receiver; headships at the old unit have ended.")
        found.append(Finding(_("Heads"), text, icon="users", link=link))
        found.append(
            Finding(
                _("Pupils and classes"), _("Those of the new school year are entered for the receiver."), icon="chart"
            )
        )
    if made.kind in (Kind.MERGE, Kind.CLOSE):
        text = _(
            "Roles at the closed unit give nothing from the day on. Security administrators see them in a list and give new ones."
        )
        found.append(Finding(_("Roles"), text, icon="key"))
    return found


def refused_words(refused: str) -> Finding:
    """What ledger or posts refuse, as a page shows it."""
    return Finding(_("Stands in the way"), refused, "red", "no")


def told(found: list[Obstacle], refused: str, actor: Any) -> list[Finding]:
    """What a trial found, worst first."""
    return [*findings(found, actor), *([refused_words(refused)] if refused else [])] or [nothing_in_the_way()]
