"""Who is called, what they were checked for, who falls out, what is published, who is hired."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.publicity.kinds import Shown, all_kinds
from core.publicity.models import Publicity
from core.publicity.rules import Counted
from core.publicity.selectors import why_not_passed
from core.publicity.services import conclude, publish, strike
from core.text import masked_name
from core.workflow.definition import Act
from personnel.models import Applicant, ApplicantCheck, Recruitment
from personnel.rules.recruitment import called, ranking
from personnel.selectors.contracts import contract_rules
from personnel.selectors.recruitment import (
    EXAMINED,
    HIRES,
    STAGE,
    SUBJECT,
    free_places,
    name_of,
    rules_of,
    scored_of,
)
from personnel.services.recruitment.examining import by_post, rank
from personnel.services.recruitment.hiring import Hiring, hire
from personnel.services.recruitment.planning import must_be_open

KINDS: Final = tuple(ApplicantCheck.Kind.values)


def days_of(on: date, unit: Any) -> Counted:
    """For how many working days hires are published."""
    rules = rules_of(unit, on)
    return Counted(rules.publicity, rules.reference)


def call(recruitment: Recruitment) -> list[int]:
    """Call the best who wait for each free place. Returns the application numbers between whom an extra exam must decide first."""
    free = free_places(recruitment)
    rows = Applicant._base_manager.filter(recruitment=recruitment, stage__in=EXAMINED, total__isnull=False)
    undecided: list[int] = []
    chosen: list[Applicant] = []
    for post, some in by_post(rows.select_related("post")).items():
        waiting = {one.pk: one for one in some if one.stage == STAGE.RANKED}
        found = called(ranking(scored_of(some), recruitment.tie), list(waiting), max(free.get(post.pk, 0), 0))
        undecided += [waiting[key].serial for key in found.undecided]
        chosen += [waiting[key] for key in found.keys]
    for one in chosen:
        one.stage = STAGE.CALLED
    if chosen:
        Applicant.objects.bulk_update(chosen, ["stage"])
    return sorted(undecided)


def rank_and_call(act: Act) -> None:
    """Totals and places, then a call for every place."""
    rank(act)
    call(act.case.recruitment)


def call_first(act: Act) -> None:
    """After the ranking, and after an extra exam: call for every free place."""
    call(act.case.recruitment)


def why_not_call(act: Act) -> str:
    """Somebody must wait for a free place."""
    recruitment = act.case.recruitment
    free = {post for post, places in free_places(recruitment).items() if places > 0}
    waits = Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.RANKED, post__in=free).exists()
    return "" if waits else _("Nobody waits in the ranking for a place that is free.")


def check(act: Act) -> None:
    """Write down a check of somebody who is called; who does not pass falls out, and the next in rank is called."""
    applicant, data = _one(act), act.data
    ApplicantCheck.objects.update_or_create(
        applicant=applicant, kind=data["kind"], defaults={"on": data["on"], "by": data["by"], "passed": data["passed"]}
    )
    if not data["passed"]:
        kind = ApplicantCheck.Kind(data["kind"]).label
        _out(applicant, STAGE.FAILED, _("%(check)s not passed") % {"check": kind})
        call(act.case.recruitment)


def why_not_check(act: Act) -> str:
    """A day that has come, of somebody who is called."""
    if act.data.get("on") and act.data["on"] > act.actor.on:
        return _("The day of a check does not lie ahead.")
    return ""


def fall_out(act: Act) -> None:
    """Somebody withdraws or is taken off; while they are published their line is struck. In the checks the next in rank is called."""
    applicant, why = _one(act), act.data["why"]
    stage = STAGE.WITHDRAWN if act.data["how"] == "withdrawn" else STAGE.FAILED
    published = applicant.publicity if applicant.stage == STAGE.PUBLISHED else None
    _out(applicant, stage, why)
    if published is not None and published.state == Publicity.State.OPEN:
        strike(actor=act.actor, row=published.rows.get(subject_id=applicant.pk), why=why)
    if act.case.state == "checking":
        call(act.case.recruitment)


def _one(act: Act) -> Applicant:
    rows = Applicant._base_manager.select_related("publicity", "key")
    found: Applicant = rows.get(pk=act.data["applicant"], recruitment=act.case.recruitment)
    return found


def _out(applicant: Applicant, stage: str, why: str) -> None:
    applicant.stage, applicant.why = stage, why[:200]
    applicant.save(update_fields={"stage", "why"})


def struck(row: Any, _actor: Any, why: str) -> None:
    """An objection to somebody was upheld: they fall out."""
    applicant = Applicant._base_manager.filter(pk=row.subject_id, stage=STAGE.PUBLISHED).first()
    if applicant is not None:
        _out(applicant, STAGE.FAILED, _("objection upheld: %(why)s") % {"why": why})


def stopped(publicity: Publicity, actor: Any, _why: str) -> None:
    """The publicity was stopped: those in it are called again, and wait to be published anew."""
    Applicant.objects.filter(publicity=publicity, stage=STAGE.PUBLISHED).update(stage=STAGE.CALLED, publicity=None)


def why_not_publish(act: Act) -> str:
    """Whoever is called has passed all three checks, and no place waits for an extra exam."""
    recruitment = act.case.recruitment
    passed = Count("checks", filter=Q(checks__passed=True, checks__kind__in=KINDS))
    rows = Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.CALLED).annotate(done=passed)
    known = list(rows.values_list("serial", "done"))
    if not known:
        return _("Nobody is called whom one could publish.")
    if missing := sorted(serial for serial, done in known if done < len(KINDS)):
        said = ", ".join(str(one) for one in missing[:20])
        return _("Checks are still missing of the application numbers %(numbers)s.") % {"numbers": said}
    return ""


def publish_called(act: Act) -> None:
    """Show everybody who is called: masked name, application number, post, scores and place."""
    recruitment, kind = act.case.recruitment, all_kinds()[HIRES]
    found = Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.CALLED)
    rows = list(found.select_related("post", "key").order_by("post__number", "place", "pk"))
    names = dict(
        Unit.objects.named(act.actor.on).filter(pk__in=[one.post.unit_id for one in rows]).values_list("pk", "name")
    )
    made = publish(
        actor=act.actor, kind=kind, unit=recruitment.unit, title=_("%(title)s: who is to be hired") % {"title": recruitment.title},
        subject=SUBJECT, subject_id=recruitment.pk, contact=recruitment.contact, reason=recruitment.title,
        rows=[Shown(masked_name(name_of(one)), _public(one, names), one.pk) for one in rows],
    )  # fmt: skip
    for one in rows:
        one.stage, one.publicity = STAGE.PUBLISHED, made
    Applicant.objects.bulk_update(rows, ["stage", "publicity"])


def _public(one: Applicant, names: dict[int, str]) -> dict[str, str]:
    subject = code_label("subject", one.post.subject)
    return {
        "serial": str(one.serial), "unit": names.get(one.post.unit_id) or "", "post": f"{one.post.number} {subject}",
        "written": f"{one.written:.2f}", "interview": f"{one.interview:.2f}", "total": f"{one.total:.2f}", "place": str(one.place),
    }  # fmt: skip


def latest(recruitment: Recruitment) -> Publicity | None:
    """The publicity of a recruitment that was opened last."""
    rows = Publicity._base_manager.filter(subject=SUBJECT, subject_id=recruitment.pk)
    return rows.order_by("-pk").first()


def why_not_hire(act: Act) -> str:
    """The publicity is over, no objection waits, and the schools are open on the first day."""
    recruitment = act.case.recruitment
    if why := why_not_passed(latest(recruitment), act.actor.on):
        return why
    starts = act.data.get("starts")
    for one in Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.PUBLISHED).select_related(
        "post__unit"
    ):
        try:
            must_be_open(one.post.unit, starts or act.actor.on)
        except NotAllowed as error:
            return str(error)
    return ""


def hire_published(act: Act) -> None:
    """Go on from the publicity, and hire everybody who is still in it, from the first day on."""
    recruitment = act.case.recruitment
    publicity = latest(recruitment)
    if publicity is None:
        raise NotAllowed(_("This was not published yet."))
    conclude(actor=act.actor, publicity=publicity)
    rows = Applicant._base_manager.filter(recruitment=recruitment, publicity=publicity, stage=STAGE.PUBLISHED)
    said = act.data
    terms = Hiring(
        starts=said["starts"], document=said["document"], level=said.get("level", ""),
        years=said.get("years") or contract_rules(recruitment.unit, said["starts"]).shortest,
        worked=frozenset(said.get("worked", ())), months=said.get("months") or 0,
    )  # fmt: skip
    for one in rows.select_related("post__unit", "recruitment", "key").order_by("pk"):
        hire(actor=act.actor, applicant=one, terms=terms)


def why_not_again(act: Act) -> str:
    """One goes back to the checks only where the publicity was stopped."""
    publicity = latest(act.case.recruitment)
    stopped_now = publicity is not None and publicity.state == Publicity.State.STOPPED
    return "" if stopped_now else _("The publicity was not stopped.")


def why_not_finish(act: Act) -> str:
    """Nobody may be left half-way."""
    rows = Applicant._base_manager.filter(recruitment=act.case.recruitment, stage__in=[STAGE.CALLED, STAGE.PUBLISHED])
    return _("Somebody is called or published still.") if rows.exists() else ""


def why_not_cancel(act: Act) -> str:
    """A publicity that is open is stopped first."""
    publicity = latest(act.case.recruitment)
    is_open = publicity is not None and publicity.state == Publicity.State.OPEN
    return _("Stop the publicity first.") if is_open else ""
