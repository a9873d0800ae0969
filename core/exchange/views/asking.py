"""Requests for workbooks: what was asked, what came, reminding and closing; asking anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.codes.values import values_of
from core.exchange.asking.models import WorkbookRequest
from core.exchange.asking.rules import MOST_DAYS
from core.exchange.asking.selectors import ASK, LOOK, open_to, own_requests, requests, tallies
from core.exchange.asking.services import ask, close, remind, senders, to_remind, usual_days
from core.exchange.asking.statuses import LOOKS, OUTSTANDING, SETTLED, Status
from core.exchange.kinds import all_kinds, common_kinds
from core.exchange.views.asked import COLUMNS, asked_rows, prepare_asked, ranked
from core.exchange.views.template import template_links
from core.org.models import Unit, UnitKind
from core.registry import ListColumn
from core.web.due import days_words
from core.web.filters import ChoiceFilter
from core.web.forms import DayField
from core.web.pages import ActionPage, DetailPage, FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Fact, Link, Stat
from core.web.tables import table

MOST_SHOWN = 100
BELOW, PICKED = "below", "picked"
HELP = gettext_lazy(
    "A bureau asks units below it for a workbook by a day, and sees here who has sent what. A workbook of the same kind that a unit "
    "sends afterwards answers by itself; a bureau that sends for its schools says so when it uploads. The system reminds some working "
    "days before and on the due day."
)


def kind_of(request: WorkbookRequest) -> Any:
    """What the workbook is about, in words."""
    kind = all_kinds().get(request.kind)
    return kind.label if kind else request.kind


def counted(request: Any, *statuses: str) -> int:
    """How many asked units stand so; prepared set-wise for a list."""
    return sum(request.tally[status] for status in statuses)


def _due(request: Any, actor: Any) -> Cell:
    """The day, and what is left of it while somebody still has to send."""
    if request.closed_at is not None or not counted(request, *OUTSTANDING):
        return Cell(request.due.isoformat())
    return Cell(request.due.isoformat(), sub=days_words(request.due, actor.on))


def _state(request: Any) -> Cell:
    """Whether a request is open, with what remains."""
    if request.closed_at is not None:
        return Cell(badge=Badge(_("no longer open")))
    if not counted(request, *OUTSTANDING):
        return Cell(badge=Badge(_("all have sent"), "green", "check"))
    late = counted(request, Status.LATE)
    if late:
        return Cell(badge=Badge(ngettext("%(n)s late", "%(n)s late", late) % {"n": late}, "red", "alert"))
    return Cell(badge=Badge(_("still open"), "amber", "clock"))


class RequestList(ListPage):
    """The requests of the actor's units, and those that ask them."""

    name = "requests"
    route = "imports/requests/"
    permission = LOOK
    title = gettext_lazy("Requested workbooks")
    everything_label = gettext_lazy("all requests")
    default_sort = "-due"
    exported = False
    help = HELP
    empty = {
        "icon": "mail",
        "heading": gettext_lazy("No workbook was requested yet"),
        "text": gettext_lazy("A bureau asks units below it for a workbook; what came and who is late is counted here."),
    }
    columns = (
        ListColumn(
            "title",
            gettext_lazy("Request"),
            lambda row, _actor: Cell(row.title, reverse("request", args=[row.public_id])),
            order=0,
        ),
        ListColumn("kind", gettext_lazy("Kind"), lambda row, _actor: kind_of(row), order=10),
        ListColumn("due", gettext_lazy("Due"), _due, sort=("due",), indexed=True, nowrap=True, order=20),
        ListColumn(
            "by",
            gettext_lazy("Asked by"),
            lambda row, actor: Cell(values_of(actor).unit(row.unit_id), sub=str(row.user)),
            order=30,
        ),
        ListColumn(
            "asked", gettext_lazy("Units asked"), lambda row, _actor: sum(row.tally.values()), number=True, order=40
        ),
        ListColumn(
            "open", gettext_lazy("Not sent"), lambda row, _actor: counted(row, *OUTSTANDING), number=True, order=50
        ),
        ListColumn(
            "waits",
            gettext_lazy("To be accepted"),
            lambda row, _actor: counted(row, Status.SENT, Status.WAITS),
            number=True,
            order=60,
        ),
        ListColumn(
            "refused",
            gettext_lazy("Rows refused"),
            lambda row, _actor: counted(row, Status.REFUSED),
            number=True,
            order=70,
        ),
        ListColumn("done", gettext_lazy("Accepted"), lambda row, _actor: counted(row, *SETTLED), number=True, order=80),
        ListColumn("state", gettext_lazy("State"), lambda row, _actor: _state(row), order=90),
    )
    filters = (
        ChoiceFilter(
            "state", gettext_lazy("State"), lambda rows, value, _actor: rows.filter(closed_at__isnull=value == "open"),
            options=(("open", gettext_lazy("still open")), ("closed", gettext_lazy("no longer open"))),
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return requests(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        found = tallies(actor, rows)
        for row in rows:
            row.tally = found[row.pk]
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        board = Action(_("Who sent what"), reverse("board"), "chart")
        new = Action(_("Request a workbook"), reverse("request_new"), "mail", primary=True)
        return [board, new] if self.actor.may(ASK) else [board]


class RequestPage(DetailPage):
    """One request: what is asked, and where each unit stands that the reader sees."""

    name = "request"
    route = "imports/requests/<uuid:public_id>/"
    permission = LOOK
    template = "exchange/request.html"
    help = HELP

    def rows(self) -> Any:
        return requests(self.actor)

    def heading(self) -> Any:
        return self.object.title

    def context(self) -> dict[str, Any]:
        request, actor = self.object, self.actor
        tally = tallies(actor, [request])[request.pk]
        rows = list(
            ranked(asked_rows(actor).filter(request=request), actor).order_by("rank", "unit__code")[:MOST_SHOWN]
        )
        prepare_asked(rows, actor)
        columns = [column for column in COLUMNS if column.key not in {"request", "kind", "due"}]
        every = reverse("asked") + f"?request={request.public_id}&open=all"
        return {
            "crumbs": [Link(RequestList.title, reverse("requests"))],
            "facts": self._facts(),
            "stats": [
                Stat(status.label, tally[status], f"{every}&state={status}", tone=LOOKS[status][0], icon=LOOKS[status][1])
                for status in Status
                if tally[status]
            ],
            "table": table(_("Asked units"), columns, rows, actor) if rows else None,
            "every": every,
            "actions": self._actions(tally),
        }  # fmt: skip

    def _facts(self) -> list[Fact]:
        request, values = self.object, values_of(self.actor)
        due = Fact(_("Due"), request.due, sub="" if request.closed_at else days_words(request.due, self.on))
        templates = [link for link in template_links(self.actor) if link.label == kind_of(request)]
        return [
            Fact(_("Kind"), kind_of(request), url=templates[0].url if templates else "", sub=_("template") if templates else ""),
            Fact(_("What is asked for"), request.words),
            due,
            Fact(_("Asked by"), values.unit(request.unit_id), sub=str(request.user)),
            Fact(_("Asked on"), timezone.localtime(request.created_at).date()),
            Fact(_("The system reminds"), _("%(n)s working days before, and on the due day") % {"n": request.remind_before}),
            *([Fact(_("No longer asked since"), timezone.localtime(request.closed_at).date())] if request.closed_at else []),
        ]  # fmt: skip

    def _actions(self, tally: Any) -> list[Action]:
        request, actor, found = self.object, self.actor, []
        if request.closed_at is not None:
            return []
        ids = [request.public_id]
        if actor.may("exchange.import") and open_to(actor).filter(pk=request.pk).exists():
            url = reverse("import_new") + f"?answers={request.public_id}"
            found.append(Action(_("Answer this"), url, "upload", primary=True))
        if actor.may(ASK) and own_requests(actor).filter(pk=request.pk).exists():
            late = sum(tally[status] for status in OUTSTANDING)
            why = "" if late else _("All have sent.")
            found.append(
                Action(_("Remind those who have not sent"), reverse("request_remind", args=ids), "mail", why_not=why)
            )
            found.append(Action(_("Close"), reverse("request_close", args=ids), "lock", quiet=True))
        return found


class RequestForm(forms.Form):
    """What is asked, of whom, by when."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    title = forms.CharField(
        label=gettext_lazy("Name of the request"),
        max_length=80,
        help_text=gettext_lazy("Such as: Roster of autumn 2026"),
    )
    words = forms.CharField(
        label=gettext_lazy("What is asked for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    due = DayField(label=gettext_lazy("Due"))
    whom = forms.ChoiceField(label=gettext_lazy("Who is asked"))
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Units"), required=False, widget=forms.SelectMultiple(attrs={"data-picker": ""}),
        help_text=gettext_lazy("Only where single units are asked."),
    )  # fmt: skip
    remind_before = forms.IntegerField(
        label=gettext_lazy("The system reminds, working days before"), min_value=0, max_value=MOST_DAYS,
        help_text=gettext_lazy("And once more on the due day, whoever has not sent."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[Any], whom: list[Any], units: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kind", kinds), ("whom", whom), ("units", units)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("whom") == PICKED and not data.get("units"):
            self.add_error("units", _("Choose at least one unit that is asked."))
        return data


class NewRequest(FormPage):
    """Ask units below for a workbook."""

    name = "request_new"
    route = "imports/requests/new/"
    permission = ASK
    title = gettext_lazy("Request a workbook")
    form_class = RequestForm
    submit_label = gettext_lazy("Ask")
    done_message = gettext_lazy("Asked. It stands on the first page of everybody who sends workbooks there.")
    help = HELP

    def below(self) -> list[Unit]:
        """The units that can be asked, in the order of the tree; read once."""
        known: list[Unit] | None = self.__dict__.get("_below")
        if known is None:
            rows = Unit.objects.visible_to(self.actor).exclude(pk=self.actor.unit.pk).open_on(self.on)
            known = self.__dict__["_below"] = list(rows.named(self.on).in_tree())
        return known

    def form_options(self) -> dict[str, Any]:
        levels = {unit.kind for unit in self.below()}
        every = [
            (kind.value, _("all units of the level: %(level)s") % {"level": kind.label}) for kind in UnitKind if kind in levels
        ]  # fmt: skip
        return {
            "kinds": [(name, kind.label) for name, kind in common_kinds().items() if levels & senders(name)],
            "whom": [(BELOW, _("all units directly below")), *every, (PICKED, _("single units"))],
            "units": [(str(unit.public_id), str(unit)) for unit in self.below()],
        }

    def initial(self) -> dict[str, Any]:
        return {"kind": "teachers", "whom": BELOW, "remind_before": usual_days(self.actor.unit, self.on)}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(RequestList.title, reverse("requests"))]}

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("requests")

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        request = ask(
            actor=self.actor, kind=data["kind"], title=data["title"], words=data["words"], due=data["due"],
            units=self._asked(data), remind_before=data["remind_before"],
        )  # fmt: skip
        return reverse("request", args=[request.public_id])

    def _asked(self, data: dict[str, Any]) -> list[Unit]:
        """The units that the form means. Of “directly below” those are left out where nobody sends such a workbook."""
        whom = data["whom"]
        if whom == PICKED:
            return [unit for unit in self.below() if str(unit.public_id) in set(data["units"])]
        if whom == BELOW:
            levels = senders(data["kind"])
            return [one for one in self.below() if one.parent_id == self.actor.unit.pk and one.kind in levels]
        return [unit for unit in self.below() if unit.kind == whom]


class RequestAct(ActionPage):
    """An act on a request of one's own units; it leads back to the request."""

    permission = ASK

    def rows(self) -> Any:
        return own_requests(self.actor)

    def back(self) -> str:
        return reverse("request", args=[self.object.public_id])


class RemindUnits(RequestAct):
    """Remind those who have not sent, after saying how many that are."""

    name = "request_remind"
    route = "imports/requests/<uuid:public_id>/remind/"
    title = gettext_lazy("Remind those who have not sent")
    submit_label = gettext_lazy("Remind them")

    @property
    def question(self) -> Any:
        """How many units are reminded, and of what."""
        if self.object is None:
            return self.title
        number = to_remind(self.object, self.on).count()
        said = ngettext(
            "%(n)s unit is reminded of “%(title)s”, due %(due)s. It stands on the first page of its clerks, with today's day.",
            "%(n)s units are reminded of “%(title)s”, due %(due)s. It stands on the first page of their clerks, with today's day.",
            number,
        ) % {"n": number, "title": self.object.title, "due": self.object.due.isoformat()}
        return f"{said} {_('Who was reminded today already is not reminded again.')}"

    def act(self) -> str:
        number = remind(actor=self.actor, request=self.object)
        self.done_message = ngettext("%(n)s unit reminded.", "%(n)s units reminded.", number) % {"n": number}
        return self.back()


class CloseRequest(RequestAct):
    """Ask no longer."""

    name = "request_close"
    route = "imports/requests/<uuid:public_id>/close/"
    title = gettext_lazy("Close the request")
    submit_label = gettext_lazy("Close it")
    question = gettext_lazy(
        "Nobody is reminded any more, and workbooks that come later do not count as answers. What was sent stays. Close the request?"
    )
    done_message = gettext_lazy("The request is closed.")

    def act(self) -> str:
        close(actor=self.actor, request=self.object)
        return self.back()
