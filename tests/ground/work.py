"""What a worker would do, without one."""

from core.jobs import services
from core.jobs.models import Job


def run_open_jobs() -> list[Job]:
    """Run every open job and those that it starts, here and now; the jobs that ran, as they stand afterwards."""
    ran: list[int] = []
    while job := Job.objects.filter(state__in=Job.OPEN).exclude(pk__in=ran).order_by("pk").first():
        services.run(job.pk)
        ran.append(job.pk)
    return list(Job.objects.filter(pk__in=ran).order_by("pk"))
