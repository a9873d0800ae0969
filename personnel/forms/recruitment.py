"""What is asked in a recruitment: of who prepares it, of applicants, of who checks and hires."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.selectors import choices
from core.dates import InvalidDate, read_date, today
from core.exchange.evidence_fields import EvidenceField
from core.phone import InvalidPhone, read_phone
from core.text import clean, clean_name
from core.web.forms import DayField, UploadField, WordsField
from personnel.forms.inputs import UnitInput
from personnel.models import Applicant, ApplicantCheck, Recruitment
from personnel.rules import rank_of
from personnel.selectors.contracts import contract_rules
from personnel.selectors.recruitment import STAGE, name_of

FILES: Final = 4
FILE: Final = "file_"
PAIRS: Final = re.compile(r"[、,，;；\s]+")


def coded(list_name: str, label: Any, *, required: bool = True, unit: Any = None) -> forms.ChoiceField:
    """A code of a list; where it need not be told, the first choice is nothing."""
    first = [("", "…")] if required else [("", _("not asked"))]
    return forms.ChoiceField(
        label=label, required=required, choices=[*first, *choices(list_name, today(), unit)],
        widget=forms.Select(attrs={"data-picker": ""}),
    )  # fmt: skip


class PlanForm(forms.Form):
    """The head of a plan."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    title = forms.CharField(label=pgettext_lazy("recruitment", "Title"), max_length=120)
    words = forms.CharField(
        label=_("Grounds"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlanRowForm(forms.Form):
    """A row of a plan."""

    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=999)

    field_order = ("unit", "stage", "subject", "number")

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitInput(label=_("Unit"), actor=actor)
        self.fields["stage"] = coded("stage", _("Stage"))
        self.fields["subject"] = coded("subject", _("Subject"))
        self.order_fields(self.field_order)


class NoticeForm(forms.Form):
    """What a notice says; it begins with what the rules usually say."""

    title = forms.CharField(label=pgettext_lazy("recruitment", "Title"), max_length=120)
    words = forms.CharField(
        label=_("What the notice says"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 6})
    )
    contact = forms.CharField(label=_("Whom to ask"), required=False, max_length=200)
    opens = DayField(label=_("Applications from"))
    last = DayField(label=_("Applications until"))
    ratio = forms.IntegerField(label=_("Interviews for each place"), min_value=1, max_value=20)
    opening = forms.IntegerField(
        label=_("Applicants for each place at least"), min_value=1, max_value=20,
        help_text=_("A post with fewer qualified applicants is examined for fewer places, or closed."),
    )  # fmt: skip
    weight = forms.IntegerField(
        label=_("Weight of the written score, per cent"),
        min_value=0,
        max_value=100,
        help_text=_("The interview has the rest."),
    )
    most = forms.DecimalField(label=_("Highest score"), min_value=1, max_value=999, decimal_places=1)
    drop = forms.IntegerField(label=_("Judges' scores dropped at each end"), min_value=0, max_value=3)
    tie = forms.ChoiceField(label=_("Between equal totals counts"), choices=Recruitment.Tie.choices)
    one_post = forms.BooleanField(label=_("Everybody applies for one post only"), required=False)


