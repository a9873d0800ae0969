"""What the kernel's workflow part plugs in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.registry import Module, Nav
from core.workflow import home, selectors, tasks
from core.workflow.services import desks


def decides(actor: Any) -> bool:
    """Whether cases may wait for the actor."""
    return actor.own_only or bool(actor.permissions & desks())


MODULE = Module(
    name="workflow",
    label=_("Cases"),
    nav=(
        Nav(
            label=_("Cases"),
            url="inbox",
            icon="inbox",
            group="",
            permission="",
            order=5,
            count=selectors.waiting,
            applies=decides,
        ),
    ),
    home_parts=home.HOME,
    change_kinds={
        "workflow.assign": _("Case handed over"),
        "workflow.remind": _("Reminded of a case"),
        "workflow.stand_in": _("Stand-in named"),
        "workflow.end_stand_in": _("Standing-in ended"),
    },
    urls="core.workflow.urls",
    api="core.workflow.api",
)

__all__ = ["MODULE", "tasks"]
