"""Values are planted in every protected field, and in every text of county B; then everything that a role can reach is read."""

import io
import re
import zipfile
from urllib.parse import quote, quote_plus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exchange.models import Batch
from core.jobs.models import Job
from core.records.models import AccessLog, StoredFile
from core.records.storage import content_of, path_of
from core.registry import registry
from core.web.listing import Listing
from tests.contracts import addresses
from tests.contracts.scenario import FACT, MARKERS, NAME, WHY
from tests.core.exchange.books import book

pytestmark = pytest.mark.django_db

# What nobody of a role may come across. An auditor of the city reads who was looked at and why; who runs the system reads units.
FORBIDDEN = {"auditor": (FACT,), "system_administrator": (NAME, FACT, WHY), "security_administrator": (NAME, FACT, WHY)}
ALL_SEEING = {"city_clerk", "city_approver"}
# What is drawn by lot for every page may hold any four letters.
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
SPACES = re.compile(r"<[^>]*>|[ \u00a0\u2009]")
TYPED = ("bqz", "zhao", "zhao b", "zb", "zhaobqz", "b9000", "9000", "31", "bqzkwn", "bqzkwu")


def everything(client, actor, county, asks):
    """(address, text) of every answer about the things of a county that an actor can have by asking."""
    for one in addresses.objects(county):
        if not addresses.acts_only(one.page) and asks(actor, one.page):
            for url in addresses.shown(one):
                for headers in ({}, {"HX-Request": "true"}) if one.page.partial else ({},):
                    yield url, text(client.get(url, headers=headers))
    yield from answers_of_api(client, actor, county, asks)


def answers_of_api(client, actor, county, asks):
    """(address, text) of every answer of the API about the things of a county that an actor can have by asking."""
    for one in addresses.api(county):
        if "get" in one.actions and asks(actor, one.url) and not addresses.published_by_api(one):
            yield one.url, text(client.get(one.url))


def text(answer):
    """The body and the headers of an answer, a workbook unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = TOKEN.sub("", unpacked(body))
    # A number may be shown in groups: as text without its marks and blanks it is one again.
    return f"{answer.headers}{said}{SPACES.sub('', said)}"


def unpacked(body):
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book_file:
        return "".join(book_file.read(name).decode(errors="replace") for name in book_file.namelist())


def found_in(said, needles):
    return {needle for needle in needles if needle in said}


def needles(world, name):
    """What must stand in no answer to somebody: what is only of county B, and protected values in clear."""
    hidden = () if name in ALL_SEEING else FORBIDDEN.get(name, MARKERS)
    return (*hidden, *world.a.secrets, *world.b.secrets)


def test_nothing_of_county_b_is_in_any_answer_about_it(world, login, asks, caplog):
    caplog.set_level(0)
    for name, actor in world.actors.items():
        if name in ALL_SEEING:
            continue
        hidden = needles(world, name)
        for url, said in everything(login(actor), actor, world.b, asks):
            assert not found_in(said, hidden), (name, url, found_in(said, hidden))
    assert not found_in(caplog.text, (*MARKERS, *world.b.secrets))


@pytest.mark.long
def test_every_page_answers_soundly_and_tells_nothing_it_should_not(world, login, asks, caplog):
    """Each page once, the first of its sort in part too: all that is to be seen of an answer, where one is at home or sees both."""
    caplog.set_level(0)
    parts: set[str] = set()
    for name, actor in world.actors.items():
        client, hidden = login(actor), needles(world, name)
        counties = (world.a, world.b) if name in ALL_SEEING else (world.a,)
        for address in [*addresses.plain(), *(one for county in counties for one in addresses.objects(county))]:
            page = address.page
            if addresses.acts_only(page) or not asks(actor, page):
                continue
            for url in addresses.shown(address):
                whole = client.get(url)
                assert whole.status_code in statuses(address), (name, url, whole.status_code)
                assert "no-store" in whole.headers.get("Cache-Control", "") or whole.status_code == 404, url
                said = text(whole)
                if page.partial and url not in parts and (page.name not in parts or not address.label):
                    part = client.get(url, headers={"HX-Request": "true"})
                    if is_part_of(part, whole, page):
                        parts |= {url, page.name}
                    said += text(part)
                assert addresses.published(page) or not found_in(said, hidden), (name, url, found_in(said, hidden))
        for county in counties:
            for url, said in answers_of_api(client, actor, county, asks):
                assert not found_in(said, hidden), (name, url, found_in(said, hidden))
    assert len(parts) > 20
    assert not found_in(caplog.text, (*world.a.secrets, *world.b.secrets))


def statuses(address):
    """How a page may answer somebody whose role has it: what is about an object may be about one of another's."""
    # Whoever has no file of their own has no such page.
    return {200, 302} if not address.label and address.page.name != "me" else {200, 302, 403, 404}


