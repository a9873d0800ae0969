"""The pages of the audit: what auditors read, of whom, with which conditions; seals and their verification."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.jobs.models import Job
from core.jobs.services import enqueue
from core.jobs.verifying import LOCK, VERIFY
from core.org.models import UnitStatistics
from core.records.changes import change
from core.records.models import AccessLog, Change, Seal
from core.records.scope import owners
from core.records.settling import settle
from core.registry import registry
from core.web.views.audit import source_words
from core.web.views.seals import FAULTS, NUMBERED, fault_words
from personnel.models import IdentityDocument, Teacher
from personnel.services.access import note_look, reveal_value
from tests.factories.people import make_actor, make_teacher
from tests.personnel.files import ZHANG

CHANGES, ACCESS, SEALS = "/audit/changes/", "/audit/access/", "/audit/seals/"
PAGES = [CHANGES, ACCESS, SEALS]


def write(actor, unit, *, year=2026, reason="年报", source="page", document=""):
    """One change by an actor: statistics of a unit."""
    with change("org.record_statistics", actor=actor, reason=reason, source=source, document=document) as made:
        UnitStatistics.objects.create(unit=unit, school_year=year, pupils=900, classes=20)
    return made


def text(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.fixture
def county_auditor(county_a):
    """An auditor of county A only."""
    return make_actor("auditor", county_a, name="县审计员")


@pytest.mark.django_db
class TestWhoReads:
    @pytest.mark.parametrize("address", PAGES)
    @pytest.mark.parametrize(
        "role", ["county_clerk", "city_approver", "system_administrator", "security_administrator", "teacher_actor"]
    )
    def test_nobody_but_auditors(self, login, request, address, role):
        assert login(request.getfixturevalue(role)).get(address).status_code == 403

    @pytest.mark.parametrize("name", ["audit_verify", "audit_seals_progress"])
    def test_nobody_else_verifies(self, login, city_clerk, name):
        client = login(city_clerk)
        assert client.post(reverse(name)).status_code == 403
        assert Job.objects.count() == 0

    def test_auditors_find_the_three_pages_in_the_menu(self, login, auditor):
        home = text(login(auditor), "/")
        assert [address for address in PAGES if f'href="{address}"' not in home] == []


@pytest.mark.django_db
class TestChanges:
    def test_a_row_says_who_in_which_role_why_on_what_paper_and_where(self, login, auditor, county_clerk, school_a):
        made = write(county_clerk, school_a, reason="核对学年初报表", document="青教〔2026〕9号", source="batch:7")

        shown = text(login(auditor), CHANGES)

        for said in ("青石县办事员", "县区经办", "青石县教育局", "核对学年初报表", "青教〔2026〕9号", "批次 7"):
            assert said in shown
        assert reverse("change", args=[made.public_id]) in shown
        assert ">org.record_statistics<" not in shown

    def test_an_auditor_of_a_county_reads_what_was_done_in_it(
        self, login, county_auditor, county_clerk, school_clerk, other_county_clerk, city_clerk, school_a, school_b
    ):
        mine = [write(county_clerk, school_a), write(school_clerk, school_a, year=2025)]
        others = [write(other_county_clerk, school_b), write(city_clerk, school_b, year=2025)]
        client = login(county_auditor)

        shown = text(client, CHANGES)

        for made in mine:
            address = reverse("change", args=[made.public_id])
            assert address in shown
            assert client.get(address).status_code == 200
        for made in others:
            address = reverse("change", args=[made.public_id])
            assert address not in shown
            assert client.get(address).status_code == 404

    def test_an_auditor_of_the_root_reads_also_what_the_system_did(self, login, auditor, system, school_a):
        made = write(system, school_a, source="command")

        shown = text(login(auditor), CHANGES)

        assert reverse("change", args=[made.public_id]) in shown
        assert "系统" in shown

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("kind=org.record_statistics", ["page", "batch", "later"]),
            ("kind=org.grant_role", []),
            ("source=page", ["page", "later"]),
            ("source=batch", ["batch"]),
            ("source=api", []),
            ("q=李敏", ["page", "later"]),
            ("q=nobody.of.this.name", []),
            ("since=2026-11-22", ["page", "batch", "later"]),
            ("until=2020-01-01", []),
            ("q=李敏&source=batch", []),
        ],
    )
    def test_conditions(self, login, auditor, county_a, county_b, school_a, query, found):
        clerk, other = (
            make_actor("county_clerk", county_a, name="李敏"),
            make_actor("county_clerk", county_b, name="石文英"),
        )
        made = {
            "page": write(clerk, school_a),
            "batch": write(other, school_a, year=2025, source="batch:3"),
            "later": write(clerk, school_a, year=2024),
        }

        shown = text(login(auditor), f"{CHANGES}?{query}")

        assert [name for name, one in made.items() if reverse("change", args=[one.public_id]) in shown] == found

    def test_a_unit_narrows_to_it_and_all_below_it(
        self, login, auditor, school_clerk, other_county_clerk, county_a, school_a, school_b
    ):
        inside, outside = write(school_clerk, school_a), write(other_county_clerk, school_b)

        shown = text(login(auditor), f"{CHANGES}?under={county_a.public_id}")

        assert reverse("change", args=[inside.public_id]) in shown
        assert reverse("change", args=[outside.public_id]) not in shown

    def test_a_day_that_is_none_is_left_out_and_the_page_says_so(self, login, auditor, county_clerk, school_a):
        made = write(county_clerk, school_a)

        answer = login(auditor).get(f"{CHANGES}?since=2026-02-30")

        shown = answer.content.decode()
        assert reverse("change", args=[made.public_id]) in shown
        assert (answer.context["chips"], [one.name for one in answer.context["listing"].unknown]) == ([], ["since"])
        assert 'name="since" value=""' in shown

    def test_days_stand_in_the_form_and_as_conditions(self, login, auditor, county_clerk, school_a):
        write(county_clerk, school_a)

        shown = text(login(auditor), f"{CHANGES}?since=2020-02-29")

        assert 'placeholder="2026-09-01" name="since" value="2020-02-29">' in shown

    def test_a_day_is_read_as_people_type_it(self, login, auditor, county_clerk, school_a):
        made = write(county_clerk, school_a)

        answer = login(auditor).get(f"{CHANGES}?since=2020年2月9日")

        assert reverse("change", args=[made.public_id]) in answer.content.decode()
        assert [chip.value for chip in answer.context["chips"]] == ["2020-02-09"]

    def test_what_is_not_settled_says_so_and_has_its_position_later(
        self, committed_db, login, auditor, county_clerk, school_a
    ):
        write(county_clerk, school_a)
        client = login(auditor)
        waiting = text(client, CHANGES)

        settle()

        assert "尚未封存" in waiting
        settled = text(client, CHANGES)
        assert "尚未封存" not in settled
        assert f">{Seal.objects.latest('pk').last:,}<" in settled

    def test_the_number_of_queries_does_not_grow_with_the_changes(
        self, login, auditor, county_clerk, school_clerk, school_a, school_b
    ):
        client = login(auditor)
        write(county_clerk, school_a)
        count(client, CHANGES)
        few = count(client, CHANGES)
        for year in range(1990, 2010):
            write(county_clerk, school_a, year=year)
            write(school_clerk, school_b, year=year)

        assert count(client, CHANGES) == few


def count(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.django_db
class TestLooks:
    def test_a_reveal_says_who_looked_at_what_and_why_but_not_at_whom(self, login, auditor, county_clerk, school_a):
        teacher = make_teacher("欧阳海棠", school_a, identity_number=ZHANG)
        document = IdentityDocument.objects.get(teacher=teacher)
        note_look(actor=county_clerk, teacher=teacher)
        reveal_value(actor=county_clerk, teacher=teacher, record=document, field="number", reason="核对社保账户")

        shown = text(login(auditor), ACCESS)

        for said in (
            "青石县办事员",
            "县区经办",
            "核对社保账户",
            "欧*",
            "青石县第一初级中学",
            teacher.public_id.hex[-8:],
            "打开档案",
        ):
            assert said in shown
        assert "欧阳" not in shown
        assert ZHANG not in shown
        assert str(teacher.public_id) not in shown

    def test_usual_reasons_are_said_in_words(self, login, auditor, county_clerk, school_a):
        teacher = make_teacher("张伟", school_a, identity_number=ZHANG)
        reasons = {name: words for module in registry.modules.values() for name, words in module.reveal_reasons.items()}
        name, words = next(iter(reasons.items()))
        document = IdentityDocument.objects.get(teacher=teacher)
        reveal_value(actor=county_clerk, teacher=teacher, record=document, field="number", reason=name)

        assert str(words) in text(login(auditor), ACCESS)

    def test_conditions(self, login, auditor, county_clerk, other_county_clerk, teacher_a, teacher_b):
        note_look(actor=county_clerk, teacher=teacher_a)
        note_look(actor=other_county_clerk, teacher=teacher_b)
        client = login(auditor)

        assert "打开档案" in text(client, f"{ACCESS}?what=file")
        assert "打开档案" not in text(client, f"{ACCESS}?what=value").partition("<tbody")[2]
        narrowed = text(client, f"{ACCESS}?q=白河县办事员")
        assert "王*" in narrowed
        assert "张*" not in narrowed

    def test_an_auditor_of_a_county_reads_the_looks_of_its_people(
        self, login, county_auditor, county_clerk, other_county_clerk, teacher_a, teacher_b
    ):
        note_look(actor=county_clerk, teacher=teacher_a)
        note_look(actor=other_county_clerk, teacher=teacher_b)

        shown = text(login(county_auditor), ACCESS)

        assert "张*" in shown
        assert "王*" not in shown
        assert "白河县办事员" not in shown

    def test_paging_goes_through_all_of_them_once(self, login, auditor, county_clerk, school_a):
        people = [make_teacher(f"{chr(0x5F20 + n)}甲", school_a) for n in range(45)]
        for teacher in people:
            note_look(actor=county_clerk, teacher=teacher)
        client, seen, address = login(auditor), [], f"{ACCESS}?size=20"

        while address:
            answer = client.get(address)
            seen += [row.key for row in answer.context["table"].rows]
            address = answer.context["pager"].next_url and f"{ACCESS}{answer.context['pager'].next_url}"

        assert seen == [str(pk) for pk in AccessLog.objects.order_by("-pk").values_list("pk", flat=True)]

    @pytest.mark.parametrize("mark", ["x", "-1", "9" * 30, "٣", "00000000-0000-4000-8000-000000000000"])
    def test_a_mark_that_is_none_gives_the_first_page(self, login, auditor, county_clerk, teacher_a, mark):
        note_look(actor=county_clerk, teacher=teacher_a)

        assert "张*" in text(login(auditor), f"{ACCESS}?after={mark}")

    def test_the_number_of_queries_does_not_grow_with_the_looks(
        self, login, auditor, county_clerk, school_clerk, school_a
    ):
        client = login(auditor)
        note_look(actor=county_clerk, teacher=make_teacher("张甲", school_a))
        count(client, ACCESS)
        few = count(client, ACCESS)
        for number in range(20):
            note_look(actor=school_clerk, teacher=make_teacher(f"王{number}", school_a))

        assert count(client, ACCESS) == few

    def test_the_unit_of_a_person_is_that_of_the_day(self, school_a, school_b):
        left = make_teacher("张伟", school_a, until=date(2020, 9, 1))
        stays = make_teacher("王芳", school_b)

        assert owners(Teacher, [left.pk, stays.pk], date(2026, 11, 22)) == {stays.pk: school_b.pk}
        assert owners(Teacher, [left.pk, stays.pk], date(2015, 1, 1)) == {left.pk: school_a.pk, stays.pk: school_b.pk}
        document = IdentityDocument.objects.filter(teacher=make_teacher("李四", school_a, identity_number=ZHANG)).get()
        assert owners(IdentityDocument, [document.pk], date(2026, 11, 22)) == {document.pk: school_a.pk}


@pytest.mark.parametrize(
    ("source", "said"), [("page", "页面操作"), ("batch:12", "批次 12"), ("", ""), ("elsewhere", "elsewhere")]
)
def test_sources_in_words(source, said):
    assert source_words(source) == said


class TestSeals:
    def test_the_last_seal_stands_there_with_its_sheet(self, committed_db, login, auditor):
        settle()
        last = Seal.objects.latest("pk")

        shown = text(login(auditor), SEALS)

        assert bytes(last.root).hex()[:16] in shown
        assert bytes(last.chain).hex()[:16] in shown
        assert f"/audit/seals/sheet/?seal={last.pk}" in shown
        assert f"{last.last:,}" in shown
        assert "历史尚未核验" in shown

    def test_changes_that_wait_are_counted(self, committed_db, login, auditor, county_clerk, school_a):
        settle()
        client = login(auditor)
        write(county_clerk, school_a)
        write(county_clerk, school_a, year=2025)

        stats = client.get(SEALS).context["numbers"]

        assert [stat.value for stat in stats[:2]] == [f"{Change.objects.count() - 2:,}", "2"]

    def test_that_settling_stands_still_is_told_to_who_can_see_to_it(
        self, committed_db, login, auditor, system_administrator, county_clerk, school_a, superuser_sql, app_sql
    ):
        settle()
        app_sql.execute("SELECT pg_advisory_lock(7310423)")
        made = write(county_clerk, school_a)
        pages = (login(auditor), SEALS), (login(auditor), "/"), (login(system_administrator), "/")

        assert settle() == 0
        before = [text(client, address) for client, address in pages]
        superuser_sql.execute("SET session_replication_role = replica")
        superuser_sql.execute("UPDATE records_change SET at = at - interval '61 seconds' WHERE id = %s", [made.pk])
        during = [text(client, address) for client, address in pages]
        app_sql.execute("SELECT pg_advisory_unlock(7310423)")
        settle()
        after = [text(client, address) for client, address in pages]

        words = ("起就在等待封存", "停滞", "停滞")
        found = [[word in page for word, page in zip(words, shown, strict=True)] for shown in (before, during, after)]
        assert found == [[False] * 3, [True] * 3, [False] * 3]

    def test_to_verify_is_a_job_that_ends_in_words(self, committed_db, login, auditor, run_jobs):
        settle()
        client = login(auditor)

        assert client.post("/audit/seals/verify/")["Location"] == SEALS
        working = text(client, SEALS)
        part = client.get("/audit/seals/progress/")
        again = client.post("/audit/seals/verify/")
        (job,) = run_jobs()

        assert 'hx-get="/audit/seals/progress/"' in working
        assert 'action="/audit/seals/verify/"' not in working
        assert "HX-Refresh" not in part
        assert again["Location"] == SEALS
        assert (job.kind, job.state, job.result["faults"]) == (VERIFY, Job.State.DONE, 0)
        assert client.get("/audit/seals/progress/")["HX-Refresh"] == "true"
        shown = text(client, SEALS)
        assert "历史与封存一致" in shown
        assert 'action="/audit/seals/verify/"' in shown
        assert "与封存一致" in text(client, "/")

    def test_what_was_bent_is_named_with_its_change(
        self, committed_db, login, auditor, county_clerk, school_a, superuser_sql, run_jobs
    ):
        made = write(county_clerk, school_a)
        settle()
        superuser_sql.execute("SET session_replication_role = replica")
        superuser_sql.execute("UPDATE org_historicalunitstatistics SET pupils = 1 WHERE change_id = %s", [made.pk])
        row = UnitStatistics.history.get(change=made).pk
        client = login(auditor)

        client.post("/audit/seals/verify/")
        run_jobs()

        shown = text(client, SEALS)
        assert str(FAULTS["row altered"]) in shown
        assert "org_historicalunitstatistics" in shown
        assert str(row) in shown
        assert reverse("change", args=[made.public_id]) in shown
        assert "已被改动" in text(client, "/")

    @pytest.mark.django_db
    def test_a_second_verification_waits_for_the_first(self, login, auditor, county_auditor):
        enqueue(VERIFY, actor=auditor, lock=LOCK)

        answer = login(county_auditor).post("/audit/seals/verify/")

        assert answer["Location"] == SEALS
        assert Job.objects.count() == 1

    @pytest.mark.django_db
    def test_a_verification_that_broke_off_is_not_taken_for_a_good_one(self, login, auditor):
        job = enqueue(VERIFY, actor=auditor, lock=LOCK)
        Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error="MemoryError", finished_at=job.created_at)
        client = login(auditor)

        shown = text(client, SEALS)

        assert "程序故障（MemoryError）" in shown
        assert "历史与封存一致" not in shown
        assert "待核验" in text(client, "/")

    def test_every_fault_has_words(self):
        for what in (*FAULTS, "position 7 missing", "digests of org_historicalunit altered"):
            assert str(fault_words(what)) != what
        assert str(fault_words("position altered")) != str(NUMBERED["position"])
