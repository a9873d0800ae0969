"""What the pages and cases of moves ask."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.codes.values import label, values_of
from core.dates import DAY
from core.org.models import Unit
from core.web.forms import DayField
from personnel import rules
from personnel.forms.dossier import OfCase
from personnel.forms.inputs import EvidenceInput, UnitInput
from personnel.forms.kept import KEPT, KeepsFiles
from personnel.models import Move, MoveKind
from personnel.selectors.moves import near_names, unit_named
from personnel.selectors.posts import levels

ROTATED: Final = "rotation_employment"
# A rotation moves the employment or does not: two answers to one question.
KINDS: Final = (
    ("", "…"),
    (MoveKind.TRANSFER.value, MoveKind.TRANSFER.label),
    (ROTATED, _("Rotation, the employment moves")),
    (MoveKind.ROTATION.value, _("Rotation, the employment stays")),
    *((kind.value, kind.label) for kind in (MoveKind.SUPPORT, MoveKind.LOAN, MoveKind.TEMPORARY, MoveKind.SHADOWING)),
)


class MoveForm(forms.Form):
    """Of which sort a move is, where to, from when until when, why."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["sort"] = forms.ChoiceField(label=label(Move, "kind"), choices=KINDS)
        self._ask_receiver()
        self.fields["starts"] = DayField(
            label=label(Move, "starts"), help_text=_("It may lie in the past or ahead; everything follows by this day.")
        )
        self.fields["last_day"] = DayField(
            label=_("Last day there"),
            required=False,
            help_text=_("Empty for a transfer, and for a rotation of the employment."),
        )
        self.fields["ground"] = forms.ChoiceField(
            label=label(Move, "ground"), choices=[("", "…"), *values_of(actor).entries("move_ground")]
        )
        self._ask_more()

    def _ask_receiver(self) -> None:
        """Chosen from the units below, or named; who sees one unit only has nothing to choose from: people leave it."""
        below = UnitInput(actor=self.actor, label=label(Move, "to_unit"), required=False)
        if len(below.known) > 1:
            self.fields["to_unit"] = below
            said: dict[str, Any] = {
                "label": _("Another receiver"),
                "required": False,
                "help_text": _("A unit that is not below yours: its whole name or its code."),
            }
        else:
            said = {"label": label(Move, "to_unit"), "help_text": _("Its whole name or its code.")}
        self.fields["receiver_name"] = forms.CharField(max_length=120, **said)

    def _ask_more(self) -> None:
        self.fields["post"] = forms.CharField(
            label=_("Post there"),
            max_length=60,
            required=False,
            help_text=_("As it is called there, such as: teacher."),
        )
        self.fields["level"] = level_input(self.actor)
        self.fields["key_teacher"] = forms.BooleanField(
            label=label(Move, "key_teacher"),
            required=False,
            help_text=_("Counts for the share of key teachers among those who rotate."),
        )
        self.fields["exception"] = _exception()
        self.fields["words"] = forms.CharField(
            label=label(Move, "words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        named, chosen = data.get("receiver_name", ""), data.get("to_unit")
        if "to_unit" in self.fields and bool(named.strip()) == bool(chosen) and "to_unit" not in self.errors:
            self.add_error("to_unit", _("Choose the receiver, or name another one: one of them."))
        elif named.strip():
            data["to_unit"] = self._named(named)
        return data

    def _named(self, name: str) -> Unit | None:
        found = unit_named(name, self.actor.on)
        if found is None:
            said = _t("No open unit, or more than one, is called so. Enter its whole name or its code.")
            if near := near_names(name, self.actor.on):
                names = pgettext("list separator", ", ").join(near)
                said = f"{said} {_t('Called like it: %(names)s.') % {'names': names}}"
            self.add_error("receiver_name", said)
        return found

    @property
    def asked(self) -> dict[str, Any]:
        """What `ask_move` takes."""
        data = dict(self.cleaned_data)
        sort, last = data.pop("sort"), data.pop("last_day")
        data.pop("receiver_name")
        kind = MoveKind.ROTATION.value if sort == ROTATED else sort
        return {**data, "kind": kind, "employment": sort == ROTATED, "ends": last + DAY if last else None}


def level_input(actor: Any, **said: Any) -> forms.ChoiceField:
    """The post level at the receiver, or that no appointment follows with the move."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in levels(actor.on, actor.unit):
        groups.setdefault(rules.family_of(one.code), []).append((one.code, one.label))
    choices = [("", _("no appointment with it")), *(choice for found in groups.values() for choice in found)]
    return forms.ChoiceField(
        label=_("Post level there"), required=False, choices=choices, widget=forms.Select(attrs={"data-picker": ""}),
        help_text=_("Where the appointment follows with the move; a post of the level must be free there."), **said,
    )  # fmt: skip


class LeaveForm(KeepsFiles):
    """To which unit outside the system somebody is transferred, by which letter, from when, why."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields |= _outside()
        self.fields["letter_file"] = EvidenceInput(label=label(Move, "letter_file"), required=False)
        self.fields["starts"] = DayField(
            label=_("First day away"),
            help_text=_("The employment here ends with the day before; it may lie in the past or ahead."),
        )
        self.fields["ground"] = forms.ChoiceField(
            label=label(Move, "ground"), choices=[("", "…"), *values_of(actor).entries("move_ground")]
        )
        self.fields["exception"] = _exception()
        self.fields["words"] = forms.CharField(
            label=label(Move, "words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.expect_files()

    @property
    def asked(self) -> dict[str, Any]:
        """What `ask_to_leave` takes."""
        data = {name: self.cleaned_data[name] for name in self.fields if not name.endswith(KEPT)}
        return {**data, "letter_file": data["letter_file"] or None}


def _outside(**known: str) -> dict[str, forms.Field]:
    """The unit outside the system and its letter, with what is known of them."""
    found: dict[str, forms.Field] = {
        "outside": forms.CharField(label=_("Receiving unit"), max_length=120, help_text=_("Its whole name, as its letter says it.")),
        "place": forms.CharField(
            label=label(Move, "place"), max_length=60, required=False, help_text=_("Province and city, such as: Hangzhou, Zhejiang.")
        ),
        "letter": forms.CharField(label=_("Number of its letter"), max_length=120),
    }  # fmt: skip
    for name, text in known.items():
        found[name].initial = text
    return found


def _exception(**said: Any) -> forms.CharField:
    return forms.CharField(
        label=label(Move, "exception"), max_length=120, required=False,
        help_text=_("The number of the paper that lets years of service be passed over."), **said,
    )  # fmt: skip


class MendMoveForm(OfCase):
    """What of a returned move is said anew when it is sent again."""

    def ask(self) -> None:
        move: Move = self.case.move
        first = label(Move, "starts") if move.to_unit_id is not None else _("First day away")
        self.fields["starts"] = DayField(label=first, initial=move.starts)
        if move.ends is not None:
            self.fields["last_day"] = DayField(label=_("Last day there"), initial=move.ends - DAY)
        if move.to_unit_id is not None:
            self.fields["post"] = forms.CharField(
                label=_("Post there"), max_length=60, required=False, initial=move.post
            )
        if move.to_unit_id is not None and move.employment:
            self.fields["level"] = level_input(self.actor, initial=move.level)
        if move.to_unit_id is None:
            self.fields |= _outside(outside=move.outside, place=move.place, letter=move.letter)


class DecideForm(OfCase):
    """Under which document a move is decided, and the paper of an exception."""

    def ask(self) -> None:
        self.fields["document"] = forms.CharField(
            label=_("Document of approval"),
            max_length=120,
            required=False,
            help_text=_("It stands beside all that follows."),
        )
        self.fields["exception"] = _exception(initial=self.case.move.exception)


class DecideManyForm(forms.Form):
    """Under which document many moves are decided at once."""

    document = forms.CharField(
        label=_("Document of approval"), max_length=120, required=False,
        help_text=_("It stands beside all that follows."),
    )  # fmt: skip


class ReportForm(OfCase):
    """On which day somebody reported for duty."""

    def ask(self) -> None:
        self.fields["on"] = DayField(
            label=label(Move, "reported_on"), initial=max(self.case.move.starts, self.actor.on)
        )


class BackForm(OfCase):
    """Until when somebody was there."""

    def ask(self) -> None:
        move: Move = self.case.move
        planned: date | None = move.ends - DAY if move.ends else None
        self.fields["last_day"] = DayField(
            label=_("Last day there"),
            initial=planned,
            help_text=_("An earlier day ends it before its time; say why then."),
        )