def is_part_of(part, whole, page):
    """Whether the answer to htmx is the changing part of a page and no more; fails where it is not what it should be."""
    assert part.status_code == whole.status_code, page.name
    if whole.status_code != 200 or "HX-Refresh" in part.headers or b"<!doctype" not in whole.content.lower():
        return False
    assert b"<!doctype" not in part.content.lower(), page.name
    assert f'id="{page.partial_id}"'.encode() in part.content, page.name
    assert "HX-Request" in part.headers["Vary"], page.name
    return True


@pytest.mark.long
def test_searching_tells_nothing_of_county_b(world, login, asks, lot):
    """Each list that can be searched, for words that find what is there and what is not: for each list so many of them."""
    lists = [page for page in addresses.pages() if addresses.is_list(page)]
    endings = {len(value): value[-4:] for value in world.b.secrets}.values()
    for name, actor in world.actors.items():
        if name in ALL_SEEING:
            continue
        client, hidden = login(actor), needles(world, name)
        words = (*TYPED, *endings)
        urls = dict.fromkeys((reverse("search"), reverse("api_teachers"), reverse("api_units")), words)
        for one in addresses.plain():
            if one.page in lists and asks(actor, one.page):
                # Where nothing is searched for, words change nothing.
                urls[one.url] = lot(words) if one.page.can_search else TYPED[:1]
        for url, typed in urls.items():
            for word in typed:
                # What was typed is shown again; a value of county B would stand there beside it.
                said = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", text(client.get(url, {"q": word})))
                assert not found_in(said, hidden), (name, url, word, found_in(said, hidden))


def test_a_number_of_county_b_is_answered_like_a_number_of_nobody(world, login):
    nobody = "350726198105178881"
    for actor in world.clerks_of_a():
        client = login(actor)
        for number in world.b.secrets:
            for url in (reverse("search"), reverse("teachers"), reverse("api_teachers")):
                known, unknown = (bare(client.get(url, {"q": q}), q) for q in (number, nobody))
                assert known == unknown, (actor.role, url, number)


def bare(answer, typed):
    """A page without what differs between any two: the token of its forms, the minute at which it was asked, and what was typed."""
    return (
        re.sub(r"\b\w{64}\b|\d\d-\d\d \d\d:\d\d", "", answer.content.decode())
        .replace(typed, "")
        .replace(quote(typed), "")
        .replace(quote_plus(typed), "")
    )


def test_exports_hold_what_the_page_shows_and_no_more(world, login, run_jobs):
    made = 0
    for actor in world.actors.values():
        client = login(actor)
        for address in addresses.plain():
            if not addresses.is_list(address.page) or not address.page.exported or not actor.may("exchange.export"):
                continue
            if not addresses.may(actor, address.page):
                continue
            page = address.page()
            page.actor = actor
            every = "&".join(f"columns={one.key}" for one in Listing(page, actor, {}).columns)
            stolen = [str(thing.public_id) for thing in world.b.things.values()]
            for form in ("xlsx", "csv"):
                for chosen in ({}, {"selection": "1", "selected": stolen}):
                    answer = client.post(f"{address.url}?{every}", {"export": form, **chosen})
                    assert answer.status_code == 302, (actor.role, address)
                    run_jobs()
                    job = Job.objects.latest("pk")
                    assert job.state == Job.State.DONE, job.error
                    said = text(client.get(reverse("job_file", args=[job.public_id])))
                    needles = (
                        (*world.a.secrets, *world.b.secrets)
                        if actor.role in ALL_SEEING
                        else (*MARKERS, *world.a.secrets, *world.b.secrets)
                    )
                    assert not found_in(said, needles), (actor.role, address, form)
                    made += 1
    assert made >= 8


