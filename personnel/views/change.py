"""Changing a fact: the new value and since when, why, and on what paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.range import Range

from core.codes.values import period_words, values_of
from core.records.models import EffectiveRecord
from core.records.vault import blind_index
from core.registry import FileSection
from core.web.pages import FormPage
from core.web.parts import Link
from personnel import services
from personnel.forms import CORRECT, END, FactForm
from personnel.portraits import Portrait
from personnel.selectors import versions as past
from personnel.selectors.teachers import teachers_on
from personnel.views.facts import CHANGE

UNDATED_HELP = gettext_lazy("The old value stays in the history, with the reason and the paper.")


class AddFact(FormPage):
    """A new record of a section of a person's file."""

    name = "fact_add"
    route = "teachers/<uuid:public_id>/facts/<slug:section>/"
    permission = CHANGE
    form_class = FactForm
    done_message = gettext_lazy("Written into the file.")

    def rows(self) -> Any:
        return teachers_on(self.actor, self.on)

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
        if isinstance(value, Portrait):
            return value.name
        return values_of(self.actor).shown(self.model, name, value).text

    def save(self, form: Any) -> str:
        services.add_fact(
            actor=self.actor, teacher=self.object, model=self.model, values=form.values, since=form.cleaned_data.get("on"),
            until=form.until, closing=form.cleaned_data.get("closing", False), reason=form.cleaned_data["reason"],
            document=form.cleaned_data["document"],
        )  # fmt: skip
        return self.cancel_url


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

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        given = {
            "actor": self.actor, "record": self.record, "values": form.values, "reason": data["reason"], "document": data["document"],
        }  # fmt: skip
        if not self.dated:
            services.correct_fact(**given)
        elif data["how"] == CORRECT:
            services.correct_fact(valid=Range(data["on"] or self.record.valid.lower, form.until), **given)
        elif data["how"] == END:
            services.end_fact(until=form.until, **given)
        else:
            services.change_fact(on=data["on"], until=form.until, **given)
        return self.cancel_url
