"""The translation tool: what it finds, keeps, drops and refuses."""

import gettext
import json
from pathlib import Path

import polib
import pytest

from config import messages

PYTHON = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, ngettext, pgettext as p

TITLE = _("Teacher " "file")
COUNT = ngettext("%(n)s row", "%(n)s rows", 2)
MONTH = p("month", "May")
OTHER = translation.gettext("Unit")

def label(value):
    return _(value)
"""
TEMPLATE = """
{% load i18n %}{# _("not this") #}
{% translate "100% done" %} {% trans 'Post' context "job" %}
{% blocktranslate trimmed count n=rows %}
  {{ n }} person
{% plural %}
  {{ n }} people
{% endblocktranslate %}
{% include "x.html" with label=_("Inner \\"quoted\\"") %}{{ value|default:_("None yet") }}
{% comment %}{% translate "Hidden" %}{% endcomment %}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    app = tmp_path / "alpha"
    (app / "templates").mkdir(parents=True)
    (app / "apps.py").write_text("")
    (app / "labels.py").write_text(PYTHON)
    (app / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "notes").mkdir()
    return tmp_path


def chinese(project: Path, app: str = "alpha") -> dict[str, str]:
    path = messages.po_path(project / app, "zh_Hans")
    return {entry.msgid: messages.chinese_of(entry) for entry in polib.pofile(str(path))}


def test_extracts_every_form(project: Path):
    found = messages.extract(project / "alpha", project)

    assert sorted(found.messages.values()) == [
        messages.Message("%(n)s person", "", "%(n)s people"),
        messages.Message("%(n)s row", "", "%(n)s rows"),
        messages.Message("100%% done"),
        messages.Message('Inner "quoted"'),
        messages.Message("May", "month"),
        messages.Message("None yet"),
        messages.Message("Post", "job"),
        messages.Message("Teacher file"),
        messages.Message("Unit"),
    ]
    assert found.files[("", "Unit")] == {"alpha/labels.py"}
    assert found.faults == []


def test_names_a_text_that_is_not_a_literal(project: Path):
    (project / "alpha" / "labels.py").write_text(
        'from django.utils.translation import gettext as _\ndef f(n):\n    return _(f"{n} rows")\n'
    )

    assert messages.extract(project / "alpha", project).faults == [
        "alpha/labels.py:3: a translatable text must be one literal, with placeholders"
    ]


def test_update_keeps_translations_drops_obsolete_and_is_stable(project: Path):
    messages.update(project, {"Teacher file": "教师档案", "Unit": "单位"})
    path = messages.po_path(project / "alpha", "zh_Hans")
    first = path.read_bytes()
    messages.update(project)
    assert path.read_bytes() == first

    (project / "alpha" / "labels.py").write_text(
        "from django.utils.translation import gettext as _\n\n\nA = _('Unit')\n"
    )
    messages.update(project)

    assert "Teacher file" not in chinese(project)
    assert chinese(project)["Unit"] == "单位"
    assert "fuzzy" not in path.read_text()


def test_fill_enters_empty_only_unless_told_and_names_the_unused(project: Path):
    assert messages.update(project, {"Unit": "单位", "No such text": "无"}) == ["No such text"]

    messages.update(project, {"Unit": "机构"})
    assert chinese(project)["Unit"] == "单位"

    messages.update(project, {"Unit": "机构"}, replace=True)
    assert chinese(project)["Unit"] == "机构"


def test_a_context_can_be_named(project: Path):
    messages.update(project, {"month\x04May": "五月"})

    assert chinese(project)["May"] == "五月"


def test_another_app_takes_over_a_known_translation(project: Path):
    messages.update(project, {"Unit": "单位"})
    beta = project / "beta"
    beta.mkdir()
    (beta / "apps.py").write_text("from django.utils.translation import gettext as _\nA = _('Unit')\n")

    messages.update(project)

    assert chinese(project, "beta") == {"Unit": "单位"}


def test_compiled_catalogues_translate_plurals(project: Path):
    messages.update(project, {"%(n)s row": "%(n)s 行"})

    zh = gettext.translation("django", project / "alpha" / "locale", ["zh_Hans"])
    en = gettext.translation("django", project / "alpha" / "locale", ["en"])

    assert [zh.ngettext("%(n)s row", "%(n)s rows", n) for n in (1, 2)] == ["%(n)s 行", "%(n)s 行"]
    assert [en.ngettext("%(n)s row", "%(n)s rows", n) for n in (1, 2)] == ["%(n)s row", "%(n)s rows"]


def test_check_names_missing_empty_stale_fuzzy_placeholders_and_conflicts(project: Path):
    every = {
        message.msgid: message.msgid + "译"
        for message in messages.extract(project / "alpha", project).messages.values()
    }
    every["%(n)s person"] = "%(n)s 人"
    messages.update(project, every | {"%(n)s row": "%(n)s 行"})
    assert messages.check(project) == []

    path = messages.po_path(project / "alpha", "zh_Hans")
    po = polib.pofile(str(path))
    po.find("Unit").msgstr = ""
    po.find("%(n)s row").msgstr_plural = {0: "行"}
    po.find("Teacher file").flags.append("fuzzy")
    po.remove(po.find("None yet"))
    po.append(polib.POEntry(msgid="Gone", msgstr="已去"))
    po.save()
    (project / "beta").mkdir()
    (project / "beta" / "apps.py").write_text("from django.utils.translation import gettext as _\nA = _('Post')\n")
    (project / "gamma").mkdir()
    (project / "gamma" / "apps.py").write_text("from django.utils.translation import gettext as _\nA = _('Post')\n")
    for app, text in (("beta", "岗位"), ("gamma", "职务")):
        found = messages.extract(project / app, project)
        for locale in messages.PLURAL_FORMS:
            target = messages.po_path(project / app, locale)
            target.parent.mkdir(parents=True)
            target.write_text(str(messages.build(found, locale, {("", "Post"): text})))

    assert messages.check(project) == [
        "alpha/locale/zh_Hans/LC_MESSAGES/django.po: missing 'None yet'",
        "alpha/locale/zh_Hans/LC_MESSAGES/django.po: stale 'Gone'",
        "alpha/locale/zh_Hans/LC_MESSAGES/django.po: placeholders differ in the Chinese text of '%(n)s row'",
        "alpha/locale/zh_Hans/LC_MESSAGES/django.po: fuzzy 'Teacher file'",
        "alpha/locale/zh_Hans/LC_MESSAGES/django.po: empty 'Unit'",
        (
            "gamma/locale/zh_Hans/LC_MESSAGES/django.po: 'Post' has another Chinese text in "
            "beta/locale/zh_Hans/LC_MESSAGES/django.po"
        ),
    ]


def test_command_line(project: Path, capsys: pytest.CaptureFixture[str]):
    given = project / "zh.json"
    given.write_text(json.dumps({"Unit": "单位", "Nobody": "无人"}))

    assert messages.main(["fill", str(given)], project) == 0
    assert capsys.readouterr().out == "no source uses 'Nobody'\n"
    assert messages.main(["--check"], project) == 1
    assert "empty 'Teacher file'" in capsys.readouterr().out

    compiled = messages.po_path(project / "alpha", "zh_Hans").with_suffix(".mo")
    compiled.unlink()
    assert messages.main(["compile"], project) == 0
    assert compiled.exists()
