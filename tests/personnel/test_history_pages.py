"""History: one entry per change, in words, only what changed; and each change with everything it touched."""

import re
import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import Range

from core.dates import PartialDate
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import Change
from personnel import services
from personnel.models import Achievement, Education
from personnel.views.history import PAGE
from tests.factories.people import make_unit
from tests.ground.clock import TODAY
from tests.personnel.files import PHONE, ZHANG, import_rows, make_file, set_contact
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

HEAD = ("姓名", "身份证号", "工作单位", "参加工作时间", "职称", "职称取得时间")


def url(teacher, **query):
    return reverse("teacher_history", args=[teacher.public_id]) + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def entries(answer):
    history = re.search(r'<ol class="sd-history"[^>]*>.*?</ol>', answer.content.decode(), re.DOTALL)
    return [text_of(entry) for entry in history[0].split("<li")[1:]] if history else []


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


def promote(teacher, actor, day=date(2020, 1, 1), rank="first", **more):
    held = TitleHeld.objects.filter(teacher=teacher).latest("valid")
    return services.change_fact(actor=actor, record=held, on=day, values={"rank": rank}, reason="评聘通过", **more)


def test_a_record_with_the_key_of_a_following_period_is_told_as_what_it_is(login, county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    with change("titles.test", actor=county_clerk, reason="评聘"):
        following = held.supersede(on=date(2020, 1, 1), rank="first")
        Achievement.objects.create(pk=following.pk, teacher=teacher, title="整本书阅读的路径")

    newest = entries(login(county_clerk).get(url(teacher)))[0]

    assert "整本书阅读的路径" in newest
    assert "职称起始日 现为 2020-01-01" in newest


def test_a_change_is_told_in_words_with_old_and_new(login, county_clerk, teacher):
    promote(teacher, county_clerk, document="青教〔2020〕1号")

    newest = entries(login(county_clerk).get(url(teacher)))[0]

    for words in (
        "职称改为一级教师",
        "二级教师",
        "职称起始日",
        "2020-01-01",
        "评聘通过",
        "青石县办事员·县区经办",
        "青教〔2020〕1号",
        "页面操作",
    ):
        assert words in newest, words
    assert "适用范围" not in newest


def test_changes_of_one_day_are_told_with_their_time(login, county_clerk, teacher):
    made = promote(teacher, county_clerk).history.latest("revision").change

    newest = entries(login(county_clerk).get(url(teacher)))[0]

    assert timezone.localtime(made.at).strftime("%Y-%m-%d %H:%M") in newest


def test_a_correction_tells_only_the_field_that_was_wrong(login, county_clerk, teacher):
    services.correct_fact(
        actor=county_clerk, record=teacher, values={"work_start": PartialDate(2004, 8), "sex": "2"}, reason="核对档案"
    )

    newest = entries(login(county_clerk).get(url(teacher)))[0]

    assert "参加工作时间改为2004-08" in newest
    assert "2005-08" in newest
    assert "性别" not in newest


@pytest.mark.parametrize(
    ("act", "title"),
    [
        (lambda held: held.supersede(on=date(2020, 1, 1), area="青石县"), "职称：适用地区改为青石县"),
        (lambda held: held.supersede(on=date(2020, 1, 1), area="青石县", scope_of_title="county"), "职称有改动"),
        (lambda held: held.correct(area="青石县"), "职称：适用地区改为青石县"),
        (lambda held: held.correct(rank="first", area="青石县"), "职称改为一级教师"),
        (
            lambda held: held.correct(valid=Range(date(2010, 9, 1), date(2026, 9, 1))),
            "职称：有效期改为2010-09-01 至 2026-08-31",
        ),
    ],
)
def test_the_title_names_what_really_changed(login, county_clerk, teacher, act, title):
    with change("titles.test", actor=county_clerk, reason="核对"):
        act(TitleHeld.objects.get(teacher=teacher))

    assert title in entries(login(county_clerk).get(url(teacher)))[0]


def test_protected_values_are_told_without_the_value(login, county_clerk, teacher):
    contact = set_contact(teacher)
    services.correct_fact(actor=county_clerk, record=contact, values={"phone": "13900005678"}, reason="换号")

    page = login(county_clerk).get(url(teacher))

    newest = entries(page)[0]
    assert "电话有改动" in newest
    assert ("1234" in newest, "5678" in newest) == (True, True)
    assert [PHONE in page.content.decode(), "13900005678" in page.content.decode()] == [False, False]


def test_the_same_number_encrypted_anew_is_no_change(county_clerk, teacher):
    contact = set_contact(teacher)

    with pytest.raises(NotAllowed):
        services.correct_fact(actor=county_clerk, record=contact, values={"phone": PHONE}, reason="换号")


def test_an_import_is_one_entry_with_its_batch(login, county_clerk, school_a, teacher):
    batch = import_rows(
        county_clerk, school_a, [HEAD, ("林婉清", ZHANG, school_a.name, "2004年9月", "一级教师", "2026年6月")]
    )

    newest = entries(login(county_clerk).get(url(teacher)))[0]

    for words in ("导入：个人信息、职称", "2004-09", "一级教师", f"批次 {batch.pk}"):
        assert words in newest, words


def test_a_file_begins_with_the_entry_that_opened_it(login, county_clerk, teacher):
    oldest = entries(login(county_clerk).get(url(teacher)))[-1]

    assert "建立档案" in oldest
    assert "新建档" in oldest
    assert "林婉清" in oldest


def test_a_removed_record_is_told_too(login, county_clerk, teacher):
    with change("personnel.remove_fact", actor=county_clerk, reason="登记重复"):
        Education.objects.get(teacher=teacher).delete()

    newest = entries(login(county_clerk).get(url(teacher)))[0]

    assert "去掉学历学位" in newest
    assert "师范大学" in newest


def test_it_can_be_narrowed_to_a_section_and_a_source(login, county_clerk, school_a, teacher):
    promote(teacher, county_clerk)
    import_rows(county_clerk, school_a, [HEAD, ("林婉清", ZHANG, school_a.name, "2004年9月", "", "")])
    client = login(county_clerk)

    assert len(entries(client.get(url(teacher, section="titles")))) == 2
    assert len(entries(client.get(url(teacher, source="batch:")))) == 1
    assert entries(client.get(url(teacher, section="titles", source="batch:"))) == []
    assert client.get(url(teacher, section="nothing")).status_code == 404


def test_pages_go_on_from_a_change(login, county_clerk, teacher):
    for number in range(PAGE + 2):
        promote(
            teacher,
            county_clerk,
            day=date(2011, 1, number + 1) if number < 31 else date(2011, 2, number - 30),
            rank=("first", "second")[number % 2],
        )
    client = login(county_clerk)

    first = client.get(url(teacher))
    following = re.search(r'href="([^"]*)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(following)

    assert len(entries(first)) == PAGE
    assert len(entries(second)) == 4
    assert 'rel="prev"' in second.content.decode()


def test_htmx_gets_the_list_of_entries_only(login, county_clerk, teacher):
    part = login(county_clerk).get(url(teacher), headers={"HX-Request": "true"}).content.decode()

    assert part.startswith('<section class="card" id="listing"')


def test_the_number_of_queries_does_not_grow_with_the_changes(login, county_clerk, teacher):
    client = login(county_clerk)
    counts, made = [], 0
    for wanted in (1, 3, 29):
        for number in range(made, wanted):
            promote(teacher, county_clerk, day=date(2011, 1, number + 1), rank=("first", "second")[number % 2])
        made = wanted
        client.get(url(teacher))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(teacher))
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2], counts


