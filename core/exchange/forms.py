"""What the pages of batches ask."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

WRITTEN: Final = ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


class BatchDayField(forms.DateField):
    """A day typed as people write it: 2026-09-01, 2026.9.1, 2026年9月1日."""

    default_error_messages = {"invalid": _("This is no day. Write it as 2026-09-01.")}

    def __init__(self, **options: Any) -> None:
        attrs = {"placeholder": "2026-09-01", "class": "sd-date", "inputmode": "numeric"}
        super().__init__(widget=forms.DateInput(attrs=attrs, format="%Y-%m-%d"), input_formats=WRITTEN, **options)

    def to_python(self, value: Any) -> Any:
        """The day; blanks within it do not matter."""
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)