class PostForm(forms.Form):
    """What a post asks for."""

    majors = forms.CharField(
        label=_("Majors"),
        required=False,
        max_length=600,
        help_text=_("Words of which the major has one, separated by blanks or commas."),
    )
    age_most = forms.IntegerField(label=_("Age at most"), required=False, min_value=18, max_value=60)
    age_on = DayField(label=_("Age on"), required=False)
    words = forms.CharField(label=_("Other conditions"), required=False, max_length=400)

    field_order = ("education", "majors", "certificate", "putonghua", "age_most", "age_on", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["education"] = coded("education", _("Education at least"), required=False)
        self.fields["certificate"] = coded("teaching_certificate", _("Teacher qualification"), required=False)
        self.fields["putonghua"] = coded("putonghua_level", _("Putonghua at least"), required=False)
        self.order_fields(self.field_order)

    def clean_majors(self) -> list[str]:
        """The words apart."""
        return [word for word in PAIRS.split(clean(self.cleaned_data["majors"])) if word]


class DeclaringForm(forms.Form):
    """What applicants say of themselves, and the papers that show it."""

    phone = forms.CharField(label=_("Mobile telephone"), max_length=20)
    school = WordsField(label=_("School or university"), max_length=120)
    major = WordsField(label=_("Major"), max_length=120, help_text=_("As it stands on the certificate."))
    graduated = forms.CharField(label=_("Graduated"), max_length=10, help_text=_("Such as 2026-06"))
    experience = WordsField(
        label=_("Studies and work so far"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["education"] = coded("education", pgettext_lazy("level", "Education"))
        self.fields["degree"] = coded("degree", _("Degree"), required=False)
        self.fields["certificate"] = coded("teaching_certificate", _("Teacher qualification"), required=False)
        self.fields["putonghua"] = coded("putonghua_level", _("Level of Putonghua"), required=False)
        for name in ("degree", "certificate", "putonghua"):
            field: Any = self.fields[name]
            field.choices = [("", _("none yet")), *field.choices[1:]]
        for number in range(1, FILES + 1):
            label = _("Certificate or proof") if number == 1 else _("Another one")
            self.fields[f"{FILE}{number}"] = field = EvidenceField(label=label, required=False)
            if number > 1:
                field.help_text = ""
        first = self.fields[f"{FILE}1"]
        wanted = _("Photographs or scans of the identity card, diploma and certificates, one in each place.")
        first.help_text = f"{wanted} {first.help_text}"

    def clean_phone(self) -> str:
        """As telephones are kept."""
        if not self.cleaned_data["phone"].strip():
            return ""
        try:
            return read_phone(self.cleaned_data["phone"])
        except InvalidPhone as error:
            raise forms.ValidationError(_("This is no telephone number.")) from error

    def clean_graduated(self) -> str:
        """A month or a day."""
        try:
            return str(read_date(clean(self.cleaned_data["graduated"])))
        except InvalidDate as error:
            raise forms.ValidationError(_("This is no month. Write it as 2026-06.")) from error

    @property
    def said(self) -> dict[str, str]:
        """What is declared, by name."""
        names = ("education", "degree", "major", "school", "graduated", "certificate", "putonghua", "experience")
        return {name: clean(self.cleaned_data.get(name) or "") for name in names}

    @property
    def papers(self) -> list[Any]:
        """The files that were sent."""
        return [file for key, file in self.cleaned_data.items() if key.startswith(FILE) and file]


class ApplyForm(DeclaringForm):
    """An application for one post."""

    name = WordsField(label=_("Name"), max_length=60)
    number = forms.CharField(label=_("Number of the identity card"), max_length=30)

    field_order = (
        "post",
        "name",
        "number",
        "phone",
        "education",
        "degree",
        "major",
        "school",
        "graduated",
        "certificate",
        "putonghua",
    )

    def __init__(self, *args: Any, posts: dict[str, tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = posts
        named = [(key, words) for key, (_post, words) in posts.items()]
        self.fields["post"] = forms.ChoiceField(label=pgettext_lazy("recruitment", "Post"), choices=[("", "…"), *named])
        self.order_fields(self.field_order)

    def clean_name(self) -> str:
        """As names are kept."""
        return clean_name(self.cleaned_data["name"])

    def clean_post(self) -> Any:
        """The post that was chosen."""
        return self.posts[self.cleaned_data["post"]][0]


class MendForm(DeclaringForm):
    """What was returned, mended."""

    receipt = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = False
        self.fields["phone"].help_text = _("Leave it empty to keep the number that you gave.")


class WorkbookForm(forms.Form):
    """A workbook of the exam office."""

    file = UploadField(
        accept=".xlsx,.xls,.ods,.csv", label=_("Workbook"),
        help_text=_("Excel, WPS, OpenDocument or CSV, up to 50 MB, without password and macros. Titles above the headings may stay."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """Refuse what is larger than the limit before it is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_WORKBOOK_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Split it into several workbooks."))
        return file


class ScoresForm(forms.Form):
    """Scores as they are pasted from a sheet."""

    scores = forms.CharField(
        label=_("Scores"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})
    )

    def __init__(self, *args: Any, hint: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scores"].help_text = hint


def by_serial(rows: Any) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Applicants as choices by their application number, which office and programs know: (number → key, choices). One query."""
    found = list(rows.select_related("key").order_by("serial"))
    named = [(str(one.serial), f"{one.serial} {name_of(one)}") for one in found]
    return {str(one.serial): one.pk for one in found}, named


class OfOneForm(forms.Form):
    """About one of the applicants who are still in it."""

    stages: tuple[str, ...] = (STAGE.CALLED,)

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Applicant.objects.visible_to(actor).filter(recruitment__case=case, stage__in=self.stages)
        keys, named = by_serial(rows)
        self.fields["applicant"] = forms.TypedChoiceField(
            label=_("Applicant"), coerce=keys.__getitem__, choices=[("", "…"), *named]
        )
        self.order_fields(["applicant"])


class CheckForm(OfOneForm):
    """A check: the day, by whom, the result, and nothing more."""

    kind = forms.ChoiceField(label=_("What was checked"), choices=ApplicantCheck.Kind.choices)
    on = DayField(label=_("Day"))
    by = forms.CharField(label=_("By whom"), max_length=120)
    passed = forms.TypedChoiceField(
        label=_("Result"), choices=[("yes", _("passed")), ("no", _("not passed"))], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip


class FallOutForm(OfOneForm):
    """Who withdraws or is taken off, and why."""

    stages = (STAGE.CALLED, STAGE.PUBLISHED)

    how = forms.ChoiceField(
        label=_("How"), widget=forms.RadioSelect,
        choices=[("withdrawn", _("withdraws of their own will")), ("failed", _("is taken off"))],
    )  # fmt: skip
    why = forms.CharField(label=_("Why"), max_length=200)


class HireForm(forms.Form):
    """From when, on which paper, under which contract, to which post."""

    starts = DayField(label=_("First day at the school"))
    document = forms.CharField(
        label=_("Document number"), max_length=120, help_text=_("Of the approval of these hires")
    )
    years = forms.IntegerField(
        label=_("Term of the contract, years"), min_value=1, max_value=30,
        help_text=_("Who works for the first time under such a contract has the probation that the law sets."),
    )  # fmt: skip
    worked = forms.TypedMultipleChoiceField(
        label=_("Who worked under an appointment contract before"), required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    months = forms.IntegerField(label=_("Their probation, months"), min_value=0, required=False)

    field_order = ("starts", "document", "years", "worked", "months", "level")

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = contract_rules(case.unit, actor.on)
        rows = Applicant.objects.visible_to(actor).filter(recruitment__case=case, stage=STAGE.PUBLISHED)
        worked: Any = self.fields["worked"]
        keys, worked.choices = by_serial(rows)
        worked.coerce = keys.__getitem__
        self.fields["years"].initial = told.shortest
        self.fields["months"].help_text = _("At most %(months)s; empty: no probation.") % {"months": told.probation}
        levels = [(code, words) for code, words in choices("post_level", actor.on, case.unit) if rank_of(code)]
        self.fields["level"] = forms.ChoiceField(
            label=_("Level of the post"), required=False, choices=[("", _("not known yet")), *levels],
            widget=forms.Select(attrs={"data-picker": ""}),
            help_text=_("Of all who are hired in this step. Where it is not known yet, they are appointed from their files later."),
        )  # fmt: skip
        self.order_fields(self.field_order)
