"""A history narrowed by field, person, source and days, and two moments of a file side by side."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from core.records.models import Change
from personnel import services
from personnel.models import FormerName
from personnel.selectors.asking import Asked
from personnel.selectors.versions import changes_of, sections_for
from tests.personnel.files import ZHANG, make_file, set_contact
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


@pytest.fixture
def acts(teacher, county_clerk, second_county_clerk):
    """Changes of one file by name: two of them by the second clerk, two of the native place, one of a phone."""
    made = {"opened": Change.objects.get(kind="personnel.create_teacher")}

    def correct(name, actor, record, **values):
        services.correct_fact(
            actor=actor, record=record, values=values, reason=name, source="api" if name == "phone" else "page"
        )
        made[name] = Change.objects.latest("pk")

    correct("place", county_clerk, teacher, native_place="青石县")
    correct("both", second_county_clerk, teacher, native_place="白河县", birthplace="白河县")
    correct("birthplace", second_county_clerk, teacher, birthplace="祁县")
    contact = set_contact(teacher)
    correct("phone", county_clerk, contact, phone="13900005678")
    correct("email", county_clerk, contact, email="lin@example.cn")
    correct("emptied", county_clerk, teacher, native_place="")
    return made


def asked_for(acts, actor, teacher, section="", **conditions):
    """The names of the changes that meet the conditions, the newest first."""
    named = {made.pk: name for name, made in acts.items()}
    chosen = [one for one in sections_for(actor) if section in ("", one.name)]
    found = changes_of(chosen, [teacher.pk], asked=Asked(**conditions), limit=100)
    return [named[pk] for pk in found if pk in named]


def words(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page.content.decode())))


@pytest.mark.parametrize(
    ("section", "conditions", "found"),
    [
        ("person", {"field": "native_place"}, ["emptied", "both", "place"]),
        ("person", {"field": "birthplace"}, ["birthplace", "both"]),
        ("person", {"field": "name"}, ["opened"]),
        ("person", {"field": "birth"}, ["opened"]),
        ("person", {"field": "marriage"}, []),
        ("contact", {"field": "phone"}, ["phone"]),
        ("contact", {"field": "email"}, ["email"]),
        ("", {"who": "青石县另一办事员"}, ["birthplace", "both"]),
        ("", {"who": "另一"}, ["birthplace", "both"]),
        ("", {"who": "nobody"}, []),
        ("", {"source": "api"}, ["phone"]),
        ("person", {"field": "native_place", "who": "另一"}, ["both"]),
        ("person", {"until": date(2020, 1, 1)}, []),
        ("contact", {"since": date(2020, 1, 1)}, ["email", "phone"]),
    ],
)
def test_only_what_is_asked_for_is_found(county_clerk, teacher, acts, section, conditions, found):
    assert asked_for(acts, county_clerk, teacher, section, **conditions) == found


def test_a_field_of_a_record_that_was_taken_away_is_found(county_clerk, teacher):
    services.add_fact(actor=county_clerk, teacher=teacher, model=FormerName, values={"name": "林小清"}, reason="x")
    added = Change.objects.latest("pk")
    gone = services.undo_change(actor=county_clerk, change=added, reason="误")

    found = asked_for({"added": added, "gone": gone}, county_clerk, teacher, "names", field="name")
    assert found == ["gone", "added"]
    assert asked_for({"added": added, "gone": gone}, county_clerk, teacher, "names", field="until") == []


def test_the_page_keeps_its_conditions_and_says_them(login, county_clerk, teacher, acts):
    client, url = login(county_clerk), reverse("teacher_history", args=[teacher.public_id])

    page = client.get(url, {"section": "person:native_place", "who": "另一", "since": "2020.1.1"})
    empty = client.get(url, {"section": "person:native_place", "until": "2020-01-01"})

    html = page.content.decode()
    assert '<option value="person:native_place" selected>个人信息：籍贯</option>' in html
    assert ('value="另一"' in html, 'value="2020-01-01"' in html) == (True, True)
    assert "籍贯 青石县 → 白河县" in words(page).replace("原为 ", "").replace("现为 ", "")
    assert "没有变更符合这些条件" in words(empty)
    assert client.get(url, {"section": "person:nothing"}).status_code == 404
    assert client.get(url, {"who": "\0", "since": "x" * 500, "before": "-1"}).status_code == 200


class TestComparing:
    """Two moments side by side."""

    def compare(self, client, teacher, **query):
        return client.get(reverse("teacher_compare", args=[teacher.public_id]), query)

    def test_two_changes(self, login, county_clerk, teacher, acts):
        page = self.compare(
            login(county_clerk), teacher, first=acts["place"].public_id, second=acts["birthplace"].public_id
        )

        said = words(page)
        assert "籍贯 青石县 白河县" in said
        assert "出生地 未填 祁县" in said
        assert "lin@example.cn" not in str(page.context["differences"])

    def test_the_changes_to_choose_from_say_what_they_did(self, login, county_clerk, teacher, acts):
        page = self.compare(login(county_clerk), teacher)

        (offered,) = {tuple(choice.label for choice in side[3]) for side in page.context["sides"]}
        assert any("出生地改为祁县" in one for one in offered), offered

    def test_without_a_choice_it_is_what_the_newest_change_did(self, login, county_clerk, teacher, acts):
        said = words(self.compare(login(county_clerk), teacher))

        assert "籍贯 白河县 未填" in said
        assert (
            "出生地"
            not in said.partition("比较")[2].partition("第二个时间")[2].partition("关于这一页")[0].partition("籍贯")[0]
        )

    def test_a_day_before_all_and_today(self, login, county_clerk, teacher, acts):
        said = words(self.compare(login(county_clerk), teacher, first_day="2001-01-01"))

        assert "姓名 未填 林婉清" in said
        assert "*******5678" in said
        assert ZHANG not in said

    def test_the_same_moment_twice(self, login, county_clerk, teacher, acts):
        made = acts["both"].public_id

        assert "两个时间的档案相同" in words(self.compare(login(county_clerk), teacher, first=made, second=made))

    def test_a_record_that_came_and_one_that_went(self, login, county_clerk, teacher):
        held = TitleHeld.objects.get(teacher=teacher)
        services.change_fact(actor=county_clerk, record=held, on=date(2020, 1, 1), values={"rank": "first"}, reason="x")
        made = Change.objects.latest("pk")
        gone = services.undo_change(actor=county_clerk, change=made, reason="误")

        came = words(self.compare(login(county_clerk), teacher, second=made.public_id, first_day="2001-01-01"))
        went = words(self.compare(login(county_clerk), teacher, first=made.public_id, second=gone.public_id))

        assert "职称 一级教师、2020-01-01 起、新增" in came
        assert "职称 一级教师、2020-01-01 起、已不在" in went

    def test_a_change_of_another_file_is_none_of_this(self, login, county_clerk, teacher, school_a):
        make_file("王芳", school_a)
        foreign = Change.objects.latest("pk")

        assert self.compare(login(county_clerk), teacher, first=foreign.public_id).status_code == 404

    def test_who_may(self, login, county_approver, other_county_clerk, auditor, teacher):
        answers = [
            self.compare(login(one), teacher).status_code for one in (county_approver, other_county_clerk, auditor)
        ]

        assert answers == [200, 404, 403]


class TestWhatSomebodyDid:
    """Everything one user did: one's own, and for auditors anybody's."""

    def test_ones_own(self, login, county_clerk, second_county_clerk, acts):
        said = words(login(second_county_clerk).get(reverse("own_changes")))

        assert ("both" in said, "birthplace" in said, "phone" in said) == (True, True, False)

    def test_an_auditor_reads_all_that_a_user_did(self, login, auditor, second_county_clerk, acts):
        client = login(auditor)
        log = client.get(reverse("audit_changes")).content.decode()
        address = f"{reverse('audit_changes')}?q={second_county_clerk.user.username}"
        assert f'href="{address}"' in log

        said = words(client.get(address))
        assert ("both" in said, "birthplace" in said, "phone" in said) == (True, True, False)
