"""Every page: log in first, not yours is 404 in the same bytes as nothing, yours but not allowed is 403."""

import pytest
from django.core.checks import run_checks
from django.urls import NoReverseMatch, reverse

from core.registry import registry
from core.web.pages import ANYONE, Page
from core.web.pages.checks import page_faults
from tests.personnel.files import make_file

pytestmark = pytest.mark.django_db

NOWHERE = "/teachers/00000000-0000-4000-8000-000000000000/"


def file_url(teacher, name="teacher"):
    return reverse(name, args=[teacher.public_id])


def test_the_checks_find_nothing_wrong_with_the_pages():
    assert [error for error in run_checks() if error.id.startswith("web.")] == []
    assert {page.name for page in registry.pages} >= {"teachers", "teacher", "teacher_history", "change", "search"}


@pytest.mark.parametrize(
    ("permission", "name", "found"),
    [
        ("", "lost", ["web.E001"]),
        ((), "lost", ["web.E001"]),
        ("personnel.fly", "lost", ["web.E002"]),
        ("personnel.view_teacher", "", ["web.E003"]),
        ("personnel.view_teacher", "lost", []),
        (ANYONE, "lost", []),
    ],
)
def test_a_page_without_a_known_permission_or_a_name_is_an_error_at_start(permission, name, found):
    page = type("Lost", (Page,), {"permission": permission, "name": name, "route": "lost/"})

    assert [error.id for error in page_faults(page)] == found


def test_nobody_logged_in_is_sent_to_the_login_page_from_every_page(client):
    unknown = "00000000-0000-4000-8000-000000000000"
    asked = set()
    for page in registry.pages:
        if page.permission == ANYONE:
            continue
        for arguments in ([], [unknown], ["teachers"], [unknown, "person"], [unknown, "person", unknown]):
            try:
                url = reverse(page.name, args=arguments)
            except NoReverseMatch:
                continue
            answer = client.get(url)
            assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={url}"), page
            asked.add(page)
            break
    assert len(asked) >= 10


def test_htmx_is_sent_to_the_login_page_as_a_whole(client):
    answer = client.get(
        "/teachers/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/teachers/?q=li"}
    )

    assert answer["HX-Redirect"] == "/accounts/login/?next=/teachers/%3Fq%3Dli"


@pytest.mark.parametrize("name", ["teacher", "teacher_history"])
def test_what_is_not_yours_is_the_same_bytes_as_what_does_not_exist(login, county_clerk, school_b, name):
    stranger = make_file("王芳", school_b)
    client = login(county_clerk)

    nothing, foreign = client.get(NOWHERE), client.get(file_url(stranger, name))

    assert (foreign.status_code, foreign.content) == (404, nothing.content)
    assert sorted(foreign.headers) == sorted(nothing.headers)
    assert client.get("/no/such/address/").content == nothing.content


def test_what_is_yours_but_not_allowed_is_403(login, auditor, school_a):
    teacher = make_file("张伟", school_a)
    client = login(auditor)

    assert client.get(file_url(teacher)).status_code == 403
    assert client.get("/teachers/").status_code == 403
    assert client.get(NOWHERE).status_code == 404


def test_what_is_yours_is_there_and_is_not_kept_by_the_browser(login, county_clerk, school_a):
    teacher = make_file("张伟", school_a)

    answer = login(county_clerk).get(file_url(teacher))

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    assert "HX-Request" in answer["Vary"]


def test_a_user_without_a_role_sees_no_list(client, teacher_user):
    client.force_login(teacher_user, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/teachers/").status_code == 403
    assert client.get("/search/").status_code == 200


class TestTheReader:
    """Language, colours, role."""

    def test_the_language_is_kept_for_the_user(self, login, county_clerk):
        client = login(county_clerk)

        answer = client.post("/language/", {"language": "en", "next": "/teachers/"})
        page = client.get("/teachers/")

        county_clerk.user.refresh_from_db()
        assert (answer["Location"], county_clerk.user.language) == ("/teachers/", "en")
        assert "<h1>Teachers</h1>" in page.content.decode()
        assert "教职工" not in page.content.decode()

    def test_an_unknown_language_or_theme_changes_nothing(self, login, county_clerk):
        client = login(county_clerk)

        client.post("/language/", {"language": "xx"})
        client.post("/theme/", {"theme": "neon"})

        county_clerk.user.refresh_from_db()
        assert (county_clerk.user.language, county_clerk.user.theme) == ("zh-hans", "light")

    def test_colours_are_kept_for_the_user_and_for_a_browser_without_one(self, login, county_clerk, client):
        known = login(county_clerk)
        known.post("/theme/", {"theme": "dark"})
        client.post("/theme/", {"theme": "dark"})

        assert 'data-bs-theme="dark"' in known.get("/teachers/").content.decode()
        assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()

    def test_no_form_leads_to_another_site(self, login, county_clerk):
        answer = login(county_clerk).post("/language/", {"language": "en", "next": "https://evil.example/"})

        assert answer["Location"] == "/"

    def test_the_role_is_changed_to_one_that_is_held_only(
        self, login, county_clerk, county_b, other_county_clerk, school_b
    ):
        make_file("王芳", school_b)
        client = login(county_clerk)

        client.post("/acting/", {"assignment": other_county_clerk.assignment})

        assert "王芳" not in client.get("/teachers/").content.decode()

    def test_a_held_role_opens_its_units(self, login, county_clerk, county_b, school_b):
        from tests.factories.people import make_actor

        make_file("王芳", school_b)
        second = make_actor("county_clerk", county_b, user=county_clerk.user)
        client = login(county_clerk)
        assert "王芳" not in client.get("/teachers/").content.decode()

        client.post("/acting/", {"assignment": second.assignment})

        assert "王芳" in client.get("/teachers/").content.decode()

    def test_the_menu_shows_what_the_role_may_open(self, login, county_clerk, auditor):
        assert 'href="/teachers/"' in login(county_clerk).get("/search/").content.decode()
        assert 'href="/teachers/"' not in login(auditor).get("/search/").content.decode()
