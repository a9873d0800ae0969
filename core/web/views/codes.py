"""Code lists: which there are, where their entries come from, and what a bureau adds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Min, Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.codes.files import heads
from core.codes.models import Code
from core.codes.selectors import entries, label
from core.codes.services import CodeError, add_code, add_synonym
from core.codes.values import values_of
from core.org.errors import NotAllowed
from core.registry import ListColumn
from core.web.filters import ChoiceFilter
from core.web.forms import ReasonForm
from core.web.listing import Listing
from core.web.pages import FormPage, ListPage, Page
from core.web.parts import Action, Badge, Cell, Column, Link, Row, Table

VIEW, CHANGE = "codes.view", "codes.change"
TONES = {Code.Mark.VERIFIED: ("green", "check"), Code.Mark.MEMORY: ("amber", "alert"), Code.Mark.LOCAL: ("", "")}
MARKS = {
    Code.Mark.VERIFIED: _("Verified"),
    Code.Mark.MEMORY: _("To be verified"),
    Code.Mark.LOCAL: _("Set by this system"),
}
MOST_WORDS = 30


def list_label(name: str) -> str:
    """What a code list is called."""
    head = heads().get(name)
    return head.label if head is not None else name


def has_standard(name: str) -> bool:
    """Whether the codes of a list are those of a standard; others are only the product's own and are not shown."""
    head = heads().get(name)
    return head is not None and bool(head.standard)


def source_of(name: str, reference: str) -> str:
    """Where a list comes from, in the reader's language where its file says so."""
    head = heads().get(name)
    return head.source if head is not None else reference


def codes_of(actor: Any) -> Any:
    """National entries, and those of the actor's unit, of the units above it and of all below."""
    path = actor.unit.path
    mine = Q(unit__path__ancestors=path) | Q(unit__path__descendants=path)
    return Code.objects.visible_to(actor).filter(Q(unit__isnull=True) | mine)


class CodeLists(Page):
    """All code lists, with where they come from and how sure that is."""

    name = "codes"
    route = "codes/"
    permission = VIEW
    title = _("Code lists")
    template = "core/pages/codes.html"
    help = _(
        "Facts are kept as codes of national standards, so that reports fit. Each entry says how sure its source is; entries “to be "
        "verified” were entered without the text of the standard at hand: compare them before a report relies on them. A bureau can add "
        "entries and ways of writing of its own."
    )

    def context(self) -> dict[str, Any]:
        marks = {mark: Count("pk", filter=Q(mark=mark, unit__isnull=True)) for mark in Code.Mark.values}
        rows = (
            codes_of(self.actor).filter(valid__contains=self.on).order_by().values("list_name")
            .annotate(number=Count("code", distinct=True), own=Count("pk", filter=Q(unit__isnull=False)), source=Min("reference"), **marks)
        )  # fmt: skip
        ordered = sorted(rows, key=lambda row: list_label(row["list_name"]))
        columns = [
            Column("list", gettext("Code list")), Column("entries", gettext("Entries"), number=True), Column("source", gettext("Source")),
            Column("sure", gettext("Certainty")), Column("own", gettext("Added here"), number=True),
        ]  # fmt: skip
        return {"table": Table(self.title, columns, [self._row(row) for row in ordered])}

    def _row(self, row: dict[str, Any]) -> Row:
        url = reverse("code_list", args=[row["list_name"]])
        return Row([
            Cell(list_label(row["list_name"]), url), row["number"], source_of(row["list_name"], row["source"]), certainty(row),
            row["own"] or "",
        ])  # fmt: skip


def certainty(row: dict[str, Any]) -> Cell:
    """The least sure mark among the national entries of a list, with its number where not all bear it."""
    for mark in (Code.Mark.MEMORY, Code.Mark.LOCAL, Code.Mark.VERIFIED):
        number = row[mark.value]
        if number:
            tone, icon = TONES[mark]
            some = "" if number == row["number"] else f" ({number})"
            return Cell(badge=Badge(f"{MARKS[mark]}{some}", tone, icon))
    return Cell("")


