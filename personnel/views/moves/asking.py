"""A new move, from the page of a person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.codes.values import period_words, values_of
from core.web.parts import Fact
from personnel.forms.moves import MoveForm
from personnel.models import MoveKind
from personnel.selectors.finding_words import post_words
from personnel.selectors.moves import ASK, dispatch_on
from personnel.selectors.posts import appointments_of
from personnel.services.moves.asking import ask_move
from personnel.views.post_holding import PersonForm
from personnel.workflows.moves import HELP, REFERENCES


class NewMove(PersonForm):
    """Ask that a person is transferred, rotated, lent or sent."""

    name = "move_new"
    route = "teachers/<uuid:public_id>/move/"
    permission: ClassVar[str | tuple[str, ...]] = ASK
    title = gettext_lazy("Transfer or send")
    form_class = MoveForm
    submit_label = gettext_lazy("Send the request")
    done_message = gettext_lazy("Sent. It waits at the sender's desk first.")
    help = HELP
    references = REFERENCES

    def initial(self) -> dict[str, Any]:
        held = appointments_of(self.object, self.on)
        return {"post": self.object.post or "", "sort": MoveKind.TRANSFER.value, "level": held[0].level if held else ""}

    def now(self) -> list[Fact]:
        values, teacher = values_of(self.actor), self.object
        facts = [Fact(gettext_lazy("Unit"), values.unit(teacher.unit), sub=teacher.post or "")]
        facts += [Fact(gettext_lazy("Post level"), post_words(one.level)) for one in appointments_of(teacher, self.on)]
        away = dispatch_on(teacher, self.on)
        if away is not None:
            facts.append(Fact(away.get_kind_display(), values.unit(away.unit_id), sub=period_words(away.valid)))
        return facts

    def save(self, form: Any) -> str:
        made = ask_move(actor=self.actor, teacher=self.object, **form.asked)
        return reverse("case", args=[made.case.public_id])
