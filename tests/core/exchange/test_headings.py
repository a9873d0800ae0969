"""Which columns of a roster are read and which are named as not read, where a sheet speaks of several things side by side."""

from io import BytesIO

import pytest
import xlsxwriter

from core.exchange.models import Batch
from core.exchange.reading import open_workbook
from core.exchange.recognition import SheetReading, recognise
from core.exchange.specs import kind_specs
from tests.core.exchange.books import SCHOOL, WANG

pytestmark = pytest.mark.django_db
KEYS = ("姓名", "身份证号", "工作单位")


@pytest.fixture
def read(county_a):
    """The reading of a roster with these headings behind the keys: a text, or a parent with its children."""

    def read(*headings) -> SheetReading:
        (sheet,) = recognise(open_workbook(headed(*headings)), kind_specs(Batch(unit=county_a))).sheets
        return sheet

    return read


def headed(*headings) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet, column = book.add_worksheet("花名册"), 0
        nested = any(isinstance(heading, tuple) for heading in headings)
        for heading in (*KEYS, *headings):
            parent, children = heading if isinstance(heading, tuple) else (heading, ())
            last = column + max(len(children), 1) - 1
            if nested and (last > column or not children):
                sheet.merge_range(0, column, 0 if children else 1, last, parent)
            else:
                sheet.write(0, column, parent)
            sheet.write_row(1, column, children)
            column = last + 1
        sheet.write_row(1 + nested, 0, (*WANG, SCHOOL, *["x"] * (column - 3)))
    return file.getvalue()


def facts(sheet: SheetReading) -> dict[str, str]:
    return {name: column.header for name, column in sheet.fields.items() if column.index >= len(KEYS)}


@pytest.mark.parametrize(
    ("headings", "known", "unread"),
    [
        (["职称", ("教师资格", ["种类", "任教学科", "取得时间"])], ["title"], ["教师资格/任教学科", "教师资格/取得时间", "种类"]),
        (["职称", ("普通话水平", ["等级", "取得时间"])], ["title"], ["普通话水平/取得时间", "等级"]),
        (["职称", ("原职称", ["取得时间"])], ["title"], ["原职称/取得时间"]),
        (["职称", ("紧急联系人", ["关系", "联系电话"])], ["title"], ["关系", "紧急联系人/联系电话"]),
        (["职称", ("配偶情况", ["民族", "职务", "出生年月"])], ["title"], ["配偶情况/出生年月", "配偶情况/民族", "配偶情况/职务"]),
        (["学历", ("第一学历", ["毕业院校", "毕业时间"])], ["education"], ["第一学历/毕业时间", "第一学历/毕业院校"]),
        (["最高学历", ("原始学历", ["学历", "毕业时间"])], ["education"], ["原始学历/学历", "原始学历/毕业时间"]),
    ],
)  # fmt: skip
def test_what_stands_below_another_thing_is_not_read(read, headings, known, unread):
    sheet = read(*headings)

    assert (sorted(facts(sheet)), sorted(sheet.unmapped), sheet.duplicates) == (known, unread, [])


@pytest.mark.parametrize(
    ("parent", "children", "known"),
    [
        ("基本信息", ["性别", "民族", "联系电话"], ["ethnicity", "phone", "sex"]),
        ("个人情况", ["学历", "毕业院校"], ["education", "school"]),
        ("某县在职教师花名册", ["职称", "取得时间"], ["title", "title_obtained"]),
        ("专业技术职务", ["职称", "取得时间"], ["title", "title_obtained"]),
        ("职称情况", ["职称", "取得时间"], ["title", "title_obtained"]),
        ("最高学历情况", ["学历", "毕业时间"], ["education", "graduated"]),
        ("全日制教育", ["学历", "毕业院校"], ["education", "school"]),
        ("联系方式", ["手机号码", "电子邮箱"], ["email", "phone"]),
        ("政治面貌", ["政治面貌", "入党时间"], ["party_joined", "political_status"]),
    ],
)
def test_what_stands_below_its_own_or_a_neutral_title_is_read(read, parent, children, known):
    sheet = read((parent, children))

    assert (sorted(facts(sheet)), sheet.unmapped) == (known, [])


@pytest.mark.parametrize(
    ("headings", "chosen"),
    [
        ([("全日制教育", ["学历", "毕业院校"]), ("在职教育", ["学历", "毕业院校"])],
         {"education": "在职教育/学历", "school": "在职教育/毕业院校"}),
        ([("全日制学历", ["学历", "毕业时间"]), ("最高学历", ["学历", "所学专业"])],
         {"education": "最高学历/学历", "field_of_study": "所学专业"}),
        (["第一学历", "毕业院校", "最高学历", "最高学历毕业院校"], {"education": "最高学历", "school": "最高学历毕业院校"}),
        (["第一学历", "毕业院校", "最高学历", "毕业院校"], {"education": "最高学历", "school": "毕业院校"}),
        (["全日制学历", "毕业院校", "在职学历", "毕业院校"], {"education": "在职学历", "school": "毕业院校"}),
        ([("现任专业技术职务", ["职称", "取得时间"]), ("原专业技术职务", ["职称", "取得时间"])],
         {"title": "现任专业技术职务/职称", "title_obtained": "现任专业技术职务/取得时间"}),
        ([("职称情况", ["职称", "取得时间"]), ("教师资格", ["种类", "取得时间"])],
         {"title": "职称", "title_obtained": "职称情况/取得时间"}),
        (["职称", "取得时间", "教师资格种类", "取得时间"], {"title": "职称", "title_obtained": "取得时间"}),
    ],
)  # fmt: skip
def test_of_two_side_by_side_the_highest_or_present_one_is_read(read, headings, chosen):
    sheet = read(*headings)

    assert (facts(sheet), sheet.duplicates) == (chosen, [])
    assert len(sheet.unmapped) + len(chosen) == len(sheet.columns) - len(KEYS)


def test_the_second_university_is_the_one_of_the_highest_education(read):
    assert read("第一学历", "毕业院校", "最高学历", "毕业院校").fields["school"].index == 6


@pytest.mark.parametrize(
    "heading",
    ["联系电话（家属）", "职务（配偶）", "学历（第一学历）", "职称（拟评）", "职称（原）"],
)
def test_a_remark_that_means_something_else_leaves_the_column_unread(read, heading):
    assert read("性别", heading).unmapped == [heading]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("联系电话（本人）", "phone"), ("学历（最高学历）", "education"), ("姓名（曾用）", ""), ("性别（必填）", "sex")],
)
def test_a_remark_that_only_explains_does_not_matter(read, heading, field):
    assert list(facts(read("民族", heading))) == ["ethnicity", *filter(None, [field])]


@pytest.mark.parametrize("heading", ["公民身份证号码", "居民身份证", "【身份证号】"])
def test_the_identity_number_under_its_other_names(county_a, heading):
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("姓名", heading, "工作单位"))
        sheet.write_row(1, 0, (*WANG, SCHOOL))

    (sheet,) = recognise(open_workbook(file.getvalue()), kind_specs(Batch(unit=county_a))).sheets

    assert sheet.fields["identity"].index == 1


def test_two_columns_for_one_thing_are_still_refused(read):
    assert [each.header for each in read("学历", "毕业时间", "毕业时间").duplicates] == ["毕业时间"]
