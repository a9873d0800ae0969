"""A record of a section: its fields, since when, why, and on what paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates import DAY
from core.idnumber import InvalidIdNumber, is_resident_number, parse
from core.web.forms import DayField
from personnel.choices import ADD, CHANGE, CORRECT, END, NUMBERED_ALIKE, REASON_GROUPS, RESIDENT_CARD
from personnel.forms.inputs import input_of
from personnel.forms.why import WhyForm
from personnel.services.why import groups_of, reasons_for


class FactForm(WhyForm):
    """A record of a section: its fields, since when, why, and on what paper.

    `model` and `names` say which fields, `record` which record is changed (None: a new one), `open_record` which one a new record may
    end, in words. With `only_correct` what is on file is put right and nothing else. Protected values are typed anew or left.
    """

    def __init__(
        self, *args: Any, actor: Any, model: Any, names: tuple[str, ...], needed: tuple[str, ...], record: Any, dated: bool,
        open_record: str = "", only_correct: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.only_correct = only_correct
        self.names, self.model, self.record, self.dated = names, model, record, dated
        self.needed, self.open_record = needed, open_record
        super().__init__(*args, actor=actor, groups=self._groups(), **kwargs)

    def _groups(self) -> frozenset[str]:
        """The groups of reasons that fit any of the acts that the form offers."""
        if self.record is None:
            return groups_of(ADD)
        if not self.dated:
            return groups_of(CORRECT, dated=False)
        if self.only_correct:
            return REASON_GROUPS[CORRECT]
        return REASON_GROUPS[CHANGE] | REASON_GROUPS[END] | REASON_GROUPS[CORRECT]

    def _ask_why(self, groups: frozenset[str]) -> None:
        for name in self.names:
            self.fields[name] = input_of(self.model, name, self.actor, self.record)
            self.fields[name].required |= name in self.needed and name not in getattr(self.model, "_protected", {})
        if self.dated:
            self._ask_when(self.record, self.open_record)
        super()._ask_why(groups)

    def _ask_when(self, record: Any, open_record: str) -> None:
        if record is not None:
            ways = [
                (CHANGE, _("It changed: the new values hold from the day below")),
                (END, _("It ended: nothing follows after the last day below")),
                (CORRECT, _("It was recorded wrongly: put it right")),
            ]
            offered = ways[-1:] if self.only_correct else ways
            self.fields["how"] = forms.ChoiceField(
                label=_("What happened"), choices=offered, widget=forms.RadioSelect, initial=offered[0][0]
            )
        first = (
            _("2026-09-01") if record is None else _("2026-09-01. Of a correction: only where the first day was wrong.")
        )
        self.fields["on"] = DayField(label=_("From which day"), required=record is None, help_text=first)
        last = record.valid.upper - DAY if record is not None and record.valid.upper else None
        self.fields["last_day"] = DayField(
            label=_("Last day"), required=False, initial=last, help_text=_("2026-09-01; empty while it has no end.")
        )
        if open_record:
            said = _("End “%(record)s” on the day before") % {"record": open_record}
            self.fields["closing"] = forms.BooleanField(label=said, required=False, initial=True)

    @property
    def act(self) -> str:
        """What is done to the record."""
        if self.record is None:
            return ADD
        how: str = self.cleaned_data["how"] if self.dated else CORRECT
        return how

    @property
    def until(self) -> date | None:
        """The first day on which it holds no more; None without an end."""
        last: date | None = self.cleaned_data.get("last_day")
        return last + DAY if last else None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the section's fields; protected ones only where something was typed."""
        protected = getattr(self.model, "_protected", {})
        return {
            name: self.cleaned_data[name] for name in self.names if name not in protected or self.cleaned_data[name]
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._match_reason(data)
        if self.dated and self.record is not None and data.get("how") == CHANGE and not data.get("on"):
            self.add_error("on", _("From which day does it hold?"))
        if data.get("how") == END and not data.get("last_day"):
            self.add_error("last_day", _("Which was the last day?"))
        for name, said in getattr(self.model, "contradictions", lambda _values: {})(data).items():
            self.add_error(name, said)
        if (
            "number" in getattr(self.model, "_protected", {})
            and data.get("number")
            and data.get("kind") in RESIDENT_CARD
        ):
            try:
                data["number"] = parse(data["number"]).number
            except InvalidIdNumber:
                self.add_error("number", _("This is no valid identity number: compare every digit with the card."))
        elif data.get("kind") not in NUMBERED_ALIKE and is_resident_number(str(data.get("number") or "")):
            self.add_error("kind", _("This number is that of a resident identity card."))
        return data

    def _match_reason(self, data: dict[str, Any]) -> None:
        """Refuse a reason that is one of another act than the one chosen."""
        how = data.get("how", "")
        if not (how and data.get("reason")):
            return
        fitting = {one.code for one in reasons_for(groups_of(how), self.actor.on, self.actor.unit)}
        if data["reason"] not in fitting:
            self.add_error("reason", _("This reason does not fit what you chose above. Choose another one."))
