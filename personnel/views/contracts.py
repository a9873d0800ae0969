"""Appointment contracts: what is due, and the acts on the contract of one person."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import period_words, values_of
from core.org.models import Unit, unit_name
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.listing import Listing
from core.web.looks import EXPORTED
from core.web.pages import ListPage
from core.web.parts import Action, Badge, Cell, Fact, Finding, Link
from personnel.forms.contracts import ChangeForm, ConcludeForm, EndContractForm, RenewForm, VerdictForm
from personnel.models import Contract
from personnel.selectors.contracts import (
    CHANGE,
    PROBATION,
    TERM,
    VIEW,
    contract_of,
    contract_rules,
    due_contracts,
    term_findings,
    terms_of,
)
from personnel.selectors.finding_words import said
from personnel.services import note_looks
from personnel.services.contracts import (
    change_contract,
    conclude_contract,
    end_contract,
    judge_probation,
    renew_contract,
)
from personnel.views.post_holding import PersonForm

MOST_DAYS: Final = 366
WHAT: Final = {
    PROBATION: gettext_lazy("Probation ends: judge it"),
    TERM: gettext_lazy("Term ends: renew or end it"),
}
REFERENCES: Final = (
    Link(gettext_lazy("Regulations on personnel management of public institutions (2014), articles 12 to 19")),
)
HELP: Final = gettext_lazy(
    "A contract has a term, for first jobs a probation with a verdict, and ends on a ground of the law with its days of notice. What is "
    "due stands in the list and on the first page some days ahead; how many is a parameter."
)


def _days_left(row: Any, actor: Any) -> Any:
    days = (row.due_on - actor.on).days
    if days < 0:
        late = ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
        return Cell(badge=Badge(late, "red", "clock"))
    return Cell(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})


def _ways(row: Any, _actor: Any) -> Any:
    name = "contract_probation" if row.what == PROBATION else "contract_renew"
    label = _("Judge") if row.what == PROBATION else _("Renew or end")
    return Cell(label, reverse(name, args=[row.teacher.public_id]))


def _when(rows: Any, value: str, actor: Any) -> Any:
    return rows.filter(due_on__lt=actor.on) if value == "late" else rows.filter(due_on__gte=actor.on)


class DueContracts(ListPage):
    """The contracts of which something is due soon, or was not done."""

    name = "contracts_due"
    route = "contracts/due/"
    permission = VIEW
    title = gettext_lazy("Contracts due")
    everything_label = gettext_lazy("All that is due")
    exported = True
    default_sort = "due"
    help = HELP
    references = REFERENCES

    columns = (
        ListColumn(
            "name", gettext_lazy("Name"), lambda row, _actor: Cell(row.teacher.name, reverse("teacher", args=[row.teacher.public_id])),
            order=0,
        ),
        ListColumn("unit", gettext_lazy("Unit"), lambda row, _actor: row.unit_title or "", order=10),
        ListColumn(
            "kind", gettext_lazy("Kind"), lambda row, actor: values_of(actor).code("contract_kind", row.kind), shown=False, order=20
        ),
        ListColumn("period", gettext_lazy("Term"), lambda row, _actor: period_words(row.valid), nowrap=True, order=30),
        ListColumn("what", gettext_lazy("What is due"), lambda row, _actor: str(WHAT[row.what]), order=40),
        ListColumn("due", gettext_lazy("Due on"), lambda row, _actor: row.due_on, sort=("due_on",), nowrap=True, order=50),
        ListColumn("left", gettext_lazy("Days left"), _days_left, nowrap=True, order=60),
        ListColumn("act", gettext_lazy("What to do"), _ways, permission=CHANGE, order=70),
    )  # fmt: skip
    filters = (
        UnitFilter("unit", gettext_lazy("Unit"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=10),
        ChoiceFilter(
            "what", gettext_lazy("What is due"), lambda rows, value, _actor: rows.filter(what=value), options=tuple(WHAT.items()), order=20
        ),
        ChoiceFilter(
            "when", gettext_lazy("When"), _when, order=30,
            options=(("late", gettext_lazy("late")), ("ahead", gettext_lazy("still ahead"))),
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        rows = due_contracts(actor, actor.on).select_related("teacher")
        return rows.annotate(unit_title=unit_name("unit_id", actor.on))

    def note_export(self, rows: Any, actor: Any) -> None:
        note_looks(
            actor=actor, teachers=[*rows.values_list("teacher_id", flat=True)], what=EXPORTED, reason=str(self.title)
        )

    def summary(self, listing: Listing) -> Any:
        days = contract_rules(listing.actor.unit, listing.actor.on).due
        return _("Due within %(days)s days of %(day)s, or not done in time") % {"days": days, "day": listing.actor.on}

    @property
    def empty(self) -> dict[str, Any]:
        text = _(
            "No probation and no term ends soon. Contracts are concluded on the page of a person, under “Unit and post”."
        )
        return {"icon": "ok", "heading": _("Nothing is due"), "text": text, "actions": []}


class OfContract(PersonForm):
    """A form about somebody's contract."""

    permission: ClassVar[str | tuple[str, ...]] = CHANGE
    help = HELP
    references = REFERENCES
    needs_contract: ClassVar[bool] = True

    def load(self) -> None:
        super().load()
        if self.needs_contract and self.contract is None:
            raise Http404

    @cached_property
    def contract(self) -> Contract | None:
        """The contract that holds today or begins next."""
        return contract_of(self.object, self.on)

    @property
    def held(self) -> Contract:
        """The same, where the page is about one."""
        assert self.contract is not None  # noqa: S101 - asked in load()
        return self.contract

    def now(self) -> list[Fact]:
        if self.contract is None:
            return []
        values, one = values_of(self.actor), self.contract
        kind = values.code("contract_kind", one.kind)
        told = [values.unit(one.unit_id), period_words(one.valid), one.number]
        facts = [Fact(_("Contract"), kind, sub=pgettext("list separator", ", ").join(filter(None, told)))]
        if one.probation_last:
            verdict = values.code("probation_verdict", one.probation_verdict) or _("not judged yet")
            facts.append(Fact(_("Probation until"), one.probation_last, sub=verdict))
        return facts


