"""Check answers before a fact is changed: nothing is written before, nothing typed is lost, what follows is said."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from psycopg.types.range import Range

from core.org.actor import system_actor
from core.org.models import ApprovedQuota
from core.records.changes import change
from core.records.models import Change, StoredFile
from core.records.storage import content_of
from personnel.models import FormerName
from tests.core.exchange.papers import PDF, PLACE, photo
from tests.ground.clock import TODAY
from tests.personnel.files import ZHANG, make_file
from tests.personnel.journeys import because, carried, send
from tests.personnel.test_change_pages import add_url, change_url, shown_in
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


@pytest.fixture
def held(teacher):
    return TitleHeld.objects.get(teacher=teacher)


def words(page):
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page.content.decode())))


def paper(name="批复.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def promote(client, teacher, held, **more):
    """The form of a promotion, filled in."""
    url = change_url(teacher, "titles", held)
    return url, {
        **shown_in(client.get(url)),
        "rank": "first",
        "on": "2020-01-01",
        **because("评聘通过", "title_change"),
        **more,
    }


class TestTheCheckPage:
    """Old beside new, why, and what follows; nothing is written yet."""

    def test_it_shows_old_and_new_and_writes_nothing(self, login, county_clerk, teacher, held):
        client = login(county_clerk)
        url, data = promote(client, teacher, held, document="青教〔2020〕1号")
        before = (Change.objects.count(), TitleHeld.history.count())

        page = client.post(url, data)

        assert page.status_code == 200
        said = words(page)
        for part in (
            "核对后再提交", "二级教师 一级教师",
            "2010-09-01 起 2020-01-01 起", "此前照旧：2010-09-01 至 2019-12-31", "职称评聘", "评聘通过",
            "青教〔2020〕1号", "青石县办事员·县区经办·青石县教育局", "任职年限",
            "由“二级教师，2010-09-01 起，满16年”变为“一级教师，2020-01-01 起，满6年”", "尚未写入任何数据",
        ):  # fmt: skip
            assert part in said
        assert (Change.objects.count(), TitleHeld.history.count()) == before
        held.refresh_from_db()
        assert (held.valid, held.revision) == (Range(date(2010, 9, 1), None), 1)

    def test_back_keeps_what_was_typed_and_writes_nothing(self, login, county_clerk, teacher, held):
        client = login(county_clerk)
        url, data = promote(client, teacher, held, evidence=paper())

        back = client.post(url, {**carried(client.post(url, data)), "step": "edit"})

        form = shown_in(back)
        assert (back.status_code, form["rank"], form["on"], form["words"], form["reason"]) == (
            200, "first", "2020-01-01", "评聘通过", "title_change",
        )  # fmt: skip
        assert "已附：批复.pdf" in words(back)
        assert Change.objects.latest("pk").kind == "personnel.add_fact"
        send(client, url, form)
        assert Change.objects.latest("pk").evidence.name == "批复.pdf"

    def test_the_done_notice_leads_to_the_undo(self, login, county_clerk, teacher, held):
        client = login(county_clerk)
        done = send(client, *promote(client, teacher, held))

        page = client.get(done["Location"]).content.decode()

        made = Change.objects.latest("pk")
        assert f'<a href="{reverse("change_undo", args=[made.public_id])}">撤销这次变更</a>' in page

    def test_a_seat_more_than_approved_is_told(self, login, county_clerk, teacher, second_school_a):
        with change("org.approve_quota", actor=system_actor(TODAY), reason="核定"):
            for unit, seats in ((teacher.employments.get().unit, 5), (second_school_a, 0)):
                ApprovedQuota.objects.create(unit=unit, seats=seats, valid=Range(date(2020, 1, 1), None))
        client = login(county_clerk)
        url = change_url(teacher, "employment", teacher.employments.get())
        data = {**shown_in(client.get(url)), "unit": str(second_school_a.public_id), "on": "2026-12-01"}

        page = client.post(url, {**data, **because("调动", "transfer")})

        said = words(page)
        assert "青石县第一初级中学：占编由1人变为0人，核定编制5名" in said
        assert "青石县实验小学：占编由0人变为1人，核定编制0名" in said
        assert page.content.decode().count("sd-finding is-amber") == 1

    def test_years_that_are_computed_anew_are_told(self, login, county_clerk, teacher):
        client = login(county_clerk)
        url = change_url(teacher, "person", teacher)

        page = client.post(
            url, {**shown_in(client.get(url)), "work_start": "2003-08", **because("审核认定", "archive_review")}
        )

        assert "工龄 随之重算：由21变为23" in words(page)
        teacher.refresh_from_db()
        assert str(teacher.work_start) == "2005-08"


class TestTheReason:
    """A reason of the list, fitting what is done; words for “other”."""

    @pytest.mark.parametrize(
        ("how", "reason", "said", "passes"),
        [
            ("change", "title_change", "", True),
            ("change", "typing", "", False),
            ("correct", "typing", "", True),
            ("correct", "title_change", "x", False),
            ("change", "other", "", False),
            ("change", "other", "市里统一调整", True),
            ("change", "event", "x", False),
            ("change", "", "x", False),
            ("change", "wrong_person", "x", False),
        ],
    )
    def test_it_fits_what_is_done(self, login, county_clerk, teacher, held, how, reason, said, passes):
        client = login(county_clerk)
        url, data = promote(client, teacher, held)
        answer = client.post(url, {**data, "how": how, "on": "2020-01-01", "reason": reason, "words": said})

        assert (answer.status_code == 200) is passes
        if not passes:
            assert re.search(r'href="#id_(reason|words)', answer.content.decode())

    def test_it_stands_in_the_history_in_words(self, login, county_clerk, teacher, held):
        client = login(county_clerk)
        send(client, *promote(client, teacher, held, words=""))

        made = Change.objects.latest("pk")
        assert (made.reason_code, made.reason) == ("title_change", "")
        assert "职称评聘" in words(client.get(reverse("teacher_history", args=[teacher.public_id])))

    def test_a_number_of_somebody_in_the_words_is_kept_masked(self, login, county_clerk, teacher, held):
        client = login(county_clerk)
        send(client, *promote(client, teacher, held, words=f"见{ZHANG}的批复"))

        assert Change.objects.latest("pk").reason == "见**************002X的批复"


class TestEvidence:
    """A file that shows why: kept sealed, shown to those who may see the change."""

    def test_it_survives_mistakes_and_stands_in_the_history(self, login, county_clerk, teacher, held):
        client = login(county_clerk)
        url, data = promote(client, teacher, held, rank="", evidence=paper("批复.jpg", photo()))
        wrong = client.post(url, data)
        assert (wrong.status_code, "已附：批复.jpg" in words(wrong)) == (422, True)

        send(client, url, {**shown_in(wrong), "rank": "first"})

        made = Change.objects.latest("pk")
        kept = content_of(made.evidence)
        assert (made.evidence_digest, PLACE in kept) == (made.evidence.digest, False)
        address = reverse("change_evidence", args=[made.public_id])
        assert f'href="{address}"' in client.get(reverse("teacher_history", args=[teacher.public_id])).content.decode()
        assert f'href="{address}"' in client.get(reverse("change", args=[made.public_id])).content.decode()
        got = client.get(address)
        assert (got.content, got["Content-Type"], got["Content-Disposition"][:10]) == (kept, "image/jpeg", "attachment")

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("批复.pdf", b"", "文件是空的"),
            ("批复.pdf", b"MZ\x90 a program", "这不是PDF"),
            ("批复.pdf", b"%PDF-1.4 cut", "文件已损坏"),
            ("批复.pdf", PDF + bytes(21 * 1024 * 1024), "文件超过20 MB"),
        ],
    )
    def test_what_is_none_is_refused_and_nothing_typed_is_lost(
        self, login, county_clerk, teacher, held, name, content, said
    ):
        client = login(county_clerk)
        url, data = promote(client, teacher, held, evidence=paper(name, content))
        files = StoredFile.objects.count()

        wrong = client.post(url, data)

        assert (wrong.status_code, said in words(wrong)) == (422, True)
        assert (shown_in(wrong)["rank"], StoredFile.objects.count()) == ("first", files)

    def test_a_token_of_somebody_else_counts_for_nothing(self, login, county_clerk, second_county_clerk, teacher, held):
        theirs = login(second_county_clerk)
        url, data = promote(theirs, teacher, held, evidence=paper())
        token = carried(theirs.post(url, data))["evidence_kept"]
        client = login(county_clerk)
        url, data = promote(client, teacher, held, evidence_kept=token)

        answer = client.post(url, data)

        assert (answer.status_code, "已无法识别" in words(answer)) == (422, True)

    def test_only_who_sees_the_change_gets_it(self, login, county_clerk, other_county_clerk, auditor, teacher, held):
        client = login(county_clerk)
        send(client, *promote(client, teacher, held, evidence=paper()))
        address = reverse("change_evidence", args=[Change.objects.latest("pk").public_id])

        answers = [login(actor).get(address).status_code for actor in (county_clerk, other_county_clerk, auditor)]

        assert answers == [200, 404, 403]
        log = words(login(auditor).get(address.removesuffix("evidence/")))
        assert ("附有文件" in log, "批复.pdf" in log) == (True, False)


class TestLaterPeriods:
    """A change dated back shows the later periods and asks whether they follow."""

    @pytest.fixture
    def later(self, login, county_clerk, teacher, held):
        """A second title in a later period."""
        client = login(county_clerk)
        send(client, *promote(client, teacher, held, area="青石县"))
        held.refresh_from_db()
        return TitleHeld.objects.exclude(pk=held.pk).get()

    def corrected_back(self, client, teacher, held):
        """The form that changes the earlier period from a day within it."""
        url = change_url(teacher, "titles", held)
        data = {**shown_in(client.get(url)), "area": "白河县", "on": "2015-01-01"}
        return url, {**data, **because("区划调整", "reorganised")}

    @pytest.mark.parametrize(("decided", "area"), [("keep", "青石县"), ("follow", "白河县")])
    def test_they_stay_or_follow_as_is_decided(self, login, county_clerk, teacher, held, later, decided, area):
        client = login(county_clerk)
        url, data = self.corrected_back(client, teacher, held)
        page = client.post(url, data)
        assert "后面的时段" in words(page)
        assert "2020-01-01 起" in words(page)
        before = Change.objects.count()

        undecided = client.post(url, {**carried(page), "step": "write"})
        assert (undecided.status_code, "请选择后面的时段" in words(undecided), Change.objects.count()) == (
            422,
            True,
            before,
        )
        send(client, url, data, later=decided)

        rows = TitleHeld.objects.filter(teacher=teacher).order_by("valid").values_list("valid", "rank", "area")
        assert list(rows) == [
            (Range(date(2010, 9, 1), date(2015, 1, 1)), "second", ""),
            (Range(date(2015, 1, 1), date(2020, 1, 1)), "second", "白河县"),
            (Range(date(2020, 1, 1), None), "first", area),
        ]
        assert Change.objects.count() == before + 1

    def test_a_correction_asks_only_for_those_that_say_the_same_wrong_thing(
        self, login, county_clerk, teacher, held, later
    ):
        client = login(county_clerk)
        url = change_url(teacher, "titles", held)
        data = {**shown_in(client.get(url)), "how": "correct", **because("录入有误", "typing")}

        other = client.post(url, {**data, "rank": "third"})
        same = client.post(url, {**data, "obtained": "2010-10"})

        assert ("后面的时段" in words(other), "后面的时段" in words(same)) == (False, True)

    def test_later_periods_that_changed_meanwhile_are_shown_again(
        self, login, county_clerk, second_county_clerk, teacher, held, later
    ):
        client = login(county_clerk)
        url, data = self.corrected_back(client, teacher, held)
        page = client.post(url, data)
        theirs = login(second_county_clerk)
        other = change_url(teacher, "titles", later)
        send(
            theirs,
            other,
            {**shown_in(theirs.get(other)), "area": "赤水县", "how": "correct", **because("更正", "typing")},
        )

        told = client.post(url, {**carried(page), "step": "write", "later": "follow"})

        assert (told.status_code, "已与刚才显示的不同" in words(told), "赤水县" in words(told)) == (422, True, True)
        later.refresh_from_db()
        assert later.area == "赤水县"


class TestDays:
    """A day ahead takes effect by itself; a day before the birth is refused."""

    def test_a_day_ahead_takes_effect_by_its_date_alone(self, login, county_clerk, teacher, held, monkeypatch):
        client = login(county_clerk)
        send(client, *promote(client, teacher, held, on="2027-01-01"))

        def title():
            return words(client.get(reverse("teacher", args=[teacher.public_id])))

        assert ("二级教师" in title(), "一级教师" in title().partition("变更记录")[0]) == (True, False)
        monkeypatch.setattr("core.web.middleware.today", lambda: date(2027, 1, 1))
        assert "职称 一级教师" in title()

    @pytest.mark.parametrize(
        ("section", "data", "field"),
        [
            ("status", {"status": "on_loan", "on": "1979-01-01"}, "on"),
            ("names", {"name": "林小清", "until": "1979"}, "until"),
            ("education", {"level": "21", "school": "师范大学", "starts": "1975-09"}, "starts"),
            ("political", {"status": "01", "joined": "1970-07-01", "on": "2000-07-01"}, "joined"),
        ],
    )
    def test_a_day_before_the_birth_is_refused_at_its_field(self, login, county_clerk, teacher, section, data, field):
        answer = login(county_clerk).post(add_url(teacher, section), {**data, **because("补录", "filled_in")})

        assert (answer.status_code, "早于本人出生日期1980-05-01" in words(answer)) == (422, True)
        assert f'href="#id_{field}' in answer.content.decode()
        assert not FormerName.objects.exists()

    def test_the_birth_of_a_relative_may_be_earlier(self, login, county_clerk, teacher):
        answer = login(county_clerk).post(
            add_url(teacher, "family"),
            {"relation": "51", "name": "林父", "birth": "1950", **because("补录", "filled_in")},
        )

        assert answer.status_code in (200, 422)
        assert "早于本人出生日期" not in words(answer)

    def test_a_birth_after_the_start_of_work_is_refused(self, login, county_clerk, teacher):
        client = login(county_clerk)
        url = change_url(teacher, "person", teacher)

        answer = client.post(url, {**shown_in(client.get(url)), "birth": "2006-01-01", **because("x", "typing")})

        assert (answer.status_code, "早于本人出生日期2006-01-01" in words(answer)) == (422, True)


def test_an_undated_section_with_a_date_called_on_takes_a_record(login, county_clerk, teacher):
    data = {"kind": "paper", "title": "论分层作业", "on": "2019-05", **because("补录", "filled_in")}

    answer = send(login(county_clerk), add_url(teacher, "achievements"), data)

    assert answer.status_code == 302
    assert str(teacher.achievements.get().on) == "2019-05"


def test_a_stale_check_writes_nothing_and_shows_both_values(login, county_clerk, second_county_clerk, teacher):
    first, second = login(county_clerk), login(second_county_clerk)
    url = change_url(teacher, "person", teacher)
    mine = {**shown_in(first.get(url)), "native_place": "青石县", **because("核对", "typing")}
    checked = first.post(url, mine)
    send(second, url, {**shown_in(second.get(url)), "native_place": "白河县", **because("补录", "filled_in")})

    told = first.post(url, {**carried(checked), "step": "write"})

    assert (told.status_code, "白河县" in words(told), 'value="青石县"' in told.content.decode()) == (409, True, True)
    teacher.refresh_from_db()
    assert teacher.native_place == "白河县"
