"""A workflow that cannot work stops the start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from core.workflow.definition import faults_of
from core.workflow.registered import workflows


@register("workflow")
def workflows_are_sound(app_configs: Any = None, **_kwargs: Any) -> list[Error]:
    """Each state is reached and left, each permission is one that some role holds."""
    held = {permission for role in settings.ROLES.values() for permission in role.permissions}
    return [
        Error(f"{flow.kind}: {fault}", id="workflow.E001")
        for flow in workflows().values()
        for fault in faults_of(flow, held)
    ]
