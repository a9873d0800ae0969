"""What is asked before a paper is issued."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes.values import plain_words
from core.records.models import Change
from personnel.selectors import versions as past
from personnel.selectors.merged import files_of

CORRECTED = "personnel.correct_fact"
MOST_CORRECTIONS = 50


class PurposeForm(forms.Form):
    """What a certificate is for."""

    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=60,
        help_text=_("Printed on the paper, such as: for a loan of the provident fund."),
    )


class CorrectionForm(forms.Form):
    """Which correction the person is told of."""

    correction = forms.ChoiceField(label=_("Correction"))


def purpose_form(_subject: Any, _actor: Any) -> type[forms.Form]:
    """The form of a certificate."""
    return PurposeForm


def correction_form(subject: Any, actor: Any) -> type[forms.Form]:
    """The form of a notice: the latest corrections of the person's file that the actor sees."""
    choices = [(str(one.public_id), f"{plain_words(one.at)} {one.reason}") for one in corrections_of(subject, actor)]

    class OfThisPerson(CorrectionForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["correction"].choices = choices  # type: ignore[attr-defined]

    return OfThisPerson


def corrections_of(subject: Any, actor: Any) -> list[Change]:
    """The latest corrections of a file, the newest first."""
    ids = past.changes_of(past.sections_for(actor), files_of(subject.pk), limit=MOST_CORRECTIONS)
    return list(Change.objects.filter(pk__in=ids, kind=CORRECTED).order_by("-pk"))
