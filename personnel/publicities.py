"""What personnel publishes before it counts: who is to be hired."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.publicity.kinds import PublicityKind
from personnel.models import Recruitment
from personnel.selectors.recruitment import HIRES
from personnel.services.recruitment.calling import days_of, stopped, struck


def _address(publicity: Any) -> str:
    found = Recruitment._base_manager.filter(pk=publicity.subject_id).values_list("public_id", flat=True).first()
    return reverse("recruitment", args=[found]) if found else ""


KINDS = (
    PublicityKind(
        name=HIRES,
        label=pgettext_lazy("publicity", "Hires"),
        days=days_of,
        columns=(
            ("serial", _("Application number")),
            ("unit", _("Unit")),
            ("post", pgettext_lazy("recruitment", "Post")),
            ("written", _("Written")),
            ("interview", _("Interview")),
            ("total", _("Total")),
            ("place", _("Place")),
        ),
        url=_address,
        struck=struck,
        stopped=stopped,
    ),
)
