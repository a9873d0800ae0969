"""What readers of files are asked."""

from personnel.choices import CHANGE, CORRECT, END
from personnel.forms.facts import FactForm
from personnel.forms.reveal import RevealForm
from personnel.forms.why import WhyForm

__all__ = ["CHANGE", "CORRECT", "END", "FactForm", "RevealForm", "WhyForm"]
