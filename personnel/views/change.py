"""Changing a fact: the new value and since when, why, and on what paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import values_of
from core.records.models import EffectiveRecord
from core.registry import FileSection
from core.web.pages import FormPage
from core.web.parts import Link
from personnel import services
from personnel.forms import CORRECT, FactForm
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
        }

    def described(self, record: Any) -> dict[str, Any]:
        """What the form says of a record: protected values stay empty."""
        protected = getattr(self.model, "_protected", {})
        return {name: "" if name in protected else getattr(record, name) for name in self.names}

    def said(self, name: str, value: Any) -> Any:
        if isinstance(value, Portrait):
            return value.name
        return values_of(self.actor).shown(self.model, name, value).text

    def save(self, form: Any) -> str:
        services.add_fact(
            actor=self.actor, teacher=self.object, model=self.model, values=form.values, since=form.cleaned_data.get("on"),
            reason=form.cleaned_data["reason"], document=form.cleaned_data["document"],
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
        said = {"reason": data["reason"], "document": data["document"]}
        if self.dated and data["how"] != CORRECT:
            services.change_fact(actor=self.actor, record=self.record, on=data["on"], values=form.values, **said)
        else:
            services.correct_fact(actor=self.actor, record=self.record, values=form.values, **said)
        return self.cancel_url
