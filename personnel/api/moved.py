"""What programs are answered at the address of a file that was merged into another one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.api.errors import Problem
from personnel.models import Teacher


def merged_into(request: Any, closed: Teacher) -> Problem:
    """A permanent redirect (308) to the same address of the file that it is part of, which is named as `merged_into`."""
    into: Any = closed.merged_into
    said = _("This file was merged into another one. Ask at the address in the header Location.")
    problem = Problem(308, "merged_into", said, merged_into=str(into.public_id))
    problem.location = request.build_absolute_uri().replace(str(closed.public_id), str(into.public_id))
    return problem
