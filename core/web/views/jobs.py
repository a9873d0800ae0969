"""Jobs: the reader's own (all of them for who runs the system), their progress, their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.dates import DAY
from core.jobs.models import Job
from core.jobs.services import cancel
from core.records.settling import stands_still_since
from core.registry import HomePart, ListColumn, registry
from core.web.filters import ChoiceFilter
from core.web.pages import ActionPage, DetailPage, ListPage
from core.web.parts import Action, Badge, Cell, Column, Fact, Link, Progress, Row, Stat, Table

OWN, ALL = "jobs.view_own", "system.operate"
VIEW = (OWN, ALL)
TONES = {Job.State.DONE: "green", Job.State.FAILED: "red", Job.State.WAITING: "amber"}
SHORTEST = 0.05  # seconds: anything below is written as 0.0
STAGES = {"check": _("checking rows"), "apply": _("writing"), "return": _("marking rows")}


def jobs_of(actor: Any) -> Any:
    """The jobs that the actor may look at: all, for who runs the system; else those that they started in this very role."""
    return Job.objects.all() if actor.may(ALL) else Job.objects.filter(user=actor.user, assignment=actor.assignment)


def kind_label(kind: str) -> str:
    """What a job does, in words."""
    known = registry.jobs.get(kind)
    return str(known.label) if known else kind


def stamp(moment: Any) -> str:
    """A moment in China, to the second."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def took(job: Job) -> str:
    """How long a job ran, or runs."""
    if job.started_at is None:
        return ""
    seconds = ((job.finished_at or timezone.now()) - job.started_at).total_seconds()
    return gettext("%(seconds).1f s") % {"seconds": seconds} if seconds >= SHORTEST else gettext("less than 0.1 s")


def subjects_of(jobs: Sequence[Job], actor: Any) -> dict[int, Any]:
    """What jobs are about, as the modules that own their kinds say, by the jobs' keys."""
    found: dict[int, Any] = {}
    for module in registry.modules.values():
        for kind, said in module.job_subjects.items():
            if alike := [job for job in jobs if job.kind == kind]:
                found |= said(alike, actor)
    return found


def _what(row: Any, _actor: Any) -> Cell:
    return Cell(kind_label(row.kind), reverse("job", args=[row.public_id]), sub=row.about)


class JobList(ListPage):
    """What runs in the background, the newest first."""

    name = "jobs"
    route = "jobs/"
    permission = VIEW
    title = _("Jobs")
    everything_label = _("All jobs")
    default_sort = "-number"
    help = _(
        "Whatever takes longer than a moment runs as a job: it goes on when you leave the page, "
        "and starts again when a machine fails."
    )
    empty = {
        "icon": "clock",
        "heading": _("No job yet"),
        "text": _("Checks of workbooks, exports and other long tasks will stand here."),
    }
    columns = (
        ListColumn(
            "number", _("Number"), lambda row, _actor: Cell(str(row.pk), reverse("job", args=[row.public_id])), sort=("id",), indexed=True,
            order=0,
        ),
        ListColumn("kind", _("What"), _what, order=10),
        ListColumn("unit", _("Unit"), lambda row, actor: values_of(actor).unit(row.unit_id), order=20),
        ListColumn("user", _("Started by"), lambda row, _actor: str(row.user), permission=ALL, order=30),
        ListColumn("at", _("Started"), lambda row, _actor: row.created_at, nowrap=True, order=40),
        ListColumn("took", _("Took"), lambda row, _actor: took(row), number=True, order=50),
        ListColumn("state", _("State"), lambda row, _actor: Cell(badge=Badge(row.get_state_display(), TONES.get(row.state, ""))), order=60),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "state",
            _("State"),
            lambda rows, value, _actor: rows.filter(state=value),
            options=tuple(Job.State.choices),
            order=10,
        ),
    )

    def rows_of(self, actor: Any) -> Any:
        return jobs_of(actor).select_related("user")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])
        about = subjects_of(rows, actor)
        for row in rows:
            row.about = about.get(row.pk, "")


class JobPage(DetailPage):
    """One job: how far it is, and what came of it."""

    name = "job"
    route = "jobs/<uuid:public_id>/"
    permission = VIEW
    template = "core/pages/job.html"
    help = JobList.help

    def rows(self) -> Any:
        return jobs_of(self.actor).select_related("user")

    def heading(self) -> Any:
        return kind_label(self.object.kind)

    def context(self) -> dict[str, Any]:
        job = self.object
        about = subjects_of([job], self.actor).get(job.pk, "")
        return {
            "crumbs": [Link(JobList.title, reverse("jobs"))],
            "progress": progress_of(job, self.actor),
            "facts": [
                Fact(gettext("Number"), job.pk),
                *([Fact(gettext("About"), about)] if about else []),
                Fact(gettext("Started by"), str(job.user), sub=values_of(self.actor).unit(job.unit_id)),
                Fact(gettext("Asked for"), stamp(job.created_at)),
                *([Fact(gettext("Begun"), stamp(job.started_at))] if job.started_at else []),
                *([Fact(gettext("Ended"), stamp(job.finished_at))] if job.finished_at else []),
                *([Fact(gettext("Began anew"), job.attempts - 1, sub=_anew(job))] if job.attempts > 1 else []),
            ],
        }


def _anew(job: Job) -> str:
    return ngettext("%(n)s time, after a machine failed", "%(n)s times, after a machine failed", job.attempts - 1) % {
        "n": job.attempts - 1
    }


