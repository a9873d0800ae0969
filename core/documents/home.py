"""What jobs of papers are about, and where their result is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from core.documents.kinds import kind_label
from core.jobs.models import Job
from core.web.parts import Action


def subjects_of_jobs(jobs: Sequence[Job], _actor: Any) -> dict[int, Any]:
    """Which kind of paper each job issues."""
    return {job.pk: kind_label(job.arguments["kind"]) for job in jobs}


def job_result(job: Job, actor: Any) -> Action | None:
    """The zip of a job's papers, for who asked for it."""
    mine = job.user_id == actor.user.pk and job.assignment == actor.assignment
    if job.state != Job.State.DONE or not mine or "file" not in job.result:
        return None
    number = job.result["papers"]
    label = ngettext("Download, %(n)s paper", "Download, %(n)s papers", number) % {"n": f"{number:,}"}
    return Action(label, reverse("papers_file", args=[job.public_id]), "download", primary=True)