def test_the_person_reads_their_own_history(login, teacher_actor, own_file, county_clerk):
    services.correct_fact(actor=county_clerk, record=own_file, values={"native_place": "青石县"}, reason="补录籍贯")

    page = login(teacher_actor).get(url(own_file))

    assert "籍贯改为青石县" in entries(page)[0]
    assert "/changes/" not in page.content.decode()


SIZE = re.compile(r'<tr><th scope="row">([^<]*)</th><td class="sd-num">(\d+)</td>')


class TestOneChange:
    """What one act touched."""

    def change_url(self, change):
        return reverse("change", args=[change.public_id])

    @pytest.fixture
    def both(self, school_a, school_b):
        return make_file("林婉清", school_a), make_file("王芳", school_b)

    @pytest.fixture
    def made(self, both):
        with change("test.both", actor=system_actor(TODAY), reason="统一更正", document="临教〔2026〕8号") as made:
            for one in both:
                one.native_place = "临江市"
                one.save(update_fields={"native_place"})
        return made

    def test_it_says_who_when_why_on_what_paper(self, login, county_clerk, made):
        page = text_of(login(county_clerk).get(self.change_url(made)).content.decode())

        for words in ("统一更正", "临教〔2026〕8号", "籍贯", "临江市"):
            assert words in page, words

    def test_only_visible_people_are_named(self, login, county_clerk, other_county_clerk, made, both):
        here = login(county_clerk).get(self.change_url(made)).content.decode()
        there = login(other_county_clerk).get(self.change_url(made)).content.decode()

        assert ("林婉清" in here, "王芳" in here) == (True, False)
        assert ("林婉清" in there, "王芳" in there) == (False, True)

    def test_a_change_of_others_only_is_not_there(self, login, county_clerk, school_b):
        stranger = make_file("王芳", school_b)
        made = Change.objects.get(pk=stranger.history.get().change_id)
        client = login(county_clerk)

        nothing = client.get(f"/changes/{uuid.uuid4()}/")
        found = client.get(self.change_url(made))

        assert (found.status_code, found.content) == (404, nothing.content)

    def test_an_auditor_sees_the_act_and_its_size_but_no_file(self, login, auditor, made):
        page = login(auditor).get(self.change_url(made)).content.decode()

        assert "统一更正" in page
        assert ("林婉清" in page, "临江市" in text_of(page).replace("临江市教育局", "")) == (False, False)
        assert SIZE.findall(page) == [("个人信息", "2")]

    def test_its_size_counts_what_the_reader_sees(self, login, county_clerk, made):
        page = login(county_clerk).get(self.change_url(made)).content.decode()

        assert SIZE.findall(page) == [("个人信息", "1")]

    def test_units_are_shown_to_who_may_see_units(self, login, county_clerk, county_a, county_b):
        make_unit("school", "青石县第二小学", county_a)
        seen = Change.objects.latest("pk")
        make_unit("school", "白河县第二小学", county_b)
        other = Change.objects.latest("pk")
        client = login(county_clerk)

        assert "青石县第二小学" in client.get(self.change_url(seen)).content.decode()
        assert client.get(self.change_url(other)).status_code == 404

    def test_people_are_paged(self, login, county_clerk, school_a):
        people = [make_file(f"李{chr(0x4E00 + number)}", school_a) for number in range(21)]
        with change("test.all", actor=system_actor(TODAY), reason="统一更正") as made:
            for one in people:
                one.native_place = "临江市"
                one.save(update_fields={"native_place"})
        client = login(county_clerk)

        first = client.get(self.change_url(made)).content.decode()
        after = re.search(r'href="(\?after=[^"]*)" rel="next"', first)[1]
        second = client.get(self.change_url(made) + after).content.decode()

        shown = [set(re.findall(r'href="(/teachers/[0-9a-f-]{36}/)"', page)) for page in (first, second)]
        assert [len(one) for one in shown] == [20, 1]
        assert shown[0] & shown[1] == set()

    def test_the_number_of_queries_does_not_grow_with_the_people(self, login, county_clerk, school_a):
        client = login(county_clerk)
        counts = []
        for wanted in (1, 3, 18):
            people = [make_file(f"李{chr(0x4E00 + number)}", school_a) for number in range(wanted)]
            with change("test.all", actor=system_actor(TODAY), reason="统一更正") as made:
                for one in people:
                    one.native_place = "临江市"
                    one.save(update_fields={"native_place"})
            client.get(self.change_url(made))
            with CaptureQueriesContext(connection) as captured:
                client.get(self.change_url(made))
            counts.append(len(captured))
        assert counts[0] == counts[1] == counts[2], counts