def _mark(row: Code, _actor: Any) -> Cell:
    """How sure the source is; the source itself stands above the list, where it is the same for all."""
    mark = Code.Mark(row.mark)
    tone, icon = TONES[mark]
    head = heads().get(row.list_name)
    sub = "" if head is not None and row.reference == head.source_zh else row.reference
    return Cell(badge=Badge(MARKS[mark] if row.unit_id is None else gettext("Added here"), tone, icon), sub=sub)


def _words(row: Code, _actor: Any) -> str:
    return pgettext("list separator", ", ").join(row.synonyms)


def _owner(row: Code, actor: Any) -> str:
    if row.unit_id:
        return values_of(actor).unit(row.unit_id)
    return (
        gettext("National standard")
        if has_standard(row.list_name) and row.mark != Code.Mark.LOCAL
        else gettext("This system")
    )


def _state(rows: Any, value: str, actor: Any) -> Any:
    return rows.filter(valid__contains=actor.on) if value == "now" else rows.exclude(valid__contains=actor.on)


class OneList(Page):
    """What pages about one code list share: the list exists, else 404."""

    permission = VIEW

    def load(self) -> None:
        if not Code.objects.filter(list_name=self.kwargs["list"]).exists():
            raise Http404

    @property
    def list_name(self) -> str:
        """Which list the page is about."""
        found: str = self.kwargs["list"]
        return found

    def list_url(self) -> str:
        """The address of the list."""
        return reverse("code_list", args=[self.list_name])


CODE = ListColumn("order", _("Code"), lambda row, _actor: row.code, sort=("order", "code"), indexed=True, order=0)


class CodeList(OneList, ListPage):
    """The entries of one list: names, ways of writing that are read as them, source, period."""

    name = "code_list"
    route = "codes/<slug:list>/"
    everything_label = _("In force today")
    can_search = True
    search_label = _("Code, name or way of writing")
    default_sort = "zh"
    help = CodeLists.help
    columns = (
        CODE,
        ListColumn(
            "zh", _("Chinese name"), lambda row, _actor: row.name_zh, sort=("order", "code"), indexed=True, order=10
        ),
        ListColumn("en", _("English name"), lambda row, _actor: row.name_en, order=20),
        ListColumn("words", _("also read from"), _words, order=30),
        ListColumn(
            "belongs", _("belongs to"), lambda row, _actor: label(row.list_name, row.parent), shown=False, order=40
        ),
        ListColumn("owner", _("Set by"), _owner, order=50),
        ListColumn("mark", _("Certainty"), _mark, order=60),
        ListColumn("from", _("From"), lambda row, _actor: row.valid.lower, nowrap=True, shown=False, order=70),
        ListColumn("until", _("Until"), lambda row, _actor: row.valid.upper, nowrap=True, shown=False, order=80),
    )
    filters = (
        ChoiceFilter(
            "state", _("State"), _state, default="now", options=(("now", _("in force")), ("other", _("ended or to come"))), order=10
        ),
        ChoiceFilter(
            "mark", _("Certainty"), lambda rows, value, _actor: rows.filter(mark=value), options=tuple(MARKS.items()), order=20
        ),
        ChoiceFilter(
            "owner", _("Set by"), lambda rows, value, _actor: rows.filter(unit__isnull=value == "national"),
            options=(("national", _("Shipped with the system")), ("own", _("Added here"))), order=30,
        ),
    )  # fmt: skip

    def heading(self) -> Any:
        return gettext("Code list: %(name)s") % {"name": list_label(self.list_name)}

    def summary(self, listing: Listing) -> Any:
        source = source_of(self.list_name, "")
        return gettext("Source: %(source)s") % {"source": source} if source else ""

    def own_columns(self) -> tuple[ListColumn, ...]:
        return self.columns if has_standard(self.list_name) else tuple(one for one in self.columns if one is not CODE)

    def rows_of(self, actor: Any) -> Any:
        return codes_of(actor).filter(list_name=self.list_name)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        named = Q(name_zh__icontains=text) | Q(name_en__icontains=text)
        return rows.filter(named | Q(code=text) | Q(synonyms__contains=[text]))

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        if not self.actor.may(CHANGE):
            return []
        return [
            Action(gettext("Add a way of writing"), reverse("code_word", args=[self.list_name]), "pen"),
            Action(gettext("Add an entry"), reverse("code_add", args=[self.list_name]), "plus", primary=True),
        ]


