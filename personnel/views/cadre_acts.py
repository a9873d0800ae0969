"""The headship of one person: proposing, judging the probation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import period_words, values_of
from core.org.models import Unit
from core.web.parts import Fact, Finding, Link
from personnel.forms.cadres import ProposeForm
from personnel.forms.contracts import VerdictForm
from personnel.models import Headship, HeadshipProposal
from personnel.selectors.cadres import DECIDE, PROPOSE, headship_rules, headships_of
from personnel.services.cadres import judge_head, propose_headship
from personnel.views.cadres import HELP, head_words
from personnel.views.post_holding import PersonForm
from personnel.workflows.cadres import REFERENCES


class OfHead(PersonForm):
    """A form about somebody's headship."""

    help = HELP
    references = REFERENCES

    @cached_property
    def held(self) -> list[Headship]:
        """What the person heads today."""
        return headships_of(self.object, self.on)

    @cached_property
    def unit(self) -> Unit | None:
        """Where the person works today."""
        return Unit.objects.visible_to(self.actor).filter(pk=self.object.unit).first() if self.object.unit else None

    def now(self) -> list[Fact]:
        values = values_of(self.actor)
        separator = pgettext("list separator", ", ")
        found = []
        for one in self.held:
            term = _("term %(n)s until %(day)s") % {"n": one.term, "day": one.term_last} if one.term_last else ""
            told = [values.unit(one.unit_id), period_words(one.valid), term]
            found.append(Fact(_("Headship"), head_words(one, self.actor), sub=separator.join(filter(None, told))))
        return found


class ProposeHeadship(OfHead):
    """Propose that somebody begins or ends a headship."""

    name = "headship_propose"
    route = "teachers/<uuid:public_id>/headship/"
    permission: ClassVar[str | tuple[str, ...]] = PROPOSE
    title = gettext_lazy("Propose a headship")
    form_class = ProposeForm
    submit_label = gettext_lazy("Send the proposal")
    done_message = gettext_lazy("Sent. The bureau that decides on it finds it in its inbox.")

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "held": self.held}

    def initial(self) -> dict[str, Any]:
        school = self.unit if self.unit is not None and not self.unit.is_bureau else None
        return {
            "unit": None if self.held else school,
            "begins": self.on,
            "years": headship_rules(self.unit, self.on).years,
        }

    def findings(self) -> list[Finding]:
        told = headship_rules(self.unit, self.on)
        said = {"shortest": told.shortest, "longest": told.longest, "terms": told.terms, "months": told.probation}
        text = _(
            "A term has %(shortest)s to %(longest)s years, at most %(terms)s run in one school; the probation has %(months)s months."
        )
        found = [Finding(_("Terms"), text % said, icon="info", reference=told.reference)]
        waits = (
            HeadshipProposal.objects.visible_to(self.actor).filter(teacher=self.object).exclude(case__desk="").first()
        )
        if waits is not None and self.actor.user.pk != self.object.user_id:
            link = Link(_("Look at the proposal"), reverse("case", args=[waits.case.public_id]))
            found.insert(
                0, Finding(_("A proposal about this person waits to be decided."), "", "amber", "clock", link=link)
            )
        return found

    def save(self, form: Any) -> str:
        made = propose_headship(actor=self.actor, teacher=self.object, **form.proposed)
        return reverse("case", args=[made.case.public_id])


class JudgeHead(OfHead):
    """Record the verdict of a head's probation."""

    name = "headship_probation"
    route = "teachers/<uuid:public_id>/headship/probation/"
    permission: ClassVar[str | tuple[str, ...]] = DECIDE
    title = gettext_lazy("Judge the probation of a head")
    form_class = VerdictForm
    submit_label = gettext_lazy("Record the verdict")
    done_message = gettext_lazy("Recorded.")

    def load(self) -> None:
        super().load()
        if self.headship is None:
            raise Http404

    @cached_property
    def headship(self) -> Headship | None:
        """The headship whose probation is judged."""
        return next((one for one in self.held if one.probation_last and not one.probation_verdict), None)

    def initial(self) -> dict[str, Any]:
        return {"on": self.on}

    def findings(self) -> list[Finding]:
        one = self.headship
        if one is None:
            return []
        text = _("It lasts until %(day)s.") % {"day": one.probation_last}
        return [Finding(_("Probation as %(headship)s") % {"headship": head_words(one, self.actor)}, text, icon="clock")]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        assert self.headship is not None  # noqa: S101 - asked in load()
        judge_head(
            actor=self.actor, headship=self.headship, verdict=data["verdict"], on=data["on"], document=data["document"],
            reason=data["reason"],
        )  # fmt: skip
        return self.cancel_url
