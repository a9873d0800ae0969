"""Words that no code list knows: a clerk proposes what one means, the list's owner decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.selectors import entries, label
from core.codes.services import CodeError
from core.codes.values import values_of
from core.exchange.kinds import all_kinds, columns_of
from core.exchange.selectors import batches
from core.exchange.words.models import WordProposal
from core.exchange.words.selectors import EXTENDS, PROPOSES, may_stand_in_a_list, proposals
from core.exchange.words.services import decide_word, propose_word
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.registry import HomePart, ListColumn, Waiting
from core.web.filters import ChoiceFilter
from core.web.pages import DetailPage, FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Fact, Link
from core.web.views.codes import has_standard, list_label

MOST = 50
TONES = {"asked": ("amber", "clock"), "accepted": ("green", "check"), "refused": ("red", "no")}
HELP = gettext_lazy(
    "A word that no code list knows is refused in every workbook that holds it. Who sends workbooks proposes what the word means; "
    "who extends the code lists decides. Accepted, it is read so from then on: check the workbook again."
)


class WordForm(forms.Form):
    """What a word means."""

    code = forms.ChoiceField(label=gettext_lazy("means this entry"), widget=forms.Select(attrs={"data-picker": ""}))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, required=False,
        help_text=gettext_lazy("What helps the bureau to decide, such as who writes it so."),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", "…"), *choices]  # type: ignore[attr-defined]


class ProposeWord(FormPage):
    """Propose what a word of a workbook means; `?column=` names the field and `?word=` the word."""

    name = "word_propose"
    route = "imports/<uuid:public_id>/word/"
    permission = PROPOSES
    form_class = WordForm
    submit_label = gettext_lazy("Propose")
    done_message = gettext_lazy("Proposed. Once it is accepted, check the workbook again and the word is read.")
    refusals = (NotAllowed, CodeError)
    help = HELP
    record = None

    def rows(self) -> Any:
        return batches(self.actor)

    @property
    def word(self) -> str:
        """The word of the address, where it may stand in a list."""
        asked: str = self.request.GET.get("word", "")
        return asked if may_stand_in_a_list(asked) else ""

    @property
    def list_name(self) -> str:
        """The code list of the column that the address names; empty where there is none."""
        kind = all_kinds().get(self.object.kind)
        column = columns_of(kind).get(self.request.GET.get("column", "")) if kind else None
        return column.code_list if column is not None else ""

    def heading(self) -> Any:
        return _("What does “%(word)s” mean?") % {"word": self.word or "…"}

    def form_options(self) -> dict[str, Any]:
        named = "{0.code} {0.label}" if has_standard(self.list_name) else "{0.label}"
        known = entries(self.list_name, self.on, self.actor.unit) if self.list_name else []
        return {"choices": [(entry.code, named.format(entry)) for entry in known]}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.file.name, self.cancel_url)]}

    @property
    def cancel_url(self) -> str:
        """Back to what the batch says of its words."""
        return reverse("batch", args=[self.object.public_id]) + "?tab=columns"

    def save(self, form: Any) -> str:
        if not self.word or not self.list_name:
            raise Http404
        propose_word(
            actor=self.actor, list_name=self.list_name, word=self.word, code=form.cleaned_data["code"],
            batch=self.object, reason=form.cleaned_data["reason"],
        )  # fmt: skip
        return reverse("word_proposals")


def state_badge(proposal: WordProposal) -> Badge:
    """The state in a word and a colour."""
    tone, icon = TONES[proposal.state]
    return Badge(proposal.get_state_display(), tone, icon)


class WordList(ListPage):
    """What was proposed in the actor's units, and what became of it."""

    name = "word_proposals"
    route = "words/"
    permission = (PROPOSES, EXTENDS)
    title = gettext_lazy("Proposed ways of writing")
    everything_label = gettext_lazy("all proposals")
    default_sort = "-proposed"
    help = HELP
    empty = {
        "icon": "list",
        "heading": gettext_lazy("No word was proposed yet"),
        "text": gettext_lazy("On the page of a workbook, “Words in no list” leads to the proposal."),
    }
    columns = (
        ListColumn(
            "word",
            gettext_lazy("Word"),
            lambda row, _actor: Cell(row.word, reverse("word_proposal", args=[row.public_id])),
            sort=("word",),
            order=0,
        ),
        ListColumn(
            "means", gettext_lazy("means this entry"), lambda row, _actor: label(row.list_name, row.code), order=10
        ),
        ListColumn("list", gettext_lazy("Code list"), lambda row, _actor: list_label(row.list_name), order=20),
        ListColumn("unit", gettext_lazy("Unit"), lambda row, actor: values_of(actor).unit(row.unit_id), order=30),
        ListColumn("by", gettext_lazy("Proposed by"), lambda row, _actor: str(row.user), order=40),
        ListColumn(
            "proposed",
            gettext_lazy("Proposed"),
            lambda row, _actor: row.created_at,
            sort=("id",),
            indexed=True,
            nowrap=True,
            order=50,
        ),
        ListColumn("state", gettext_lazy("State"), lambda row, _actor: Cell(badge=state_badge(row)), order=60),
    )
    filters = (
        ChoiceFilter(
            "state", gettext_lazy("State"), lambda rows, value, _actor: rows.filter(state=value),
            options=tuple(WordProposal.State.choices),
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return proposals(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])


class WordPage(DetailPage):
    """One proposal, and the way to the decision for who may take it."""

    name = "word_proposal"
    route = "words/<uuid:public_id>/"
    permission = (PROPOSES, EXTENDS)
    template = "exchange/word.html"
    help = HELP

    def rows(self) -> Any:
        return proposals(self.actor)

    def heading(self) -> Any:
        said = {"word": self.object.word, "entry": label(self.object.list_name, self.object.code)}
        return _("“%(word)s” means “%(entry)s”") % said

    def context(self) -> dict[str, Any]:
        proposal = self.object
        decide = Action(_("Decide"), reverse("word_decide", args=[proposal.public_id]), "check", primary=True)
        open_to_me = proposal.state == WordProposal.State.ASKED and self.actor.may(EXTENDS)
        return {
            "crumbs": [Link(WordList.title, reverse("word_proposals"))],
            "facts": facts_of(proposal, self.actor),
            "actions": [decide] if open_to_me else [],
        }


def facts_of(proposal: WordProposal, actor: Any) -> list[Fact]:
    """A proposal line by line."""
    source = batches(actor).filter(pk=proposal.batch_id).first() if proposal.batch_id else None
    decided = [
        Fact(_("Decided by"), str(proposal.decided_by)), Fact(_("Reason of the decision"), proposal.answer),
    ] if proposal.decided_by else []  # fmt: skip
    return [
        Fact(_("Word"), proposal.word),
        Fact(_("means this entry"), label(proposal.list_name, proposal.code)),
        Fact(_("Code list"), list_label(proposal.list_name), url=reverse("code_list", args=[proposal.list_name])),
        Fact(_("Unit"), values_of(actor).unit(proposal.unit_id)),
        Fact(_("Proposed by"), str(proposal.user)),
        Fact(_("Reason"), proposal.reason),
        *([Fact(_("From the workbook"), source.file.name, url=reverse("batch", args=[source.public_id]))] if source else []),
        Fact(_("State"), proposal.get_state_display()),
        *decided,
    ]  # fmt: skip


class DecisionForm(forms.Form):
    """Whether a word is read so, and where."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect, initial="accept",
        choices=[("accept", gettext_lazy("Read it so")), ("refuse", gettext_lazy("Refuse"))],
    )  # fmt: skip
    where = forms.ChoiceField(label=gettext_lazy("Holds in"), help_text=gettext_lazy("And in all units below it."))
    answer = forms.CharField(
        label=gettext_lazy("Reason of the decision"), max_length=200, required=False,
        help_text=gettext_lazy("Needed for a refusal: what to write instead."),
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["where"].choices = places  # type: ignore[attr-defined]


class DecideWord(FormPage):
    """Accept or refuse a proposal."""

    name = "word_decide"
    route = "words/<uuid:public_id>/decide/"
    permission = EXTENDS
    form_class = DecisionForm
    submit_label = gettext_lazy("Decide")
    done_message = gettext_lazy("Decided. The proposer sees it in the list of proposals.")
    refusals = (NotAllowed, CodeError)
    help = HELP
    record = None

    def rows(self) -> Any:
        return proposals(self.actor)

    heading = WordPage.heading

    def places(self) -> dict[str, Unit]:
        """Where the word may be read so: in the whole of the actor's unit, or at the proposer's only."""
        return {str(unit.public_id): unit for unit in (self.object.unit, self.actor.unit)}

    def form_options(self) -> dict[str, Any]:
        values = values_of(self.actor)
        return {"places": [(key, values.unit(unit.pk)) for key, unit in self.places().items()]}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(WordList.title, reverse("word_proposals")), Link(self.object.word, self.cancel_url)]}

    @property
    def cancel_url(self) -> str:
        """Back to the proposal."""
        return reverse("word_proposal", args=[self.object.public_id])

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        decide_word(
            actor=self.actor, proposal=self.object, accept=data["decision"] == "accept",
            unit=self.places()[data["where"]], answer=data["answer"],
        )  # fmt: skip
        return self.cancel_url


def waiting(actor: Any) -> list[Waiting]:
    """Proposals that the actor may decide, the oldest first."""
    rows = list(proposals(actor).filter(state=WordProposal.State.ASKED).order_by("pk")[:MOST])
    values = values_of(actor)
    values.prime(units=[row.unit_id for row in rows])
    return [
        Waiting(
            what=_("“%(word)s” means “%(entry)s”") % {"word": row.word, "entry": label(row.list_name, row.code)},
            do=_("accept or refuse the way of writing"),
            since=row.created_at,
            url=reverse("word_proposal", args=[row.public_id]),
            sub=list_label(row.list_name),
            unit=values.unit(row.unit_id),
        )
        for row in rows
    ]


HOME = (HomePart(permission=EXTENDS, waiting=waiting, order=30),)
