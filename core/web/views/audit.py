"""For auditors: every change, every look at a masked value, and the seals that prove that history was not bent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import label, values_of
from core.jobs.models import Job
from core.jobs.services import AlreadyRunning, enqueue
from core.jobs.verifying import LOCK, VERIFY
from core.records.models import AccessLog, Change, Seal, Settled
from core.registry import HomePart, registry
from core.web.forms import DayField
from core.web.pages import ActionPage, Page
from core.web.parts import Badge, Cell, Choice, Column, Finding, Link, Pager, Progress, Row, Stat, Table
from core.web.views.roles import role_label

VIEW = "records.audit"
PAGE = 50
LONGEST_KEY = 18
SEALS = 30
SHOWN_DIGITS = 16


def below(actor: Any, rows: Any) -> Any:
    """Of rows that say in which unit somebody acted: all for an auditor of the root, else those of the auditor's subtree."""
    unit = actor.unit
    return rows if unit.parent_id is None else rows.filter(unit__path__descendants=unit.path)


class LogForm(forms.Form):
    """Conditions of a log: who, from which day, to which day."""

    who = forms.CharField(label=_("user name or name"), max_length=60, required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until and with"), required=False)


class LogPage(Page):
    """A log, the newest first, narrowed by conditions that stand in the address; `?before=` goes on from a row."""

    permission = VIEW
    template = "core/pages/log.html"
    form_class: type[LogForm] = LogForm

    def rows(self) -> Any:
        """All rows that the actor may read."""
        raise NotImplementedError

    def table(self, rows: list[Any]) -> Table:
        """One page of rows as a table."""
        raise NotImplementedError

    def load(self) -> None:
        """A log is about no single object."""

    @cached_property
    def form(self) -> LogForm:
        """The conditions as the address says them."""
        return self.form_class(self.request.GET or None)

    @cached_property
    def conditions(self) -> dict[str, Any]:
        """Those conditions that can be read."""
        if not self.form.is_bound:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def narrowed(self) -> Any:
        """The rows that meet the conditions."""
        rows, asked = self.rows(), self.conditions
        if "who" in asked:
            rows = rows.filter(actor__username=asked["who"]) | rows.filter(actor__name=asked["who"])
        if "since" in asked:
            rows = rows.filter(at__gte=_morning(asked["since"]))
        if "until" in asked:
            rows = rows.filter(at__lt=_morning(asked["until"] + timedelta(days=1)))
        return rows

    def context(self) -> dict[str, Any]:
        before = self.request.GET.get("before", "")
        rows = self.narrowed()
        if before.isascii() and before.isdigit() and len(before) <= LONGEST_KEY:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows.select_related("actor").order_by("-pk")[: PAGE + 1])
        following = found[PAGE - 1].pk if len(found) > PAGE else None
        return {
            "form": self.form,
            "tabs": tabs(self.name),
            "table": self.table(found[:PAGE]) if found else None,
            "pager": Pager(previous_url=self._address() if before else "", next_url=self._address(before=following) if following else ""),
            "empty": {"icon": "shield", "heading": gettext("Nothing here"), "text": gettext("No entry meets the conditions.")},
        }

    def _address(self, **more: Any) -> str:
        asked = {name: value for name, value in self.request.GET.items() if name != "before" and value} | more
        return f"{self.request.path}?{urlencode(asked)}" if asked else self.request.path


