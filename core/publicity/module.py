"""What publicity plugs in; modules bring the kinds."""

from django.utils.translation import gettext_lazy as _

from core.publicity import tasks
from core.publicity.selectors import VIEW
from core.publicity.workflows import OBJECTION
from core.registry import Module, Nav

MODULE = Module(
    name="publicity",
    label=_("Publicity"),
    nav=(
        Nav(
            label=_("Publicities"),
            url="publicities",
            icon="eye",
            group=_("Papers and publicity"),
            permission=VIEW,
            order=61,
        ),
    ),
    workflows=(OBJECTION,),
    change_kinds={
        "publicity.publish": _("Published"),
        "publicity.object": _("Objection came in"),
        "publicity.strike": _("Line of a publicity struck"),
        "publicity.stop": _("Publicity stopped"),
        "publicity.conclude": _("Publicity passed"),
    },
    urls="core.publicity.urls",
    api="core.publicity.api",
)

__all__ = ["MODULE", "tasks"]
