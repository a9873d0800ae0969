"""The seals that prove that history was not bent, and the verification that computes them anew."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.jobs.models import Job
from core.jobs.services import AlreadyRunning, enqueue
from core.jobs.verifying import LOCK, VERIFY
from core.records.chain import NoSuchSeals, Stretch
from core.records.models import Change, Seal
from core.records.printed import grouped, public_key
from core.records.settling import stands_still_since, unsettled
from core.web.pages import ActionPage, Page
from core.web.parts import Cell, Column, Finding, Link, Progress, Row, Stat, Table
from core.web.views.jobs import error_words, stamp

VIEW = "records.audit"
SEALS = 30
SHOWN_DIGITS = 16


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
        return {
            "numbers": _numbers(last),
            "last": last,
            "key": grouped(public_key()),
            "finding": [*standstill(), *findings(newest_verification())],
            "progress": verification_progress(),
            "table": _table(),
        }  # fmt: skip


def _numbers(last: Seal | None) -> list[Stat]:
    """Positions have no gaps, so that the last one is the number of sealed changes."""
    return [
        Stat(gettext("Changes sealed"), f"{last.last if last else 0:,}", reverse("audit_changes")),
        Stat(
            gettext("Changes that wait for a seal"), f"{unsettled().count():,}", sub=gettext("some seconds, as a rule")
        ),
        Stat(gettext("Last seal"), f"{last.pk:,}" if last else "–", sub=stamp(last.settled_at) if last else ""),
    ]


def standstill() -> list[Finding]:
    """That changes wait too long for their seal, in words."""
    since = stands_still_since(timezone.now())
    if since is None:
        return []
    text = gettext(
        "The processes that seal do not run, or a session of the database keeps them from it. Tell whoever runs the system at once: "
        "what is not sealed yet can be altered unseen."
    )
    return [
        Finding(
            gettext("Changes have waited for their seal since %(when)s.") % {"when": stamp(since)}, text, "red", "no"
        )
    ]


def _table() -> Table | None:
    rows = list(Seal.objects.order_by("-pk")[:SEALS])
    if not rows:
        return None
    columns = [
        Column("number", gettext("Seal")), Column("at", gettext("Sealed"), nowrap=True),
        Column("from", gettext("From position"), number=True), Column("to", gettext("To position"), number=True),
        Column("changes", gettext("Changes"), number=True), Column("root", gettext("Root")), Column("chain", gettext("Chain")),
    ]  # fmt: skip
    lines = [
        Row([
            Cell(f"{row.pk:,}", url=f"{reverse('audit_seal')}?seal={row.pk}"), stamp(row.settled_at),
            f"{row.first:,}", f"{row.last:,}", f"{row.last - row.first + 1:,}",
            _short(row.root), _short(row.chain),
        ])
        for row in rows
    ]  # fmt: skip
    return Table(gettext("The last seals"), columns, lines)


def _short(digest: Any) -> str:
    return bytes(digest).hex()[:SHOWN_DIGITS] + "…"


def newest_verification(*, ended: bool = True) -> Job | None:
    """The newest verification that ended, or that is at work."""
    rows = Job.objects.filter(kind=VERIFY)
    rows = rows.filter(state__in=[Job.State.DONE, Job.State.FAILED]) if ended else rows.filter(state__in=Job.OPEN)
    return rows.order_by("-pk").first()


def findings(job: Job | None) -> list[Finding]:
    """What the newest verification found, in words."""
    if job is None:
        text = gettext("Press “Verify now”. For the operator: “manage.py verify_history” does the same.")
        return [Finding(gettext("The history was not verified yet."), text, "amber", "alert")]
    when = {"when": stamp(job.finished_at)}
    if job.state == Job.State.FAILED:
        return [Finding(gettext("The last verification broke off on %(when)s.") % when, error_words(job), "red", "no")]
    faults = job.result.get("faults", 0)
    if not faults:
        text = _verified(job.result)
        return [Finding(gettext("The history is as it was sealed, verified on %(when)s.") % when, text, "green", "ok")]
    head = ngettext("%(n)s fault was found on %(when)s.", "%(n)s faults were found on %(when)s.", faults) % {
        "n": f"{faults:,}",
        **when,
    }
    text = gettext(
        "Somebody bent the history with the rights of the database's owner. Keep the database as it is and tell your superiors."
    )
    named = job.result.get("named", [])
    links = _links({one["change"] for one in named if one["change"]})
    return [Finding(head, text, "red", "no"), *(_fault(one, links) for one in named)]


def _verified(result: dict[str, Any]) -> str:
    start = result.get("start")
    said = {
        "changes": f"{result.get('changes', 0):,}",
        "seal": f"{result.get('seal', 0):,}",
        "start": f"{start or 0:,}",
    }
    if start:
        return (
            gettext("%(changes)s changes from seal %(start)s to %(seal)s were computed anew; each is as it was sealed.")
            % said
        )
    return gettext("%(changes)s changes up to seal %(seal)s were computed anew; each is as it was sealed.") % said


def _links(keys: set[int]) -> dict[int, Link]:
    """Where the changes are shown that faults belong to; one query."""
    found = Change.objects.filter(pk__in=keys).values_list("pk", "public_id")
    return {key: Link(gettext("The change"), reverse("change", args=[public_id])) for key, public_id in found}


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
# Faults that name a table or a position in the middle of their words.
NUMBERED = {
    "digests of": _("digests beside a seal were altered or removed"),
    "position": _("a position is missing"),
}


def fault_words(what: str) -> Any:
    """A fault in words; one that nobody named yet as the program says it."""
    if what in FAULTS:
        return FAULTS[what]
    return next((text for start, text in NUMBERED.items() if what.startswith(start)), what)


def _fault(one: dict[str, Any], links: dict[int, Link]) -> Finding:
    text = gettext("table %(table)s, row %(row)s, change %(change)s") % {
        "table": one["table"], "row": one["row"] or "–", "change": one["change"] or "–",
    }  # fmt: skip
    return Finding(fault_words(one["what"]), text, "red", "no", link=links.get(one["change"]))


def verification_progress() -> Progress | None:
    """The verification at work, if there is one."""
    job = newest_verification(ended=False)
    if job is None:
        return None
    heading = gettext("The history is being verified")
    return Progress(str(job.pk), heading, job.state, poll_url=reverse("audit_seals_progress"))


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
    """Compute the seals anew, all or from one to another, as a job."""

    name = "audit_verify"
    route = "audit/seals/verify/"
    permission = VIEW

    refusals = (NoSuchSeals,)

    def act(self) -> str:
        asked = {name: self.request.POST.get(name, "").strip() for name in ("start", "to")}
        Stretch.asked(**asked)
        # Who asks while it is at work is shown that it is.
        with suppress(AlreadyRunning):
            enqueue(VERIFY, actor=self.actor, lock=LOCK, arguments=asked)
        return reverse("audit_seals")

    def back(self) -> str:
        return reverse("audit_seals")


def standing() -> Stat:
    """Whether history is as it was sealed, for the auditor's first page."""
    url, job = reverse("audit_seals"), newest_verification()
    since = stands_still_since(timezone.now())
    if since is not None:
        return Stat(gettext("Seals"), gettext("at a standstill"), url, stamp(since), "red", "alert")
    if job is None or job.state != Job.State.DONE:
        return Stat(gettext("Seals"), gettext("to be verified"), url, gettext("not verified yet"), "amber", "alert")
    if job.result.get("faults"):
        return Stat(gettext("Seals"), gettext("bent"), url, stamp(job.finished_at), "red", "no")
    return Stat(gettext("Seals"), gettext("as sealed"), url, stamp(job.finished_at), "green", "ok")
