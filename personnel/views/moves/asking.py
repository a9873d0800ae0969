"""A new move, from the page of a person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import period_words, values_of
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.pages import DetailPage
from core.web.parts import Action, Fact
from personnel.forms.moves import LeaveForm, MoveForm
from personnel.models import MoveKind
from personnel.selectors.finding_words import post_words
from personnel.selectors.moves import ASK, CONSENT, DECIDE, VIEW, dispatch_on, moves
from personnel.selectors.posts import appointments_of
from personnel.services.access import note_look
from personnel.services.moves.asking import ask_move, ask_to_leave
from personnel.views.post_holding import PersonForm
from personnel.workflows.moves import HELP, LEAVING_PEOPLE, REFERENCES


class NewMove(PersonForm):
    """Ask that a person is transferred, rotated, lent or sent."""

    name = "move_new"
    route = "teachers/<uuid:public_id>/move/"
    permission: ClassVar[str | tuple[str, ...]] = ASK
    title = gettext_lazy("Transfer or send")
    form_class: ClassVar[Any] = MoveForm
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

    def ways(self) -> list[Action]:
        return [Action(_("To a unit outside the system"), reverse("move_out", args=[self.object.public_id]), "right")]

    def save(self, form: Any) -> str:
        made = ask_move(actor=self.actor, teacher=self.object, **form.asked)
        return reverse("case", args=[made.case.public_id])


class LeaveForElsewhere(NewMove):
    """Ask that a person is transferred to a unit that the system does not know."""

    name = "move_out"
    route = "teachers/<uuid:public_id>/move-out/"
    title = gettext_lazy("Transfer to a unit elsewhere")
    form_class = LeaveForm
    help = LEAVING_PEOPLE.help

    def initial(self) -> dict[str, Any]:
        return {}

    def ways(self) -> list[Action]:
        return [Action(_("To a unit of the system"), reverse("move_new", args=[self.object.public_id]), "left")]

    def save(self, form: Any) -> str:
        made = ask_to_leave(actor=self.actor, teacher=self.object, **form.asked)
        return reverse("case", args=[made.case.public_id])


class LetterFile(DetailPage):
    """Hands out the scan of the letter by which an outside unit asks for somebody, to those who see the move."""

    name = "move_letter"
    route = "moves/<uuid:public_id>/letter/"
    permission = (VIEW, ASK, CONSENT, DECIDE)

    def rows(self) -> Any:
        return moves(self.actor).select_related("letter_file__key", "teacher")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = self.object.letter_file
        if stored is None:
            raise Http404
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        note_look(actor=self.actor, teacher=self.object.teacher)
        return attachment(content, stored.name, stored.content_type)
