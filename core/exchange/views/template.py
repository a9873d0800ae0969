"""Templates: the workbook that a unit fills in, made for it when it is asked for."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse

from core.exchange.kinds import ImportKind, common_kinds
from core.exchange.views.filled import TemplateForm, empty_template
from core.org.models import Unit
from core.web.filters import is_uuid
from core.web.pages import Page
from core.web.parts import Link


class TemplateFile(Page):
    """A workbook with the headings, lists and notes of one kind; `?unit=` names whose it is, by default the actor's own."""

    name = "template_file"
    route = "imports/templates/<slug:kind>/"
    permission = "exchange.import"

    def load(self) -> None:
        self.kind: ImportKind | None = common_kinds().get(self.kwargs["kind"])
        asked = self.request.GET.get("unit", "")
        if self.kind is None or self.kind.endings or (asked and not is_uuid(asked)):
            raise Http404
        if self.actor is None:
            return
        own = {"pk": self.actor.unit.pk}
        rows = Unit.objects.visible_to(self.actor).filter(public_id=asked) if asked else Unit.objects.filter(**own)
        self.object = rows.named(self.actor.on).first()
        if self.object is None:
            raise Http404

    def get(self, _request: Any, *_args: Any, **_kwargs: Any) -> HttpResponse:
        kind = self.kind
        assert kind is not None  # noqa: S101 - `load` has found it
        return empty_template(kind, self.object, self.on)


def template_links(actor: Any) -> list[Link]:
    """Where the actor gets the templates of the kinds that they may import."""
    return [
        Link(kind.label, reverse(TemplateForm.name, args=[name]))
        for name, kind in common_kinds().items()
        if actor.may(kind.permission) and not kind.endings
    ]
