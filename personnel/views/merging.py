"""Two files of one person: which is the other one, what counts, what follows, and the merge."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import label, period_words, values_of
from core.records.errors import StaleRecord
from core.records.models import Change
from core.registry import registry
from core.web.pages import DetailPage
from core.web.parts import Action, Cell, Column, Fact, Finding, Link, Pair, Row, Table
from personnel import services
from personnel.forms.merging import PLAN, MergeForm, OtherFileForm
from personnel.models import Teacher
from personnel.selectors.accounts import papers_of
from personnel.selectors.corrections import open_requests
from personnel.selectors.finding import search_teachers
from personnel.selectors.likeness import pair_of
from personnel.selectors.merged import closed_file
from personnel.selectors.teachers import teachers_on
from personnel.selectors.versions import named
from personnel.services.merging import (
    HERE,
    THERE,
    Choice,
    Merge,
    plan_merge,
    why_not,
)
from personnel.services.merging.plan import ACCOUNT, FIELDS, PERMISSION, in_file, is_person
from personnel.services.merging.writing import Writing, outcome
from personnel.services.trying import try_out
from personnel.views.checking import CheckedForm
from personnel.views.likenesses import grounds_words
from personnel.views.marks import kind_label
from personnel.views.moved import OfPerson
from personnel.views.teachers import note_search, unit_url

MOST_FOUND: Final = 12


class ChooseOther(OfPerson, DetailPage):
    """Of whom there is a second file: it is looked for by name or number."""

    name = "merge_choose"
    route = "teachers/<uuid:public_id>/merge/"
    permission = PERMISSION
    template = "personnel/merge_choose.html"
    help = gettext_lazy(
        "Two files of one person are merged into one: records that do not contradict each other all move, of the others you choose. "
        "Personal data must be right and complete (Personal Information Protection Law, article 8)."
    )

    def heading(self) -> str:
        return _("%(name)s: the same person as …") % {"name": self.object.name}

    def entered(self) -> None:
        services.note_look(actor=self.actor, teacher=self.object)

    def context(self) -> dict[str, Any]:
        text = self.request.GET.get("q", self.object.name)
        form = OtherFileForm(initial={"q": text})
        found: list[Any] = []
        if text.strip():
            note_search(self.actor, text)
            rows = search_teachers(teachers_on(self.actor, self.on), text).exclude(pk=self.object.pk)
            found = list(rows.order_by("pinyin", "pk")[:MOST_FOUND])
        values = values_of(self.actor)
        values.prime(units=[row.unit for row in found])
        head = [Column("name", _("Name")), Column("birth", _("Date of birth"), number=True), Column("unit", _("Unit"))]
        rows_told = [
            Row(
                [
                    Cell(row.name, self._merge_url(row)),
                    row.birth,
                    Cell(values.unit(row.unit), unit_url(row.unit_public_id)),
                ]
            )
            for row in found
        ]
        return {
            "crumbs": [Link(self.object.name, reverse("teacher", args=[self.object.public_id])), Link(_("Merge"))],
            "form": form,
            "table": Table(_("Found"), head, rows_told) if found else None,
            "empty": {
                "icon": "search", "heading": _("Nobody else found"),
                "text": _("Look by another name, by pinyin, or by a whole number. Only files of your units are found."),
            },
        }  # fmt: skip

    def _merge_url(self, row: Any) -> str:
        return reverse("merge_files", args=[self.object.public_id, row.public_id])


class MergeFiles(OfPerson, CheckedForm):
    """Two files beside each other; each difference is decided, checked, and then both are one."""

    name = "merge_files"
    route = "teachers/<uuid:public_id>/merge/<uuid:other>/"
    permission = PERMISSION
    form_class = MergeForm
    template = "personnel/merge.html"
    done_message = gettext_lazy("The two files are one. The old address leads to it.")
    help = gettext_lazy(
        "Choose for each difference which file is right. Protected values can be chosen without being seen. Nothing is lost: the "
        "history of both stays, and the merge can be undone until the merged file changes (Personal Information Protection Law, "
        "articles 8 and 46)."
    )

    def load(self) -> None:
        """Find both files among the visible ones; a second one that was merged meanwhile is told, not hidden."""
        super().load()
        rows = teachers_on(self.actor, self.on).select_related("key").filter(public_id=self.kwargs["other"])
        found = rows.first() or closed_file(self.actor, self.kwargs["other"])
        if found is None:
            raise Http404
        self.other: Any = found

    def rows(self) -> Any:
        return super().rows().select_related("key")

    def entered(self) -> None:
        services.note_looks(actor=self.actor, teachers=[self.object.pk, self.other.pk])

    @property
    def record(self) -> Any:
        """The form carries what was seen of both files by itself."""
        return None

    @cached_property
    def made(self) -> Merge:
        """Both files beside each other, as they are now."""
        return plan_merge(self.object, self.other)

    def heading(self) -> str:
        return _("Merge two files of %(name)s") % {"name": self.object.name}

    @property
    def cancel_url(self) -> str:
        """Back to the file that stays."""
        return reverse("teacher", args=[self.object.public_id])

    def form_options(self) -> dict[str, Any]:
        asked = [
            (one.key, self._question(one), self._side(one, HERE), self._side(one, THERE)) for one in self.made.choices
        ]
        if self.made.accounts:
            asked.append(
                (
                    ACCOUNT,
                    _("Which account leads to the file"),
                    str(self.object.user.username),
                    str(self.other.user.username),
                )
            )
        return {"actor": self.actor, "questions": asked, "seen": self.made.seen}

    def _question(self, choice: Choice) -> str:
        if choice.sort == FIELDS:
            field = label(choice.model, choice.names[0])
            said = {"section": choice.label, "field": field}
            return field if is_person(choice) or field == str(choice.label) else _("%(section)s: %(field)s") % said
        if getattr(choice.here[0], "valid", None):
            return _("%(section)s, where both files speak of the same days") % {"section": choice.label}
        return str(choice.label)

    def _side(self, choice: Choice, side: str) -> str:
        rows = choice.here if side == HERE else choice.there
        if choice.sort == FIELDS:
            told = self._fields(choice, rows[0]) or _("not recorded")
        else:
            told = pgettext("between sentences", "; ").join(self._row(choice.model, row) for row in rows)
        where = _("this file, stays") if side == HERE else _("the file that goes into it")
        return f"{told} ({where})" if not self._chinese else f"{told}（{where}）"

    @property
    def _chinese(self) -> bool:
        return bool(self.request.LANGUAGE_CODE.startswith("zh"))

    def _fields(self, choice: Choice, row: Any) -> str:
        shown = values_of(self.actor).shown
        known = {
            *(one.name for one in choice.model._meta.concrete_fields if one.editable),
            *getattr(row, "_protected", {}),
        }
        texts = [shown(choice.model, name, row).text for name in choice.names if name in known]
        return pgettext("list separator", ", ").join(filter(None, texts))

    def _row(self, model: Any, row: Any) -> str:
        shown, section = values_of(self.actor).shown, self._sections.get(model._meta.label)
        names = section.primary if section is not None and section.primary else ()
        texts = [shown(model, name, row).text for name in names]
        if getattr(row, "valid", None):
            texts.append(period_words(row.valid))
        return pgettext("list separator", ", ").join(filter(None, texts)) or str(named(model))

    @cached_property
    def _sections(self) -> dict[str, Any]:
        return {section.model: section for section in registry.each("file_sections")}

    def context(self) -> dict[str, Any]:
        refused = why_not(self.actor, self.object, self.other)
        pair = pair_of(self.object, self.other)
        values = values_of(self.actor)
        swapped = reverse("merge_files", args=[self.other.public_id, self.object.public_id])
        told = [
            (_("The file that stays"), self.object, self._known(self.object, values)),
            (_("The file that is merged into it"), self.other, self._known(self.other, values)),
        ]
        return {
            "crumbs": [Link(self.object.name, self.cancel_url), Link(_("Merge"))],
            "refused": refused,
            "files": told,
            "grounds": grounds_words(pair.grounds) if pair is not None else "",
            "others": [
                Action(_("Let the other file stay instead"), url=swapped, icon="swap"),
                *([Action(_("These are two people"), url=reverse("likeness_differ", args=[pair.public_id]), icon="no")] if pair else []),
            ],
            "moving": self._moving(),
        }  # fmt: skip

    def _known(self, teacher: Any, values: Any) -> list[Fact]:
        unit = getattr(teacher, "unit", None)
        values.prime(units=[unit])
        document = teacher.identitydocuments.order_by("pk").first()
        return [
            Fact(label(Teacher, "name"), teacher.name, url=reverse("teacher", args=[teacher.public_id])),
            Fact(label(Teacher, "birth"), teacher.birth),
            Fact(_("Unit"), values.unit(unit)),
            Fact(label(Teacher, "staff_number"), teacher.staff_number),
            Fact(_("Identity document"), str(document.number) if document is not None else ""),
        ]

    def _moving(self) -> list[Pair]:
        """What moves whatever is chosen, and what both say alike."""
        return [
            *self._counted({model: rows for model, rows in self.made.moving.items() if in_file(model)}, _("moves over")),
            *self._counted({model: rows for model, rows in self.made.alike.items() if in_file(model)}, _("the same in both, stays once")),
        ]  # fmt: skip

    def _counted(self, rows_of: Any, what: str) -> list[Pair]:
        found = []
        for model, rows in rows_of.items():
            listed = pgettext("between sentences", "; ").join(self._row(model, row) for row in rows[:MOST_FOUND])
            found.append(Pair(named(model), what, listed))
        return found

    # checking, then writing

    def named(self, name: str) -> str:
        return label(Teacher, name)

    def act_words(self, _form: Any) -> Any:
        return kind_label(Change(kind="personnel.merge_files"))

    def _told(self, form: Any) -> Writing:
        return outcome(self.made, self.made.decided(form.chosen))

    def pairs(self, form: Any) -> list[Pair]:
        chosen = form.chosen
        found = [
            Pair(self._question(one), self._fields(one, one.here[0]), self._fields(one, one.there[0]))
            for one in (*self.made.choices, *self.made.filled)
            if one.sort == FIELDS and chosen.get(one.key, THERE) == THERE
        ]
        told = self._told(form)
        for model, moved in told.over.items():
            if in_file(model):
                listed = pgettext("between sentences", "; ").join(
                    self._with_days(model, row, values) for row, values in moved[:MOST_FOUND]
                )
                found.append(Pair(_("%(section)s, taken over") % {"section": named(model)}, None, listed))
        for model, row, values in told.here:
            if "valid" in values:
                found.append(Pair(named(model), self._row(model, row), self._with_days(model, row, values)))
            elif values.get("teacher_id"):
                found.append(Pair(named(model), self._row(model, row), _("stays in the history of the closed file")))
        for model, rows in told.gone.items():
            found += [Pair(named(model), self._row(model, row), self._gone(row)) for row in rows]
        return found

    def _gone(self, row: Any) -> str:
        """Why a record of a period is not in the file any more."""
        alike = any(row in (*one.here, *one.there) for one in self.made.settled)
        return _("the same in both, stays once") if alike else _("does not count, stays in the history")

    def _with_days(self, model: Any, row: Any, values: dict[str, Any]) -> str:
        said, valid = self._row(model, row), getattr(row, "valid", None)
        if valid is None or values["valid"] == valid:
            return said
        return said.replace(period_words(valid), period_words(values["valid"]))

    def tried(self, form: Any, *, follow: bool) -> list[Any]:
        if form.cleaned_data[PLAN] != self.made.seen:
            raise StaleRecord("the files are no longer as they were shown")
        told = self._told(form)
        models = {Teacher, *told.over, *told.gone, *(one[0] for one in told.here)}
        found = try_out(
            lambda: self.written(form, follow=follow), person=self.object.pk, models=models, actor=self.actor
        )
        return [*found, *self._more(form)]

    def _more(self, form: Any) -> list[Finding]:
        """What else follows: the account, papers, open requests, the address, the way back."""
        found = []
        if self.made.accounts:
            kept, left = (self.object, self.other) if form.chosen[ACCOUNT] == HERE else (self.other, self.object)
            said = {"kept": kept.user.username, "left": left.user.username}
            text = (
                _(
                    "%(kept)s leads to the file. %(left)s leads to none any more: have the security administrator lock it."
                )
                % said
            )
            found.append(Finding(_("Accounts"), text, "amber", icon="key"))
        if papers_of([self.other.pk]):
            found.append(
                Finding(
                    _("Papers"),
                    _("The papers about the other file are listed with this one; they say what they said."),
                    icon="paper",
                )
            )
        waiting = open_requests(self.other).count()
        if waiting:
            text = ngettext(
                "%(n)s open request for correction goes on in this file.",
                "%(n)s open requests for correction go on in this file.",
                waiting,
            ) % {"n": waiting}
            found.append(Finding(_("Requests for correction"), text, icon="pen"))
        text = _(
            "The old address leads here. Workbooks with the other number find this file. It can be undone until this file changes."
        )
        return [*found, Finding(_("Address and way back"), text, icon="undo")]

    def written(self, form: Any, *, follow: bool) -> Change:
        return services.merge_files(
            actor=self.actor,
            stays=self.object,
            goes=self.other,
            chosen=form.chosen,
            seen=form.cleaned_data[PLAN],
            **form.why,
        )

    undo_page: ClassVar[str] = "merge_undo"

    def _conflict(self, form: Any) -> HttpResponse:
        """Somebody changed one of the files: both are shown as they are now, what was chosen stays."""
        messages.warning(
            self.request, _("Somebody changed one of the files meanwhile. Look at both as they are now, then decide.")
        )
        chosen = {name: value for name, value in form.cleaned_data.items() if name != PLAN}
        self.__dict__.pop("made", None)
        return self.render(form=self.form(initial=chosen), status=409)