def test_a_workbook_that_names_a_person_of_county_b_learns_whom_to_ask_and_nothing_else(world, login, run_jobs, caplog):
    caplog.set_level(0)
    number = next(value for value in world.b.secrets if re.fullmatch(r"[0-9]{17}[0-9X]", value))
    for row in ([number, world.a.school.name], [number, world.b.school.code]):
        content = book(花名册=[["姓名", "身份证号", "工作单位", "手机号码"], ["赵某", *row, ""]])
        client = login(world.a.clerk)
        answer = client.post(
            reverse("import_new"),
            {"file": SimpleUploadedFile("找人.xlsx", content), "unit": str(world.a.unit.public_id), "day": ""},
        )
        assert answer.status_code == 302
        run_jobs()
        batch = Batch.objects.latest("pk")
        assert batch.counts["refused"] == 1, batch.counts
        said = ""
        for tab in addresses.TABS["batch"]:
            said += text(client.get(f"{answer.url}?{tab}"))
        said += text(client.get(reverse("api_import_rows", args=[batch.public_id]))) + text(
            client.get(reverse("api_import", args=[batch.public_id]))
        )
        # The unit that keeps the file may be named, so that one can ask there; nothing else of it.
        assert not found_in(said, (NAME, FACT, WHY, number))
        assert not found_in(caplog.text, (*MARKERS, number))


def test_a_reveal_shows_one_value_to_one_reader_and_is_written_down(world, login):
    shown = 0
    for actor in world.actors.values():
        client = login(actor)
        for county in (world.a, world.b):
            for field, url in revealable(county):
                before = AccessLog.objects.exclude(reason="").count()
                asked = client.get(url, {"field": field})
                assert not found_in(text(asked), county.secrets)
                silent = client.post(url, {"field": field, "reason": ""})
                assert not found_in(text(silent), county.secrets), "a reason is needed"
                told = client.post(url, {"field": field, "reason": "other", "words": "核对"})
                own = actor.user.pk == county.teacher.user_id
                may = own or (actor.may("personnel.reveal") and (county is world.a or actor.role in ALL_SEEING))
                assert bool(found_in(text(told), county.secrets)) == may, (actor.role, field, told.status_code)
                assert AccessLog.objects.exclude(reason="").count() == before + may
                if may:
                    shown += 1
                    assert "no-store" in told.headers["Cache-Control"]
    assert shown > 10


def revealable(county):
    """Every protected field of the county's person, as the reveal page names it."""
    url = reverse("teacher_reveal", args=[county.teacher.public_id])
    found = []
    for section in registry.each("file_sections"):
        thing = county.things.get(section.model)
        found += [(f"{section.name}:{thing.public_id}:{name}", url) for name in getattr(thing, "_protected", {})]
    assert len(found) >= 3
    return found


def test_what_lies_on_disk_and_in_batch_rows_is_sealed(world):
    needles = [needle.encode() for needle in (*MARKERS, *world.a.secrets, *world.b.secrets)]
    for county in (world.a, world.b):
        batch = county.things["exchange.Batch"]
        for row in batch.rows.all():
            assert not any(needle in bytes(row.content) for needle in needles)
    for stored in StoredFile.objects.select_related("key"):
        raw = path_of(stored).read_bytes()
        assert not any(needle in raw for needle in needles)
        assert raw != content_of(stored)
