"""Verbs of placing graduates: list them, propose a place, and what follows when they report for duty or do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from core.dates import DAY, SHANGHAI, add_months
from core.documents.kinds import all_kinds
from core.documents.services import issue
from core.exchange.models import Batch, BatchRow
from core.idnumber import InvalidIdNumber, parse
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.records.models import DataKey
from core.records.vault import blind_index, create_key
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.models import Graduate, GraduateWish, Placement, ServiceAgreement
from personnel.selectors.contracts import contract_rules
from personnel.selectors.graduates import (
    LISTS,
    OPEN,
    PLACE,
    SLIP,
    STANDING,
    is_decided,
    name_of,
    placing_rules,
    plan,
    said_of,
    service_terms,
    why_no_seat,
)
from personnel.selectors.recruitment import RECRUIT
from personnel.selectors.returning import on_file_by
from personnel.services.contracts import conclude_contract
from personnel.services.dossier import must_be_known
from personnel.services.forgetting import AT_ONCE, forget
from personnel.services.recruitment.hiring import Newcomer, take_on
from personnel.services.seats.booking import unit_words

YEARS: Final = (1990, 2100)
MONTHS: Final = 12
SEXES: Final = {"M": "1", "F": "2"}
CAME: Final = {Graduate.Kind.NORMAL: "graduate", Graduate.Kind.FREE: "free_normal"}
PLAIN: Final = ("name", "school", "education", "major", "graduated", "stage", "subject", "home")
SEALED: Final = ("name", "home", "agreement")
AGREED: Final = ("agreement", "signed_on", "years", "rural_years", "fees")
MOST_YEARS: Final = 30


def list_graduate(
    *, actor: Any, year: int, kind: str, number: str, phone: str = "", values: Mapping[str, Any], wishes: Sequence[Unit] = (),
    source: str = "page",
) -> Graduate:  # fmt: skip
    """Enter somebody in the list of the actor's bureau for a year; sex and birth are read from the identity number.

    `values` are the fields `PLAIN`, and for publicly funded students `AGREED` (years that are not told are those of the day of signing).
    Raises `NotAllowed` without the right, for an unknown kind or code, a number that is none or is listed or on file already, an agreement
    that does not add up, and wishes that are too many, the same or not of the bureau.
    """
    _must_recruit(actor)
    told = must_be_listed(actor, year, kind, values, wishes)
    read = _read(number)
    _must_be_free(read.number, actor.on)
    with change("personnel.list_graduate", actor=actor, reason=_("Graduate entered in the list"), source=source):
        Unit.objects.select_for_update(no_key=True).filter(pk=actor.unit.pk).values_list("pk").get()
        if Graduate._base_manager.filter(unit=actor.unit, number_index=blind_index("identity", read.number)).exists():
            raise NotAllowed(_("Somebody with this identity number is listed already."), field="number")
        made = Graduate(unit=actor.unit, year=year, kind=kind, key=create_key(), sex=SEXES[read.sex])
        made.number, made.phone = read.number, phone or None
        assign(made, told)
        made.save(force_insert=True)
        _wish(made, wishes)
    return made


def correct_graduate(
    *, actor: Any, graduate: Graduate, year: int, kind: str, number: str, phone: str = "", values: Mapping[str, Any],
    wishes: Sequence[Unit] = (), reason: str, source: str = "page",
) -> Graduate:  # fmt: skip
    """Put right what is known of somebody on the list, as long as no placement of theirs was decided; all of it is told anew.

    Raises `NotAllowed` as `list_graduate` does, without a reason, for another bureau's, for whom a placement was decided, and for whose
    data were erased.
    """
    _must_recruit(actor)
    if not reason.strip():
        raise NotAllowed(_("Say why it is put right: the reason stands in the history."), field="reason")
    told, read = must_be_listed(actor, year, kind, values, wishes), _read(number)
    with change("personnel.correct_graduate", actor=actor, reason=reason.strip(), source=source):
        held = Graduate._base_manager.select_for_update(of=("self",)).select_related("key").get(pk=graduate.pk)
        why_not = why_not_correct(actor, held)
        if why_not:
            raise NotAllowed(why_not)
        _must_be_alone(held, read.number, actor.on)
        held.year, held.kind, held.sex = year, kind, SEXES[read.sex]
        held.number, held.phone = read.number, phone or None
        assign(held, dict.fromkeys(("signed_on", "years", "rural_years", "fees")) | {"agreement": ""} | told)
        held.save()
        if [one.pk for one in wishes] != list(held.wishes.order_by("place").values_list("unit", flat=True)):
            held.wishes.all().delete()
            _wish(held, wishes)
    return held


def why_not_correct(actor: Any, graduate: Graduate) -> str:
    """Why what is known of a graduate cannot be put right any more; "" where it can."""
    if actor.unit is None or actor.unit.pk != graduate.unit_id:
        return _("Another bureau keeps this list.")
    if graduate.key.wrapped is None:
        return _("What was known of them was erased, its time is over.")
    if is_decided(graduate):
        return _(
            "A placement was decided: what is known of them stands on the report slip, and is put right there no more."
        )
    return ""


def _must_be_alone(held: Any, number: str, on: date) -> None:
    index = blind_index("identity", number)
    if Graduate._base_manager.filter(unit=held.unit_id, number_index=index).exclude(pk=held.pk).exists():
        raise NotAllowed(_("Somebody with this identity number is listed already."), field="number")
    if bytes(held.number_index or b"") != index:
        _must_be_free(number, on)


def _must_be_free(number: str, on: date) -> None:
    known = on_file_by(number, on)
    if known is not None and known.why_not:
        raise NotAllowed(known.why_not, field="number")


def assign(made: Graduate, told: Mapping[str, Any]) -> None:
    """Give a graduate what `must_be_listed` made of what was said; what is sealed goes under their key."""
    for name, value in told.items():
        setattr(made, name, (value or None) if name in SEALED else value)


def _wish(made: Graduate, wishes: Sequence[Unit]) -> None:
    GraduateWish.objects.bulk_create(
        GraduateWish(graduate=made, place=place, unit=unit) for place, unit in enumerate(wishes, start=1)
    )


def _read(number: str) -> Any:
    try:
        return parse(number)
    except InvalidIdNumber as error:
        raise NotAllowed(
            _("This is no number of a resident identity card. Compare each sign."), field="number"
        ) from error


def must_be_listed(
    actor: Any, year: int, kind: str, values: Mapping[str, Any], wishes: Sequence[Unit]
) -> dict[str, Any]:
    """What is said of a graduate as fields. Raises `NotAllowed` for what is missing, unknown or does not add up. No query."""
    if not YEARS[0] <= year <= YEARS[1]:
        raise NotAllowed(_("This is no year."), field="year")
    if kind not in Graduate.Kind.values:
        raise NotAllowed(_("Choose the kind."), field="kind")
    told = _told(actor, kind, values)
    _must_be_wishes(actor, wishes)
    return told


def _told(actor: Any, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {name: values.get(name) or ("" if name != "graduated" else None) for name in PLAIN}
    for name in ("name", "school"):
        told[name] = str(told[name]).strip()
        if not told[name]:
            raise NotAllowed(_("Say the name and where they studied."), field=name)
    for name in ("education", "stage", "subject"):
        must_be_known(name, told[name], actor, name)
    if kind != Graduate.Kind.FREE:
        return told
    signed = values.get("signed_on")
    if signed is None or values.get("fees") is None:
        raise NotAllowed(
            _("Of a publicly funded student, say when the agreement was signed and the fees enjoyed."),
            field="signed_on",
        )
    terms = service_terms(actor.unit, signed)
    years = values.get("years") or terms.years
    rural = values["rural_years"] if values.get("rural_years") is not None else terms.rural_years
    if not 1 <= years <= MOST_YEARS or not 0 <= rural <= years or values["fees"] < 0:
        raise NotAllowed(
            _("Years in rural schools are among the years of service, and fees are not below nought."), field="years"
        )
    return {
        **told,
        "agreement": values.get("agreement") or "",
        "signed_on": signed,
        "years": years,
        "rural_years": rural,
        "fees": values["fees"],
    }


def _must_be_wishes(actor: Any, wishes: Sequence[Unit]) -> None:
    most = placing_rules(actor.unit, actor.on).wishes
    if len(wishes) > most:
        raise NotAllowed(_("At most %(most)s wishes.") % {"most": most}, field="wish_1")
    if len({one.pk for one in wishes}) != len(wishes):
        raise NotAllowed(_("The same school is wished for twice."), field="wish_2")
    if any(one.is_bureau or not actor.unit.covers(one) for one in wishes):
        raise NotAllowed(_("Wishes are schools below the bureau."), field="wish_1")


def propose_placement(
    *, actor: Any, graduate: Graduate, unit: Unit, starts: date, words: str = "", source: str = "page"
) -> Placement:
    """Propose to place a graduate at a school from a day on; somebody else of the bureau decides.

    Raises `NotAllowed` without the right, for a school of others or a closed one, somebody who is placed already, and where the school
    keeps the ledger and has no seat left.
    """
    _must_recruit(actor)
    if unit.is_bureau or not actor.unit.covers(unit):
        raise NotAllowed(_("Choose a school below the bureau."), field="unit")
    if unit.closed is not None and unit.closed <= starts:
        raise NotAllowed(_("The unit is closed by then."), field="unit")
    _must_have_seat(unit, starts)
    why = words.strip() or _("Graduate placed")
    with change("personnel.propose_placement", actor=actor, reason=why, source=source):
        Graduate._base_manager.select_for_update().filter(pk=graduate.pk).values_list("pk").get()
        graduate.refresh_from_db()
        if graduate.key.wrapped is None:
            raise NotAllowed(_("What was known of them was erased, its time is over."))
        if graduate.standing not in OPEN:
            raise NotAllowed(
                _("%(name)s is placed already, or a placement waits to be decided.") % {"name": name_of(graduate)}
            )
        case = open_case(kind=PLACE, actor=actor, unit=graduate.unit, comment=words.strip())
        days = placing_rules(unit, starts).report
        made = Placement.objects.create(
            case=case,
            graduate=graduate,
            unit=unit,
            starts=starts,
            report_by=starts + timedelta(days=days),
            words=words.strip(),
        )
        _stand(graduate, STANDING.PROPOSED)
    return made


def propose_as_suggested(*, actor: Any, year: int, starts: date, words: str, source: str = "page") -> list[Placement]:
    """Propose a place for everybody of a year for whom gaps and wishes suggest one, in one change; who gets none is passed over."""
    _must_recruit(actor)
    suggested, _free = plan(actor, year, starts)
    units = Unit._base_manager.in_bulk([one.unit for one in suggested if one.unit is not None])
    wanted = [one for one in suggested if one.unit is not None and one.graduate.unit_id == actor.unit.pk]
    if not wanted:
        raise NotAllowed(_("Nobody of this year waits for a place, or no school has a seat free."))
    with change(
        "personnel.propose_placement", actor=actor, reason=words.strip() or _("Graduates placed"), source=source
    ):
        return [
            propose_placement(
                actor=actor, graduate=one.graduate, unit=units[one.unit], starts=starts, words=words, source=source
            )
            for one in wanted
        ]


def _must_have_seat(unit: Unit, on: date) -> None:
    if why_no_seat(unit, on):
        raise NotAllowed(_no_seat(unit, on), field="unit")


def _no_seat(unit: Unit, on: date) -> str:
    said = {"unit": unit_words(unit.pk, on), "day": on.isoformat()}
    return _("%(unit)s has no vacant seat from %(day)s on. Choose another school, or move seats there first.") % said


def why_not_place(act: Act) -> str:
    """Why a placement cannot be decided: no seat is left at the school."""
    one = act.case.placement
    return _no_seat(one.unit, one.starts) if why_no_seat(one.unit, one.starts) else ""


def place(act: Act) -> None:
    """The placement counts: the graduate is to report, by the slip that is issued under the number of the decision."""
    one = act.case.placement
    one.document = str(act.data.get("document") or "").strip()
    one.save(update_fields={"document"})
    _stand(one.graduate, STANDING.PLACED)
    one.paper = issue(all_kinds()[SLIP], one, actor=act.actor, reason=_("Report slip"), source=f"case:{act.case.pk}")
    one.save(update_fields={"paper"})


def drop(act: Act) -> None:
    """The placement falls; the graduate is to be placed anew."""
    _stand(act.case.placement.graduate, STANDING.LISTED)


def why_not_defer(act: Act) -> str:
    """Why the day to report cannot be put off: too often, too long, or not later."""
    one, told = act.case.placement, placing_rules(act.case.placement.unit, act.actor.on)
    until = act.data.get("report_by")
    if one.case.history.filter(step="defer").count() >= told.deferrals:
        return _("It was put off %(n)s times, as often as the rules let it.") % {"n": told.deferrals}
    if until is None or until <= one.report_by:
        return _("The new day must lie after %(day)s.") % {"day": one.report_by.isoformat()}
    last = one.report_by + timedelta(days=told.longest_deferral)
    return _("It is put off until %(day)s at most.") % {"day": last.isoformat()} if until > last else ""


def defer(act: Act) -> None:
    """The graduate may report later."""
    one = act.case.placement
    one.report_by = act.data["report_by"]
    one.save(update_fields={"report_by"})
    _stand(one.graduate, STANDING.DEFERRED)


def why_not_report(act: Act) -> str:
    """Why reporting cannot be recorded: a day outside the time, ahead, or somebody who has a file meanwhile."""
    one, on = act.case.placement, act.data.get("on") or act.actor.on
    if not one.starts <= on <= one.report_by:
        said = {"first": one.starts.isoformat(), "last": one.report_by.isoformat()}
        return _("The day of reporting lies between %(first)s and %(last)s.") % said
    if on > act.actor.on:
        return _("This day is still ahead.")
    known = on_file_by(one.graduate.number.reveal(), on)
    return known.why_not if known is not None else ""


def report(act: Act) -> None:
    """Who reports is on staff from that day on: file, employment, a seat where the school keeps the ledger, a contract with its probation.

    Of publicly funded students the agreement stands in the file from then on. All in the change of the step, or nothing.
    """
    one, starts = act.case.placement, act.data.get("on") or act.actor.on
    graduate: Any = one.graduate
    who = Newcomer(
        name=graduate.name.reveal(), number=graduate.number.reveal(), sex=graduate.sex, birth=_read(graduate.number.reveal()).birth,
        phone=graduate.phone.reveal() if graduate.phone else "", education=graduate.education, school=graduate.school, major=graduate.major,
        graduated=str(graduate.graduated or ""),
    )  # fmt: skip
    teacher = take_on(
        actor=act.actor,
        who=who,
        unit=one.unit,
        starts=starts,
        came_how=CAME[Graduate.Kind(graduate.kind)],
        document=one.document,
    )
    told = contract_rules(one.unit, starts)
    years = graduate.years or told.shortest
    probation = add_months(starts, told.first_probation) - DAY if years >= told.first_years else None
    conclude_contract(
        actor=act.actor, teacher=teacher, unit=one.unit, starts=starts, ends=add_months(starts, years * MONTHS), first_job=True,
        probation_last=probation, document=one.document,
    )  # fmt: skip
    if graduate.kind == Graduate.Kind.FREE:
        ServiceAgreement.objects.create(
            teacher=teacher, number=said_of(graduate, "agreement"), signed_on=graduate.signed_on, starts=starts, years=graduate.years,
            rural_years=graduate.rural_years, fees=graduate.fees,
        )  # fmt: skip
    graduate.hired, graduate.standing = teacher, STANDING.REPORTED
    graduate.save(update_fields={"hired", "standing"})


def why_not_absent(act: Act) -> str:
    """Nobody is said not to have reported while they still may."""
    one = act.case.placement
    if act.actor.on <= one.report_by:
        return _("They may report until %(day)s.") % {"day": one.report_by.isoformat()}
    return ""


def absent(act: Act) -> None:
    """Who did not report may be placed anew."""
    _stand(act.case.placement.graduate, STANDING.ABSENT)


def forget_graduates(on: date) -> int:
    """Erase who the graduates were who never reported, when the time of the parameter is over; returns how many.

    It begins at the end of the year of their list, and with the last day on which they might have reported. Whose placement is still open
    is not forgotten. Year, school, subject, kind and what became of them stay, without a name; report slips go with their keys.
    A workbook in which they were listed goes once nobody of it is still to be placed.
    """
    over: dict[Any, list[DataKey]] = {}
    rows = Graduate._base_manager.filter(standing__in=OPEN, hired=None, key__wrapped__isnull=False, year__lt=on.year)
    last = rows.annotate(last=Max("placements__report_by")).select_related("key", "unit").order_by("pk")
    for one in last:
        rules = placing_rules(one.unit, on)
        begins = max(date(one.year, 12, 31), one.last or date.min)
        if begins + timedelta(days=rules.kept) < on and sum(map(len, over.values())) < AT_ONCE:
            over.setdefault(rules, []).append(one.key)
    forgotten = _forget(over, on)
    _forget(_spent_workbooks(on), on)
    return forgotten


def _forget(over: Mapping[Any, Sequence[DataKey]], on: date) -> int:
    """Destroy keys by the rules that say so; how many."""
    return sum(
        forget(
            keys, on, reason=_("%(days)s days after they might have reported") % {"days": rules.kept}, reference=rules.reference
        )
        for rules, keys in over.items()
    )  # fmt: skip


def _spent_workbooks(on: date) -> dict[Any, list[DataKey]]:
    """The keys of lists that came as workbooks and name nobody any more who is still to be placed, once their own time is over."""
    waiting = Graduate._base_manager.filter(hired=None, key__wrapped__isnull=False)
    awaited = BatchRow.objects.filter(
        batch=OuterRef("pk"), pk__in=waiting.filter(source_row__isnull=False).values("source_row")
    )
    sent = Batch.objects.filter(kind=LISTS, file__key__wrapped__isnull=False).exclude(Exists(awaited))
    over: dict[Any, list[DataKey]] = {}
    for batch in sent.select_related("file__key", "unit").order_by("pk")[:AT_ONCE]:
        rules = placing_rules(batch.unit, on)
        if batch.created_at.astimezone(SHANGHAI).date() + timedelta(days=rules.kept) < on:
            over.setdefault(rules, []).append(batch.file.key)
    return over


def _stand(graduate: Graduate, standing: str) -> None:
    graduate.standing = standing
    graduate.save(update_fields={"standing"})


def _must_recruit(actor: Any) -> None:
    if not actor.may(RECRUIT) or actor.unit is None or not actor.unit.is_bureau:
        raise NotAllowed(_("Graduates are placed by who recruits for a bureau."))