class JobProgress(JobPage):
    """The changing part of a job's page, polled while it runs; when it ends the page is shown anew."""

    name = "job_progress"
    route = "jobs/<uuid:public_id>/progress/"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if self.object.state not in Job.OPEN:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "core/components/progress.html", {"part": progress_of(self.object, self.actor)})


class CancelJob(ActionPage):
    """Ask a job to stop."""

    name = "job_cancel"
    route = "jobs/<uuid:public_id>/cancel/"
    permission = VIEW
    done_message = _("The job was asked to stop. What it has not finished is not kept.")

    def rows(self) -> Any:
        return jobs_of(self.actor)

    def back(self) -> str:
        return reverse("job", args=[self.object.public_id])

    def act(self) -> str:
        if cancellable(self.object):
            cancel(actor=self.actor, job=self.object)
        return self.back()


def cancellable(job: Job) -> bool:
    """Whether a job can still be stopped."""
    kind = registry.jobs.get(job.kind)
    return (
        job.state in Job.OPEN
        and not job.cancel_asked
        and (job.state == Job.State.WAITING or kind is None or kind.cancellable)
    )


def progress_of(job: Job, actor: Any) -> Progress:
    """A job as a progress bar, with what can be done next."""
    key = [job.public_id]
    return Progress(
        key=str(job.pk),
        heading=_heading(job),
        state=job.state,
        done=job.done,
        total=job.total,
        detail=_detail(job),
        poll_url=reverse("job_progress", args=key) if job.state in Job.OPEN else "",
        cancel_url=reverse("job_cancel", args=key) if cancellable(job) else "",
        result=_result(job, actor),
    )


def _heading(job: Job) -> str:
    if job.state == Job.State.RUNNING and job.cancel_asked:
        return gettext("is being stopped")
    if job.state == Job.State.RUNNING and job.stage:
        return str(STAGES.get(job.stage, job.get_state_display()))
    return str(job.get_state_display())


def _detail(job: Job) -> str:
    if job.state == Job.State.FAILED:
        return error_words(job)
    if job.state != Job.State.RUNNING or not job.total:
        return took(job)
    said = gettext("%(done)s of %(total)s") % {"done": f"{job.done:,}", "total": f"{job.total:,}"}
    seconds = (timezone.now() - job.started_at).total_seconds() if job.started_at else 0
    if not (job.done and seconds > 0):
        return said
    rate = job.done / seconds
    left = {"rate": f"{rate:,.0f}", "left": max(round((job.total - job.done) / rate), 0)}
    return gettext("%(said)s; %(rate)s a second, about %(left)s s left") % {"said": said, **left}


def error_words(job: Job) -> str:
    """Why a job failed: its own refusal, or that the program has a fault, of which the log knows more."""
    if not (job.error.isascii() and job.error.isidentifier()):
        return job.error
    return gettext(
        "A fault of the program (%(fault)s) ended it; nothing half done is kept. Try again. If it fails once more, give the operator "
        "the number of this job: the log says more."
    ) % {"fault": job.error}


def _result(job: Job, actor: Any) -> Action | None:
    """Where the result is, as the module that owns the kind says."""
    for module in registry.modules.values():
        if job.kind in module.job_results:
            found: Action | None = module.job_results[job.kind](job, actor)
            return found
    return None


def running(actor: Any, _unit: Any) -> list[Table]:
    """The jobs at work that the actor may look at."""
    rows = list(jobs_of(actor).filter(state__in=Job.OPEN).order_by("-pk")[:5])
    if not rows:
        return []
    columns = [Column("what", gettext("Job")), Column("state", gettext("State"))]
    lines = [Row([Cell(kind_label(row.kind), reverse("job", args=[row.public_id])), _short(row)]) for row in rows]
    return [Table(gettext("At work"), columns, lines)]


def _short(job: Job) -> Any:
    if job.state == Job.State.RUNNING and job.total:
        return f"{100 * job.done // job.total} %"
    return Cell(badge=Badge(job.get_state_display()))


def numbers(_actor: Any, _unit: Any) -> list[Stat]:
    """Jobs of the last day, for who runs the system."""
    since = timezone.now() - DAY
    jobs, url = Job.objects.all(), reverse("jobs")
    failed = jobs.filter(state=Job.State.FAILED, finished_at__gte=since).count()
    return [
        Stat(gettext("Jobs waiting"), jobs.filter(state=Job.State.WAITING).count(), f"{url}?state=waiting"),
        Stat(gettext("Jobs running"), jobs.filter(state=Job.State.RUNNING).count(), f"{url}?state=running"),
        Stat(
            gettext("Done in a day"),
            jobs.filter(state=Job.State.DONE, finished_at__gte=since).count(),
            f"{url}?state=done",
        ),
        Stat(
            gettext("Failed in a day"),
            failed,
            f"{url}?state=failed",
            tone="red" if failed else "",
            icon="alert" if failed else "",
        ),
        _sealing(),
    ]


def _sealing() -> Stat:
    """Whether changes get their seals; nobody else would notice when they do not."""
    since = stands_still_since(timezone.now())
    if since is None:
        return Stat(gettext("Sealing of changes"), gettext("keeps up"))
    said = gettext("a change has waited since %(when)s") % {"when": stamp(since)}
    return Stat(gettext("Sealing of changes"), gettext("at a standstill"), sub=said, tone="red", icon="alert")


HOME = (
    HomePart(permission=OWN, cards=running, order=30),
    HomePart(permission=ALL, numbers=numbers, cards=running, order=30),
)
