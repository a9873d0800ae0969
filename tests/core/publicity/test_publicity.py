"""Publishing, objecting, deciding, going on: and no way past what waits."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core.dates import today
from core.exchange.evidence import Evidence
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import User
from core.publicity import selectors
from core.publicity.kinds import Shown
from core.publicity.models import Objection, Publicity, PublicityRow
from core.publicity.services import conclude, forget_objectors, object_to, publish, stop
from core.records.changes import change
from core.records.errors import AppendOnly, explained
from core.records.models import Change
from core.records.storage import content_of, path_of
from core.records.vault import ErasedValue, create_key
from core.workflow.selectors import cases, inbox
from core.workflow.services import advance, open_case
from tests.core.exchange.papers import PDF
from tests.core.publicity.conftest import LAST, OPENED, said, stopped, struck
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db

AFTER = LAST + timedelta(1)
INSERTED = (
    "INSERT INTO publicity_publicityrow (publicity_id, place, masked, values, struck, struck_why) "
    "VALUES ({}, 9, '赵*', '{{}}', false, '')"
)


def decide(case, name, actor, **data):
    return advance(case, name, actor=actor, comment="核实材料", data=data)


def test_it_runs_as_many_working_days_as_the_kind_says(published):
    assert (published.opened_on, published.days, published.last_day) == (OPENED, 7, LAST)
    assert published.reference == "测试办法第一条"


def test_only_public_columns_are_kept(published):
    first = published.rows.get(place=1)

    assert first.values == {"school": "第一初级中学", "merit": "班主任"}


def test_nobody_is_published_twice_at_once_and_nothing_is_published_empty(published, county_clerk, honour):
    asked = {
        "actor": county_clerk,
        "kind": honour,
        "unit": county_clerk.unit,
        "title": "x",
        "subject": "test.Honour",
        "reason": "再次",
    }
    with pytest.raises(NotAllowed, match="已在公示"):
        publish(**asked, subject_id=7, rows=[Shown("张*")])
    with pytest.raises(NotAllowed, match="没有可公示"):
        publish(**asked, subject_id=8, rows=[])


def test_one_goes_on_the_day_after_the_last_and_not_before(published, county_approver):
    on_last, after = replace(county_approver, on=LAST), replace(county_approver, on=AFTER)

    assert not selectors.passed(published, LAST)
    with pytest.raises(NotAllowed, match=str(LAST)):
        conclude(actor=on_last, publicity=published)
    done = conclude(actor=after, publicity=published)
    assert (done.state, done.closed_on) == ("passed", AFTER)
    assert conclude(actor=after, publicity=published).revision == done.revision, "a second time nothing happens"


def test_an_open_objection_holds_it_up_until_it_is_answered(published, county_approver):
    made, _receipt = object_to(publicity=published, **said())
    after = replace(county_approver, on=AFTER)

    with pytest.raises(NotAllowed, match="1 件异议"):
        conclude(actor=after, publicity=published)
    case = decide(made.case, "investigate", county_approver)
    with pytest.raises(NotAllowed, match="1 件异议"):
        conclude(actor=after, publicity=published)
    decide(case, "reject", after, answer="经核查，材料属实。")
    assert conclude(actor=after, publicity=published).state == "passed"


def test_the_database_lets_nobody_past_an_open_objection(published, county_approver):
    object_to(publicity=published, **said())
    with pytest.raises(AppendOnly, match="not answered"), change("test.past", actor=county_approver, reason="绕过"):
        with connection.cursor() as cursor, explained():
            cursor.execute(
                "UPDATE publicity_publicity SET state = 'passed', closed_on = '2030-01-01' WHERE id = %s",
                [published.pk],
            )
    published.refresh_from_db()
    assert published.state == "open"


@pytest.mark.parametrize(
    "set_to",
    [
        "state = 'passed', closed_on = last_day",
        "last_day = opened_on",
        "opened_on = '2020-01-01'",
        "subject_id = 99",
        "state = 'passed'",
        "closed_on = '2030-01-01'",
    ],
)
def test_the_clock_cannot_be_turned_in_the_database(published, county_approver, set_to):
    with pytest.raises(DatabaseError), change("test.past", actor=county_approver, reason="绕过"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE publicity_publicity SET {set_to} WHERE id = %s", [published.pk])


def test_objections_and_lines_are_not_taken_away_nor_lines_added_or_rewritten(published, county_approver):
    made, _receipt = object_to(publicity=published, **said())
    tries = [
        f"DELETE FROM publicity_objection WHERE id = {made.pk}",
        f"UPDATE publicity_objection SET state = 'rejected' WHERE id = {made.pk}",
        f"UPDATE publicity_objection SET received_on = '2020-01-01' WHERE id = {made.pk}",
        "DELETE FROM publicity_publicityrow",
        "UPDATE publicity_publicityrow SET masked = '赵*'",
        INSERTED.format(published.pk),
    ]
    for statement in tries:
        with pytest.raises(AppendOnly), change("test.past", actor=county_approver, reason="绕过"):
            with transaction.atomic(), connection.cursor() as cursor, explained():
                cursor.execute(statement)


def test_what_is_over_takes_no_objection_by_any_road(published, county_clerk, at_day, system):
    stop(actor=county_clerk, publicity=published, reason="名单有误")
    published.refresh_from_db()
    with pytest.raises(NotAllowed, match="异议期已过"):
        object_to(publicity=published, **said())
    with change("test.prepare", actor=system, reason="准备"):
        case = open_case(kind=selectors.KIND, actor=system, unit=county_clerk.unit, days=5)
    late = Objection(publicity=published, case=case, key=create_key(), received_on=OPENED, receipt=b"x" * 16)
    with pytest.raises(AppendOnly), change("test.past", actor=system, reason="绕过"):
        late.save(force_insert=True)


def test_after_the_last_day_nobody_objects(published, at_day):
    at_day(AFTER)
    with pytest.raises(NotAllowed, match="异议期已过"):
        object_to(publicity=published, **said())


def test_an_upheld_objection_strikes_its_line_and_the_module_follows(published, county_approver):
    row = published.rows.get(place=2)
    made, _receipt = object_to(publicity=published, **said(row=row))

    decide(made.case, "uphold", county_approver, answer="经核查，支教年限不足。", then="strike")

    row.refresh_from_db()
    made.refresh_from_db()
    assert (row.struck, row.struck_why, made.state) == (True, "经核查，支教年限不足。", "upheld")
    assert struck == [(2, "经核查，支教年限不足。")]
    assert selectors.passed(published, AFTER), "the others go on"


def test_an_upheld_objection_may_stop_the_whole(published, county_approver):
    made, _receipt = object_to(publicity=published, **said())

    decide(made.case, "uphold", county_approver, answer="程序有误。", then="stop")

    published.refresh_from_db()
    assert published.state == "stopped"
    assert stopped == [(published.pk, "程序有误。")]
    assert selectors.why_not_passed(published, AFTER) == "公示已终止。"


def test_it_waits_at_the_desk_of_the_unit_and_is_due_in_working_days(published, county_approver, county_clerk):
    made, _receipt = object_to(publicity=published, **said())

    assert list(inbox(county_approver)) == [made.case]
    assert list(cases(county_clerk)) == [], "who publishes does not decide on objections"
    assert made.case.due == date(2026, 12, 4)


def test_whom_it_is_about_neither_sees_nor_decides_it(published, teacher_actor, county_a, county_approver):
    officer = make_actor("county_approver", county_a, user=teacher_actor.user)
    theirs, _one = object_to(publicity=published, **said(row=published.rows.get(place=1)))
    whole, _two = object_to(publicity=published, **said())
    others, _three = object_to(publicity=published, **said(row=published.rows.get(place=2)))

    assert set(cases(officer)) == {others.case}
    assert set(selectors.objections(officer)) == {others}
    assert set(cases(county_approver)) == {theirs.case, whole.case, others.case}
    for made in (theirs, whole):
        with pytest.raises(NotAllowed):
            decide(made.case, "reject", officer, answer="没有问题")


def test_who_objects_is_sealed_and_stands_in_no_log(published):
    text = "他的论文是抄的 <script>alert(1)</script>"
    made, receipt = object_to(publicity=published, **said(text=text, named=True, name="陈举报", phone="13977000001"))

    stored = " ".join(
        str(one) for one in Objection.objects.values_list("name_cipher", "text_cipher", "phone_cipher").get()
    )
    assert not any(secret in stored for secret in ("陈举报", "13977000001", "抄"))
    written = Change.objects.latest("pk")
    assert (written.kind, written.actor.username, written.unit) == ("publicity.object", "system", published.unit)
    assert "抄" not in written.reason
    assert receipt.replace("-", "") not in stored
    assert (made.name.reveal(), made.text.reveal()) == ("陈举报", text)


def test_a_receipt_finds_its_objection_however_it_is_typed(published):
    made, receipt = object_to(publicity=published, **said())

    assert selectors.of_receipt(receipt.lower().replace("-", " ")) == made
    assert selectors.of_receipt("0000-0000-0000-0000") is None
    assert selectors.of_receipt("' OR 1=1 --") is None


def test_a_named_objection_needs_a_name_and_an_empty_one_is_none(published):
    with pytest.raises(NotAllowed):
        object_to(publicity=published, **said(named=True))
    with pytest.raises(NotAllowed):
        object_to(publicity=published, **said(text="  "))
    with pytest.raises(NotAllowed):
        object_to(publicity=published, **said(files=[Evidence("a.pdf", PDF, "application/pdf")] * 4))
    assert not Objection.objects.exists()


def test_after_its_time_who_objected_is_erased_with_the_files(published, county_approver, county_clerk):
    made, _receipt = object_to(
        publicity=published,
        **said(named=True, name="陈举报", phone="13977000001", files=[Evidence("a.pdf", PDF, "application/pdf")]),
    )
    stored = made.files.get().file
    assert content_of(stored) == PDF
    decide(made.case, "reject", county_approver, answer="属实。")
    stop(actor=county_clerk, publicity=published, reason="改期")

    assert forget_objectors(today() + timedelta(700)) == 0
    assert forget_objectors(today() + timedelta(740)) == 1
    assert forget_objectors(today() + timedelta(740)) == 0

    gone = Objection.objects.select_related("key").get(pk=made.pk)
    with pytest.raises(ErasedValue):
        gone.text.reveal()
    assert selectors.clear(gone.name) == "已到保存期限，已删除"
    assert gone.answer == "属实。"
    assert path_of(stored).exists(), "it goes when the erasure is committed"


def test_a_line_is_about_one_person_only_in_its_module(published):
    assert {field.name for field in PublicityRow._meta.concrete_fields} & {"name", "number", "teacher"} == set()


def test_who_may_not_see_publicities_stops_none(published, panel_member):
    with pytest.raises(NotAllowed):
        stop(actor=panel_member, publicity=published, reason="不知道")


def test_the_system_is_who_acts_for_strangers(published):
    made, _receipt = object_to(publicity=published, **said())

    assert made.case.opened_by == system_actor(today()).user


def test_whom_it_is_about_does_not_stop_it(published, county_approver):
    """Whoever stands in a publicity would end what is objected to them."""
    mine = replace(county_approver, user=User.objects.get(pk=published.rows.get(place=1).user_id))
    with pytest.raises(NotAllowed):
        stop(actor=mine, publicity=published, reason="不再公示")
    assert Publicity.objects.get(pk=published.pk).state == "open"
