"""Changing a fact: the new value and since when, why, and on what paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.range import Range

from core.codes.values import label, period_words, values_of
from core.records.models import Change, EffectiveRecord
from core.records.vault import blind_index
from core.registry import FileSection
from core.web.parts import Link, Pair
from personnel import services
from personnel.choices import ADD, CHANGE, CORRECT, END
from personnel.forms import FactForm
from personnel.selectors import versions as past
from personnel.services.facts import differing, saying_otherwise, wrong_too
from personnel.services.trying import try_out
from personnel.views.checking import CheckedForm
from personnel.views.facts import CHANGE as MAY_CHANGE
from personnel.views.moved import OfPerson

ACTS = {
    ADD: gettext_lazy("A new record of the section"),
    CHANGE: gettext_lazy("A change: the new values hold from the day on, the old ones up to it"),
    END: gettext_lazy("An end: nothing follows after the last day"),
    CORRECT: gettext_lazy("A correction: it was recorded wrongly, the right values count for all of the period"),
    "": gettext_lazy("New values; the old ones stay in the history"),
}
UNDATED_HELP = gettext_lazy("The old value stays in the history, with the reason and the paper.")


class AddFact(OfPerson, CheckedForm):
    """A new record of a section of a person's file."""

    name = "fact_add"
    route = "teachers/<uuid:public_id>/facts/<slug:section>/"
    permission = MAY_CHANGE
    form_class = FactForm
    done_message = gettext_lazy("Written into the file.")

    def load(self) -> None:
        """Find the person among the visible ones, then the section among those that apply and the record within it."""
        super().load()
        self.__dict__.pop("record", None)
        self.section  # noqa: B018 - looks it up
        changing = "record" in self.kwargs
        if (changing and self.record is None) or not (changing or past.addable(self.section)):
            raise Http404

    def entered(self) -> None:
        services.note_look(actor=self.actor, teacher=self.object)

    @cached_property
    def section(self) -> FileSection:
        """The section that the address names; 404 where it is none or does not apply."""
        known = past.sections_for(self.actor, self.object.post_family)
        found = next((one for one in known if one.name == self.kwargs["section"]), None)
        if found is None:
            raise Http404
        return found

    @property
    def model(self) -> Any:
        """The model of the section."""
        return past.model_of(self.section)

    @cached_property
    def record(self) -> Any:
        """The record that is changed; a new one has none."""
        return None

    @property
    def dated(self) -> bool:
        """Whether the section's records hold for periods."""
        return issubclass(self.model, EffectiveRecord)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that the form asks for."""
        return self.section.fields

    def heading(self) -> str:
        return _("%(name)s: %(section)s") % {"name": self.object.name, "section": self.section.label}

    @property
    def cancel_url(self) -> str:
        """Back to the tab of the section."""
        return f"{reverse('teacher', args=[self.object.public_id])}?tab={self.section.tab.name}"

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [
                Link(self.object.name, reverse("teacher", args=[self.object.public_id])),
                Link(self.section.label),
            ]
        }

    def form_options(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "model": self.model,
            "names": self.names,
            "needed": self.section.primary,
            "record": self.record,
            "dated": self.dated,
            "open_record": self._open_record(),
            "only_correct": bool(self.section.entered),
        }

    def _open_record(self) -> str:
        """The record that holds without end, in words, where a new one takes its place."""
        if self.record is not None or not self.dated or self.model.natural != ("teacher",):
            return ""
        held = self.model.objects.visible_to(self.actor).filter(teacher=self.object, valid__upper_inf=True).first()
        if held is None:
            return ""
        said = " ".join(filter(None, (self.said(name, getattr(held, name)) for name in self.section.primary)))
        return _("%(what)s, %(period)s") % {"what": said, "period": period_words(held.valid)}

    def described(self, record: Any) -> dict[str, Any]:
        """What the form says of a record: protected values stay empty."""
        protected = getattr(self.model, "_protected", {})
        return {name: "" if name in protected else getattr(record, name) for name in self.names}

    def compared(self, record: Any) -> dict[str, Any]:
        """Protected values by their blind index: the values themselves are not asked."""
        protected = getattr(self.model, "_protected", {})
        sealed = {name: getattr(record, f"{name}_index") for name in self.names if name in protected}
        return {**self.described(record), **{name: bytes(index or b"") for name, index in sealed.items()}}

    def same(self, name: str, typed: Any, value: Any) -> bool:
        protected = getattr(self.model, "_protected", {}).get(name)
        if protected is None:
            return super().same(name, typed, value)
        return not typed or blind_index(protected.kind, typed) == value

    def said(self, name: str, value: Any) -> Any:
        if name in getattr(self.model, "_protected", {}):  # what the reader typed, else the mask of what is on file
            return value if isinstance(value, str) else str(getattr(self.record, name))
        return values_of(self.actor).shown(self.model, name, value).text

    # checking what was typed, then writing it

    def named(self, name: str) -> str:
        return label(self.model, name)

    def act_words(self, form: Any) -> Any:
        return ACTS[form.act if self.dated or form.act == ADD else ""]

    def pairs(self, form: Any) -> list[Pair]:
        told = [
            Pair(self.named(name), None, said)
            for name, value in form.values.items()
            if (said := self.said(name, value))
        ]
        if self.dated:
            told.append(Pair(self.named("valid"), None, period_words(Range(form.cleaned_data["on"], form.until))))
        return told

    def tried(self, form: Any, *, follow: bool) -> list[Any]:
        return try_out(
            lambda: self.write(form, follow=follow), person=self.object.pk, models=(self.model,), actor=self.actor
        )

    def written(self, form: Any, *, follow: bool) -> Change:
        return past.change_behind(self.write(form, follow=follow))

    def write(self, form: Any, *, follow: bool) -> Any:
        return services.add_fact(
            actor=self.actor, teacher=self.object, model=self.model, values=form.values,
            since=form.cleaned_data["on"] if self.dated else None, until=form.until,
            closing=form.cleaned_data.get("closing", False), **form.why,
        )  # fmt: skip


class ChangeFact(AddFact):
    """A record of a section put right, or other values from a day on."""

    name = "fact_change"
    route = "teachers/<uuid:public_id>/facts/<slug:section>/<uuid:record>/"
    help = gettext_lazy(
        "A correction says that the file was wrong; a change says that life moved on from a day. Both are kept with the reason and the "
        "paper, and the old value stays in the history."
    )

    def load(self) -> None:
        super().load()
        if not self.dated:
            self.help = UNDATED_HELP

    @cached_property
    def record(self) -> Any:
        """The record of the address, among the person's visible ones."""
        rows = self.model.objects.visible_to(self.actor).filter(public_id=self.kwargs["record"])
        if self.model._meta.label == past.PERSON:
            return rows.filter(pk=self.object.pk).select_related("key").first()
        related = [
            field.name for field in self.model._meta.concrete_fields if field.is_relation and field.name != "teacher"
        ]
        return rows.filter(teacher=self.object).select_related("teacher__key", *related).first()

    def changed(self, form: Any) -> dict[str, Any]:
        """The values that differ from those on file."""
        return differing(self.record, form.values)

    def pairs(self, form: Any) -> list[Pair]:
        shown = values_of(self.actor).shown
        told = [
            Pair(self.named(name), shown(self.model, name, self.record).text, self.said(name, value))
            for name, value in self.changed(form).items()
        ]
        return [*told, *self._period_pair(form)] if self.dated else told

    def _period_pair(self, form: Any) -> list[Pair]:
        valid, on, until = self.record.valid, form.cleaned_data["on"], form.until
        name, was = self.named("valid"), period_words(valid)
        if form.act == CHANGE:
            ends = _("until then as before: %(period)s") % {"period": period_words(Range(valid.lower, on))}
            return [Pair(name, was, period_words(Range(on, until)), ends)]
        new = Range(valid.lower, until) if form.act == END else Range(on or valid.lower, until)
        return [Pair(name, was, period_words(new))] if new != valid else []

    def later(self, form: Any) -> list[tuple[Any, dict[str, Any]]]:
        if not self.dated or form.act == END:
            return []
        behind = saying_otherwise if form.act == CHANGE else wrong_too
        return behind(self.record, self.changed(form))

    def write(self, form: Any, *, follow: bool) -> Any:
        data = form.cleaned_data
        given = {"actor": self.actor, "record": self.record, "values": form.values, **form.why}
        if not self.dated:
            return services.correct_fact(**given)
        if form.act == CORRECT:
            valid = Range(data["on"] or self.record.valid.lower, form.until)
            return services.correct_fact(valid=valid, follow=follow, **given)
        if form.act == END:
            return services.end_fact(until=form.until, **given)
        return services.change_fact(on=data["on"], until=form.until, follow=follow, **given)