class ConcludeContract(OfContract):
    """Conclude a contract; where one holds, the ways on are named."""

    name = "contract_conclude"
    route = "teachers/<uuid:public_id>/contract/"
    title = gettext_lazy("Conclude a contract")
    form_class = ConcludeForm
    submit_label = gettext_lazy("Conclude")
    done_message = gettext_lazy("The contract is on file.")
    needs_contract = False

    def initial(self) -> dict[str, Any]:
        unit = Unit.objects.visible_to(self.actor).filter(pk=self.object.unit).first() if self.object.unit else None
        return {"unit": unit, "kind": "appointment", "starts": self.on}

    def findings(self) -> list[Finding]:
        if self.contract is None:
            return []
        tones = {True: ("green", "ok"), False: ("red", "no"), None: ("amber", "alert")}
        found = term_findings(terms_of(self.contract), self.contract.unit)
        return [Finding(*said(one), *tones[one.met], reference=one.reference) for one in found]

    def ways(self) -> list[Action]:
        if self.contract is None:
            return []
        key = [self.object.public_id]
        found = []
        if self.contract.probation_last and not self.contract.probation_verdict:
            found.append(Action(_("Judge the probation"), reverse("contract_probation", args=key), "check"))
        if self.contract.valid.upper is not None and not self.contract.ground:
            found.append(Action(_("Renew"), reverse("contract_renew", args=key), "refresh"))
        found.append(Action(_("Change"), reverse("contract_change", args=key), "pen"))
        return [*found, Action(_("End"), reverse("contract_end", args=key), "no")]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        conclude_contract(
            actor=self.actor, teacher=self.object, unit=data["unit"], starts=data["starts"], ends=form.after("last_day"), kind=data["kind"],
            number=data["number"], signed_on=data["signed_on"], first_job=data["first_job"], probation_last=data["probation"],
            note=data["note"], reason=data["reason"], document=data["document"],
        )  # fmt: skip
        return self.cancel_url


class JudgeProbation(OfContract):
    """Record the verdict of a probation."""

    name = "contract_probation"
    route = "teachers/<uuid:public_id>/contract/probation/"
    title = gettext_lazy("Judge the probation")
    form_class = VerdictForm
    submit_label = gettext_lazy("Record the verdict")
    done_message = gettext_lazy("Recorded.")

    def initial(self) -> dict[str, Any]:
        return {"on": self.on}

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        judge_probation(
            actor=self.actor,
            contract=self.held,
            verdict=data["verdict"],
            on=data["on"],
            document=data["document"],
            reason=data["reason"],
        )
        return self.cancel_url


class ChangeContract(OfContract):
    """Record what was agreed to change."""

    name = "contract_change"
    route = "teachers/<uuid:public_id>/contract/change/"
    title = gettext_lazy("Change the contract")
    form_class = ChangeForm
    submit_label = gettext_lazy("Record the change")
    done_message = gettext_lazy("Recorded.")

    def initial(self) -> dict[str, Any]:
        return {"on": self.on}

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        change_contract(
            actor=self.actor, contract=self.held, on=data["on"], note=data["note"], number=data["number"], document=data["document"],
            reason=data["reason"],
        )  # fmt: skip
        return self.cancel_url


class RenewContract(OfContract):
    """Conclude the contract that follows."""

    name = "contract_renew"
    route = "teachers/<uuid:public_id>/contract/renew/"
    title = gettext_lazy("Renew the contract")
    form_class = RenewForm
    submit_label = gettext_lazy("Renew")
    done_message = gettext_lazy("The contract that follows is on file.")

    def findings(self) -> list[Finding]:
        days = contract_rules(self.held.unit, self.on).renewal
        text = _(
            "The unit says %(days)s days before the end whether it renews; the notice is printed under “Papers”."
        ) % {"days": days}
        return [Finding(_("Notice of renewal"), text, icon="info")]

    def ways(self) -> list[Action]:
        return [Action(_("End instead"), reverse("contract_end", args=[self.object.public_id]), "no")]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        renew_contract(
            actor=self.actor, contract=self.held, ends=form.after("last_day"), number=data["number"], signed_on=data["signed_on"],
            document=data["document"], reason=data["reason"],
        )  # fmt: skip
        return self.cancel_url


class EndContract(OfContract):
    """End a contract on a ground."""

    name = "contract_end"
    route = "teachers/<uuid:public_id>/contract/end/"
    title = gettext_lazy("End the contract")
    form_class = EndContractForm
    submit_label = gettext_lazy("End it")
    done_message = gettext_lazy("It ends. The certificate is printed under “Papers”.")

    def findings(self) -> list[Finding]:
        """The days of notice of each ground."""
        rules = contract_rules(self.held.unit, self.on)
        values = values_of(self.actor)
        told = [
            _("%(ground)s: %(days)s days") % {"ground": values.code("contract_ground", code), "days": one.notice}
            for code, one in rules.grounds.items()
            if one.notice
        ]
        text = pgettext("clause separator", "; ").join(told)
        return [Finding(_("Days of notice"), text, icon="info", reference=rules.reference)]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        end_contract(
            actor=self.actor, contract=self.held, ground=data["ground"], ends=form.after("last_day"), notice_on=data["notice_on"],
            document=data["document"], reason=data["reason"],
        )  # fmt: skip
        return self.cancel_url
