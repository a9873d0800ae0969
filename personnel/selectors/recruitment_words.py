"""Conditions and findings of a recruitment in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.selectors import label as code_label
from core.rules import Finding
from personnel.rules.recruitment import AGE, CERTIFICATE, EDUCATION, MAJOR, PUTONGHUA

LISTS: Final = {EDUCATION: "education", CERTIFICATE: "teaching_certificate", PUTONGHUA: "putonghua_level"}
ASKED: Final = {
    EDUCATION: gettext_lazy("Education at least %(asked)s"),
    MAJOR: gettext_lazy("Major: %(asked)s"),
    CERTIFICATE: gettext_lazy("Teacher qualification: %(asked)s"),
    PUTONGHUA: gettext_lazy("Putonghua at least %(asked)s"),
    AGE: gettext_lazy("Age at most %(asked)s"),
}


def _told(rule: str, value: Any) -> str:
    return code_label(LISTS[rule], value) if rule in LISTS and value else str(value)


def finding_words(found: Finding) -> tuple[str, str]:
    """What is asked, and what was said."""
    asked = str(ASKED[found.rule]) % {"asked": _told(found.rule, found.expected)}
    if found.met is None:
        return asked, _("None yet: a promise to hand it in is needed.")
    return asked, _("Declared: %(said)s") % {"said": _told(found.rule, found.actual) or _("nothing")}


def condition_words(post: Any) -> str:
    """The conditions of a post in one line."""
    told = [
        (EDUCATION, post.education), (MAJOR, "、".join(post.majors)), (CERTIFICATE, post.certificate), (PUTONGHUA, post.putonghua),
        (AGE, post.age_most),
    ]  # fmt: skip
    words = [str(ASKED[rule]) % {"asked": _told(rule, value)} for rule, value in told if value]
    return _("; ").join([*words, *filter(None, [post.words])])
