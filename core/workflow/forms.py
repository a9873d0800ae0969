"""What is asked of who takes a step: the step's own form, then reasons and words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes.selectors import choices
from core.web.forms import DayField
from core.workflow.definition import Transition

LONGEST = 2000
OURS = frozenset({"reasons", "comment", "revision"})


def step_form(step: Transition) -> type[forms.Form]:
    """The form class of a step; its instances take the `case` and the `actor`."""
    base = step.form or forms.Form

    class StepForm(base):  # type: ignore[misc, valid-type]
        """The step's own fields, its reasons and its words."""

        def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
            more = {"case": case, "actor": actor} if step.form is not None else {}
            super().__init__(*args, **more, **kwargs)
            ask_why(self, step, case.unit, actor.on)

        def said(self) -> dict[str, Any]:
            """What the step's own fields say, without reasons and words."""
            return {name: value for name, value in self.cleaned_data.items() if name not in OURS}

    return StepForm


def ask_why(form: forms.Form, step: Transition, unit: Any, on: Any) -> None:
    """Add what a step asks beside its own form: reasons of its list, words."""
    if step.reasons:
        form.fields["reasons"] = reasons_field(step, unit, on)
    if step.comment:
        form.fields["comment"] = comment_field(needed=step.comment == "needed")


def reasons_field(step: Transition, unit: Any, on: Any) -> forms.MultipleChoiceField:
    """The reasons of a list, of which at least one is ticked."""
    return forms.MultipleChoiceField(
        label=_("Reasons"), choices=choices(step.reasons, on, unit), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reason.")},
    )  # fmt: skip


def comment_field(*, needed: bool) -> forms.CharField:
    """Words that stay with the case."""
    return forms.CharField(
        label=_("In words"), required=needed, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays with the case; who opened it can read it."),
        error_messages={"required": _("Say why, in words.")},
    )  # fmt: skip


class BulkForm(forms.Form):
    """What a step that is taken for many cases asks once for all of them, its reasons and words."""

    def __init__(self, *args: Any, step: Transition, unit: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step.bulk_form is not None:
            self.fields |= step.bulk_form().fields
        ask_why(self, step, unit, on)

    def said(self) -> dict[str, Any]:
        """What was asked once for all of them, without reasons and words."""
        return {name: value for name, value in self.cleaned_data.items() if name not in OURS}


class AssignForm(forms.Form):
    """Who takes the case."""

    user = forms.ChoiceField(label=_("In the hands of"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=255)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", _("nobody, it lies on the desk")), *people]  # type: ignore[attr-defined]


class StandInForm(forms.Form):
    """Who stands in, from when to when."""

    user = forms.ChoiceField(label=_("Who stands in"))
    starts = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=255, help_text=_("Such as: on leave, at a training"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("starts") and data.get("last") and data["last"] < data["starts"]:
            self.add_error("last", _("The last day lies before the first one."))
        return data