class CodeForm(ReasonForm):
    """An entry of a bureau's own."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    synonyms = forms.CharField(
        label=_("also read from"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Other words that workbooks use for it, one a line."),
    )  # fmt: skip
    parent = forms.ChoiceField(label=_("belongs to"), required=False, widget=forms.Select(attrs={"data-picker": ""}))

    field_order = ("name_zh", "name_en", "synonyms", "parent", "reason")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("nothing")), *choices]  # type: ignore[attr-defined]

    def clean_synonyms(self) -> list[str]:
        """The words, without blank lines."""
        words = [word.strip() for word in self.cleaned_data["synonyms"].splitlines() if word.strip()]
        if len(words) > MOST_WORDS or any(len(word) > 80 for word in words):
            raise forms.ValidationError(_("At most %(most)d words of 80 characters.") % {"most": MOST_WORDS})
        return words


class WordForm(ReasonForm):
    """A way of writing that is to be read as a code."""

    code = forms.ChoiceField(label=_("Entry"), widget=forms.Select(attrs={"data-picker": ""}))
    word = forms.CharField(
        label=_("is also read from"),
        max_length=80,
        help_text=_("As workbooks write it; blanks and width do not matter."),
    )

    field_order = ("code", "word", "reason")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = choices  # type: ignore[attr-defined]


class ChangeList(OneList, FormPage):
    """Adding to a list, for the actor's unit and all below it."""

    permission = CHANGE
    refusals = (NotAllowed, CodeError)
    record = None

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(list_label(self.list_name)), str(self.title)])

    def form_options(self) -> dict[str, Any]:
        known = entries(self.list_name, self.on, self.actor.unit)
        named = "{0.code} {0.label}" if has_standard(self.list_name) else "{0.label}"
        return {"choices": [(entry.code, named.format(entry)) for entry in known]}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(CodeLists.title, reverse("codes")), Link(list_label(self.list_name), self.list_url())]}

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return self.list_url()


class AddCode(ChangeList):
    """An entry of one's own."""

    name = "code_add"
    route = "codes/<slug:list>/add/"
    title = _("Add an entry")
    form_class = CodeForm
    submit_label = _("Add the entry")
    done_message = _("The entry is there for your unit and all below it.")
    help = _(
        "Use what the standard has where it fits: reports to the province know national codes only. The code is given by the system."
    )

    def save(self, form: Any) -> str:
        add_code(actor=self.actor, unit=self.actor.unit, list_name=self.list_name, on=self.on, **form.cleaned_data)
        return self.list_url()


class AddWord(ChangeList):
    """A way of writing of one's own for an entry."""

    name = "code_word"
    route = "codes/<slug:list>/word/"
    title = _("Add a way of writing")
    form_class = WordForm
    submit_label = _("Add the way of writing")
    done_message = _("From now on it is read so in workbooks of your unit and all below it.")
    help = _(
        "When a workbook is checked, a word that no list knows is refused. "
        "Here you say what it means, once for all workbooks to come."
    )

    def initial(self) -> dict[str, Any]:
        return {"word": self.request.GET.get("word", "")[:80], "code": self.request.GET.get("code", "")}

    def save(self, form: Any) -> str:
        add_synonym(actor=self.actor, unit=self.actor.unit, list_name=self.list_name, on=self.on, **form.cleaned_data)
        return self.list_url()
