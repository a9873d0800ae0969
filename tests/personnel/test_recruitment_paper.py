"""招聘公告 as a paper: what the notice fixes, its posts in the order of its cells, on the page of the recruitment."""

import pytest
from django.urls import reverse

from core.documents import services
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of, cell_texts
from core.documents.selectors import file_of
from core.documents.verifying import verify
from core.org.errors import NotAllowed
from core.workflow.services import advance
from personnel.documents.recruitment import NAME, POSTS
from tests.ground.office import converted
from tests.personnel.recruiting import CONDITIONS, fresh, recruitment_open

pytestmark = pytest.mark.django_db
WORDS = "面向社会公开招聘教师。\n\n报名不收取任何费用。"


@pytest.fixture
def opened(county_clerk, county_approver, school_a):
    return recruitment_open(
        county_clerk, school_a, wanted=2, subjects=("chinese", "mathematics"), words=WORDS, approver=county_approver,
        conditions=CONDITIONS, weight=40, ratio=4, opening=2, drop=1, tie="interview",
    )  # fmt: skip


def printed(recruitment, actor):
    kind = all_kinds()[NAME]
    made = services.issue(kind, kind.subjects(actor).get(pk=recruitment.pk), actor=actor, reason="发布公告")
    return made, file_of(IssuedDocument.objects.get(pk=made.pk))


def text_of(content):
    return "".join(str(block) for block in blocks_of(content))


def test_the_posts_stand_in_the_order_of_their_cells(opened, county_clerk):
    _made, content = printed(opened, county_clerk)
    conditions = "学历不低于大学本科毕业；专业：数学、招聘；普通话不低于二级乙等；年龄不超过35周岁"
    school = "青石县第一初级中学"
    assert cell_texts(content)[: len(POSTS) * 3] == [
        *(words for words, _name in POSTS),
        "1", school, "初中语文", "2", conditions,
        "2", school, "初中数学", "2", conditions,
    ]  # fmt: skip


def test_it_says_what_the_notice_fixes(opened, county_clerk):
    made, content = printed(opened, county_clerk)
    said = text_of(content)
    for words in (
        "2026年教师招聘公告", made.number, "面向社会公开招聘教师。", "报名不收取任何费用。", "岗位2个，招聘4人",
        "2026年11月22日至2026年12月6日",
        "每人限报一个岗位", "不低于2∶1", "满分均为100分", "1∶4的比例", "去掉1个最高分和1个最低分", "笔试成绩×40%＋面试成绩×60%",
        "面试成绩高者名次在前", "公示7个工作日", "0591-1", reverse("public_recruitment", args=[opened.code]), "青石县教育局（盖章）",
    ):  # fmt: skip
        assert words in said, words
    told = {str(name): value for name, _label, value in verify(made.code).said}
    assert told["number"] == made.number
    assert "name" not in told, "a notice is of nobody"


def test_what_the_notice_does_not_say_is_not_printed(county_clerk, county_approver, school_a):
    made = recruitment_open(
        county_clerk, school_a, approver=county_approver, one_post=False, drop=0, contact="", words=""
    )
    said = text_of(printed(made, county_clerk)[1])
    for words in ("限报一个岗位", "最高分", "咨询", "None", "{{", "{%"):
        assert words not in said, words
    assert "不限" in said


def test_many_posts_go_on_over_the_page_with_their_heads(opened, county_clerk, school_a):
    _made, content = printed(opened, county_clerk)
    (pdf,) = converted({"notice": content}, "pdf", ending="docx").values()
    assert pdf.startswith(b"%PDF")


def test_it_is_offered_once_the_notice_was_approved_and_while_it_stands(opened, county_clerk, county_approver, login):
    client = login(county_clerk)
    url = reverse("recruitment_notice_new", args=[opened.public_id])
    assert url in client.get(reverse("recruitment", args=[opened.public_id])).content.decode()
    page = client.post(url, {"reason": "发布公告", "preview": "1"}).content.decode()
    assert "笔试成绩×40%" in page
    assert not IssuedDocument.objects.exists()
    answer = client.post(url, {"reason": "发布公告"})
    made = IssuedDocument.objects.get()
    assert answer.url == reverse("paper", args=[made.public_id])
    page = client.get(answer.url).content.decode()
    assert reverse("recruitment", args=[opened.public_id]) in page
    assert made.number in client.get(reverse("recruitment", args=[opened.public_id])).content.decode()
    advance(fresh(opened).case, "cancel", actor=county_clerk, comment="停止招聘")
    assert client.get(url).status_code == 404


def test_no_other_bureau_issues_it_and_no_draft_is_issued(opened, other_county_clerk, county_clerk):
    with pytest.raises(NotAllowed):
        services.issue(all_kinds()[NAME], opened, actor=other_county_clerk, reason="发布公告")
    opened.noticed_on = None
    assert not all_kinds()[NAME].subjects(other_county_clerk).exists()
