"""Sample of a form: every kind of control, with and without errors."""

from __future__ import annotations

from typing import Any

from django import forms

from core.web.forms import UploadField
from core.web.gallery.words import both


def _form_class() -> type[forms.Form]:
    class SampleForm(forms.Form):
        name = forms.CharField(
            label=both("姓名", "Name"), help_text=both("与身份证一致", "As in the identity document")
        )
        unit = forms.ChoiceField(
            label=both("单位", "Unit"),
            choices=[("1", both("城关小学", "Chengguan Primary")), ("2", both("石门镇中心小学", "Shimen Central"))],
            widget=forms.Select(attrs={"data-picker": ""}),
        )
        start = forms.DateField(
            label=both("从哪天起", "From"),
            widget=forms.DateInput(attrs={"type": "text", "class": "sd-day", "inputmode": "numeric"}),
        )
        kind = forms.ChoiceField(
            label=both("性质", "Kind"),
            choices=[("new", both("新的变动", "A new event")), ("fix", both("更正：原来就记错了", "A correction"))],
            widget=forms.RadioSelect,
        )
        reason = forms.CharField(label=both("理由", "Reason"), widget=forms.Textarea(attrs={"rows": 3}))
        evidence = UploadField(accept=".pdf", label=both("证明材料", "Evidence"), required=False)
        tell = forms.BooleanField(label=both("通知本人", "Tell the person"), required=False)

    return SampleForm


def form_sample() -> dict[str, Any]:
    """An empty form and one that was sent with mistakes."""
    form = _form_class()
    sent = {"name": "", "unit": "1", "start": "2026-02-30", "kind": "fix", "reason": both("档案审核", "archive review")}
    return {"empty": form(prefix="a"), "wrong": form({f"b-{key}": value for key, value in sent.items()}, prefix="b")}