def _morning(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def tabs(current: str) -> list[Any]:
    """The three pages of the audit."""
    return [Choice(page.name, page.title, page.name == current, reverse(page.name)) for page in (ChangeLog, AccessPages, Seals)]


class ChangeForm(LogForm):
    """Conditions of the log of changes."""

    kind = forms.ChoiceField(label=_("What"), required=False)

    field_order = ("kind", "who", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {kind: text for module in registry.modules.values() for kind, text in module.change_kinds.items()}
        options = sorted(((kind, str(text)) for kind, text in known.items()), key=lambda one: one[1])
        self.fields["kind"].choices = [("", _("everything")), *options]  # type: ignore[attr-defined]


class ChangeLog(LogPage):
    """Every act that wrote something: who, in which role and unit, when, why, on what paper."""

    name = "audit_changes"
    route = "audit/changes/"
    title = _("Log of changes")
    form_class = ChangeForm
    help = _(
        "Each row is one act. Nothing is written outside of one, and none can be altered or removed; "
        "open it to see all that it touched."
    )

    def rows(self) -> Any:
        return below(self.actor, Change.objects.all())

    def narrowed(self) -> Any:
        rows = super().narrowed()
        return rows.filter(kind=self.conditions["kind"]) if "kind" in self.conditions else rows

    def table(self, rows: list[Change]) -> Table:
        places = dict(Settled.objects.filter(change__in=rows).values_list("change", "position"))
        values = values_of(self.actor)
        values.prime(units=[row.unit_id for row in rows])
        columns = [
            Column("at", gettext("When"), nowrap=True), Column("what", gettext("What")), Column("who", gettext("Who")),
            Column("unit", gettext("Unit")), Column("why", gettext("Why")), Column("paper", gettext("Paper")),
            Column("place", gettext("Position"), number=True),
        ]  # fmt: skip
        return Table(self.title, columns, [self._row(row, values, places.get(row.pk)) for row in rows])

    def _row(self, row: Change, values: Any, place: int | None) -> Row:
        sealed = f"{place:,}" if place else Cell(badge=Badge(gettext("not yet settled"), "amber"))
        return Row([
            stamp(row.at), Cell(registry.change_label(row.kind), change_url(row), row.kind), Cell(str(row.actor), sub=who_in(row.role)),
            values.unit(row.unit_id), row.reason, row.document, sealed,
        ])  # fmt: skip


def stamp(moment: Any) -> str:
    """A moment in China, to the second."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")


def who_in(role: str) -> str:
    """The role in which somebody acted; the system's own work is called so."""
    return gettext("the system") if role == "system" else role_label(role)


def change_url(change: Change) -> str:
    """Where a change is shown with all that it touched."""
    try:
        return reverse("change", args=[change.public_id])
    except NoReverseMatch:
        return ""


class AccessPages(LogPage):
    """Every look at a file and every reveal of a masked value: who, whose, what, when, why."""

    name = "audit_access"
    route = "audit/access/"
    title = _("Log of looks and reveals")
    help = _("Opening a file leaves one row a day and reader; revealing a masked value leaves one row each time, with the reason given.")
    references = (Link(_("Personal Information Protection Law, articles 51 and 54")),)

    def rows(self) -> Any:
        return below(self.actor, AccessLog.objects.all())

    def table(self, rows: list[AccessLog]) -> Table:
        values, names = values_of(self.actor), subjects(rows)
        values.prime(units=[row.unit_id for row in rows])
        columns = [
            Column("at", gettext("When"), nowrap=True), Column("who", gettext("Who")), Column("unit", gettext("Unit")),
            Column("whose", gettext("Whose")), Column("what", gettext("What")), Column("why", gettext("Why")),
        ]  # fmt: skip
        lines = [
            Row([
                stamp(row.at), Cell(str(row.actor), sub=who_in(row.role)), values.unit(row.unit_id),
                names.get((row.subject, row.subject_id), ""), seen(row.what), row.reason,
            ])
            for row in rows
        ]  # fmt: skip
        return Table(self.title, columns, lines)


def subjects(rows: Iterable[AccessLog]) -> dict[tuple[str, int], str]:
    """Whom rows are about, by name: one query for each model."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.subject].add(row.subject_id)
    found = {}
    for model, keys in wanted.items():
        for record in apps.get_model(model)._base_manager.filter(pk__in=keys):
            found[model, record.pk] = str(record)
    return found


def seen(what: str) -> Any:
    """What was looked at: a file, or a protected field revealed."""
    model, _dot, field = what.rpartition(".")
    if not model:
        return gettext("opened the file")
    revealed = label(apps.get_model(model), field)
    return Cell(badge=Badge(gettext("revealed: %(what)s") % {"what": revealed}, "amber", "eye"))


class Seals(Page):
    """The chain of seals over the changes, and whether history is still as it was sealed."""

    name = "audit_seals"
    route = "audit/seals/"
    permission = VIEW
    title = _("Seals")
    template = "core/pages/seals.html"
    help = _(
        "Every few seconds the changes that no running transaction can precede any more get their position and are sealed: a digest over "
        "each change and each version that it wrote, chained to the seal before. To verify is to compute all of them anew. Who keeps the "
        "last seal in another place can prove later that nothing before it was altered."
    )

    def context(self) -> dict[str, Any]:
        last = Seal.objects.order_by("-pk").first()
        sealed = last.last if last else 0
        total = Settled.objects.count()
        return {
            "tabs": tabs(self.name),
            "numbers": [
                Stat(gettext("Seals"), f"{last.pk if last else 0:,}"),
                Stat(gettext("Changes sealed"), f"{total:,}", reverse("audit_changes")),
                Stat(gettext("Last position"), f"{sealed:,}", sub=stamp(last.settled_at) if last else ""),
            ],
            "last": bytes(last.chain).hex() if last else "",
            "finding": finding(newest_verification()),
            "progress": verification_progress(),
            "table": self._table(),
        }

    def _table(self) -> Table | None:
        rows = list(Seal.objects.order_by("-pk")[:SEALS])
        if not rows:
            return None
        columns = [
            Column("number", gettext("Seal"), number=True), Column("at", gettext("Sealed"), nowrap=True),
            Column("from", gettext("From position"), number=True), Column("to", gettext("To position"), number=True),
            Column("chain", gettext("Digest of the chain")),
        ]  # fmt: skip
        lines = [
            Row([f"{row.pk:,}", stamp(row.settled_at), f"{row.first:,}", f"{row.last:,}", bytes(row.chain).hex()[:SHOWN_DIGITS] + "…"])
            for row in rows
        ]
        return Table(gettext("The last seals"), columns, lines)


def newest_verification(*, ended: bool = True) -> Job | None:
    """The newest verification that ended, or that is at work."""
    rows = Job.objects.filter(kind=VERIFY)
    rows = rows.filter(state__in=[Job.State.DONE, Job.State.FAILED]) if ended else rows.filter(state__in=Job.OPEN)
    return rows.order_by("-pk").first()


def finding(job: Job | None) -> list[Finding]:
    """What the newest verification found, in words."""
    if job is None:
        text = gettext("Verify now, or let the operator run “manage.py verify_history”.")
        return [Finding(gettext("The history was not verified yet."), text, "amber", "alert")]
    when = {"when": stamp(job.finished_at)}
    if job.state == Job.State.FAILED:
        return [Finding(gettext("The last verification broke off on %(when)s.") % when, job.error, "red", "no")]
    faults = job.result.get("faults", 0)
    if not faults:
        said = {"changes": f"{job.result.get('changes', 0):,}", "seal": f"{job.result.get('seal', 0):,}"}
        text = gettext("%(changes)s changes up to seal %(seal)s were computed anew; each is as it was sealed.") % said
        return [Finding(gettext("The history is as it was sealed, verified on %(when)s.") % when, text, "green", "ok")]
    head = ngettext("%(n)s fault was found on %(when)s.", "%(n)s faults were found on %(when)s.", faults) % {"n": f"{faults:,}", **when}
    text = gettext("Somebody bent the history with the rights of the database's owner. Keep the database as it is and tell your superiors.")
    return [Finding(head, text, "red", "no"), *(_fault(one) for one in job.result.get("named", []))]


FAULTS = {
    "row altered": _("a row was altered"),
    "row missing": _("a row is missing"),
    "row added": _("a row was added"),
    "row without a change": _("a version belongs to no change"),
    "version missing": _("a version is missing"),
    "seal altered": _("a seal was altered"),
    "seal added": _("a seal was added"),
    "seal missing before": _("a seal is missing before this one"),
    "position altered": _("a position was altered"),
    "position without a seal": _("a position has no seal"),
    "positions do not fit their seal": _("positions do not fit their seal"),
    "record missing": _("a record is missing"),
    "record without a version": _("a record has no version"),
    "record differs from its newest version": _("a record differs from its newest version"),
}


NUMBERED = {
    "digests of": _("digests beside a seal were altered or removed"),
    "position": _("a position is missing"),
}


def fault_words(what: str) -> Any:
    """A fault in words; one that nobody named yet as the program says it."""
    if what in FAULTS:
        return FAULTS[what]
    return next((text for start, text in NUMBERED.items() if what.startswith(start)), what)


def _fault(one: dict[str, Any]) -> Finding:
    what = fault_words(one["what"])
    text = gettext("table %(table)s, row %(row)s, change %(change)s") % {
        "table": one["table"], "row": one["row"] or "–", "change": one["change"] or "–",
    }  # fmt: skip
    return Finding(what, text, "red", "no")


def verification_progress() -> Progress | None:
    """The verification at work, if there is one."""
    job = newest_verification(ended=False)
    if job is None:
        return None
    return Progress(str(job.pk), gettext("The history is being verified"), job.state, poll_url=reverse("audit_seals_progress"))


class SealsProgress(Seals):
    """The verification at work, polled; when it ends the page is shown anew."""

    name = "audit_seals_progress"
    route = "audit/seals/progress/"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        progress = verification_progress()
        if progress is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "core/components/progress.html", {"part": progress})


class VerifyNow(ActionPage):
    """Compute all seals anew, as a job."""

    name = "audit_verify"
    route = "audit/seals/verify/"
    permission = VIEW
    refusals = (AlreadyRunning,)

    def back(self) -> str:
        return reverse("audit_seals")

    def act(self) -> str:
        enqueue(VERIFY, actor=self.actor, lock=LOCK)
        return self.back()


def numbers(actor: Any, _unit: Any) -> list[Stat]:
    """What happened today."""
    morning = _morning(actor.on)
    changes = below(actor, Change.objects.filter(at__gte=morning)).count()
    looks = below(actor, AccessLog.objects.filter(at__gte=morning))
    revealed = looks.filter(what__contains=".").count()
    today = urlencode({"since": actor.on.isoformat()})
    state = newest_verification()
    well = state is not None and state.state == Job.State.DONE and not state.result.get("faults")
    return [
        Stat(gettext("Changes today"), f"{changes:,}", f"{reverse('audit_changes')}?{today}"),
        Stat(gettext("Files opened today"), f"{looks.count() - revealed:,}", f"{reverse('audit_access')}?{today}"),
        Stat(gettext("Values revealed today"), f"{revealed:,}", f"{reverse('audit_access')}?{today}"),
        Stat(
            gettext("History"), gettext("as sealed") if well else gettext("to be verified"), reverse("audit_seals"),
            stamp(state.finished_at) if state else "", "" if well else "amber",
        ),
    ]  # fmt: skip


HOME = (HomePart(permission=VIEW, numbers=numbers, order=40),)
