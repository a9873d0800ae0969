"""The four celery tasks of the product."""

from celery import shared_task

from core.jobs import services
from core.records import settling


@shared_task(name="core.run_job", ignore_result=True)
def run_job(job_id: int) -> None:
    """Run one job."""
    services.run(job_id)


@shared_task(name="core.resend", ignore_result=True)
def resend() -> None:
    """Send lost jobs again."""
    services.resend()


@shared_task(name="core.settle", ignore_result=True)
def settle() -> None:
    """Give settled changes their position and seal."""
    settling.settle()


@shared_task(name="core.daily", ignore_result=True)
def daily() -> None:
    """Start what is done once a day."""
    services.start_daily()
