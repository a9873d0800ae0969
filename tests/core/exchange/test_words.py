"""Words that no list knows: proposed by who sends workbooks, decided by who extends the lists, read afterwards."""

import pytest
from django.urls import reverse

from core.codes.models import Code
from core.codes.selectors import code_of
from core.codes.services import CodeError
from core.exchange.models import WordProposal
from core.exchange.views.words import waiting
from core.exchange.words.selectors import unknown_words
from core.exchange.words.services import decide_word, propose_word
from core.org.errors import NotAllowed
from tests.core.exchange.books import LI, SCHOOL, WANG, counts, line, roster, sent, told
from tests.factories.people import make_unit
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db
WORD = "奥林匹克数学"


@pytest.fixture
def batch(county_clerk, county_a, school_a):
    """A roster with a word in no list, twice."""
    content = roster(["任教学科"], line(WANG, WORD), line(LI, WORD))
    return sent(county_clerk, county_a, content, accept=False)


@pytest.fixture
def proposal(county_clerk, batch):
    """What the county's clerk proposes for it."""
    return propose_word(actor=county_clerk, list_name="subject", word=WORD, code="mathematics", batch=batch)


def test_an_accepted_word_is_read_in_the_next_workbook(county_clerk, city_clerk, county_a, batch, proposal):
    assert counts(batch) == {"refused": 2}

    decided = decide_word(actor=city_clerk, proposal=proposal, accept=True)

    assert (decided.state, decided.decided_by) == (WordProposal.State.ACCEPTED, city_clerk.user)
    assert counts(
        sent(county_clerk, county_a, roster(["任教学科"], line(WANG, WORD), line(LI, WORD)), accept=False)
    ) == {"new": 2}
    added = Code.objects.get(list_name="subject", code="mathematics", unit=county_a)
    assert added.synonyms == [WORD]
    assert added.history.get().change.kind == "codes.add_synonym"


def test_accepted_for_the_proposer_it_holds_there_and_not_next_door(city_clerk, city, county_a, county_b, proposal):
    decide_word(actor=city_clerk, proposal=proposal, accept=True)

    assert code_of("subject", WORD, TODAY, county_a) == "mathematics"
    assert code_of("subject", WORD, TODAY, county_b) is None


def test_accepted_for_the_city_it_holds_everywhere_below(city_clerk, city, county_b, proposal):
    decide_word(actor=city_clerk, proposal=proposal, accept=True, unit=city)

    assert code_of("subject", WORD, TODAY, county_b) == "mathematics"


def test_a_refusal_says_why_and_changes_no_list(city_clerk, county_a, proposal):
    with pytest.raises(CodeError):
        decide_word(actor=city_clerk, proposal=proposal, accept=False, answer=" ")

    decided = decide_word(actor=city_clerk, proposal=proposal, accept=False, answer="请写数学")

    assert (decided.state, decided.answer) == (WordProposal.State.REFUSED, "请写数学")
    assert code_of("subject", WORD, TODAY, county_a) is None
    with pytest.raises(NotAllowed):
        decide_word(actor=city_clerk, proposal=proposal, accept=True)


@pytest.mark.parametrize("word", ["", "  ", "14070219850713122X", "13800001234", "长" * 81, "数学", "137 0000 1234"])
def test_what_is_no_unknown_word_is_not_proposed(county_clerk, stored, word):
    with pytest.raises(CodeError):
        propose_word(actor=county_clerk, list_name="subject", word=word, code="mathematics")
    assert not WordProposal.objects.exists()


def test_a_word_waits_once_and_means_an_entry_that_is_there(county_clerk, proposal):
    with pytest.raises(CodeError):
        propose_word(actor=county_clerk, list_name="subject", word=WORD, code="english")
    with pytest.raises(CodeError):
        propose_word(actor=county_clerk, list_name="subject", word="乒乓", code="no_such")
    with pytest.raises(CodeError):
        propose_word(actor=county_clerk, list_name="no_list", word="乒乓", code="pe")


def test_who_may_propose_and_who_may_decide(
    county_clerk, county_approver, other_county_clerk, city_clerk, auditor, proposal
):
    for actor in (county_approver, auditor):
        with pytest.raises(NotAllowed):
            propose_word(actor=actor, list_name="subject", word="乒乓", code="pe")
    for actor in (county_clerk, county_approver, other_county_clerk, auditor):
        with pytest.raises(NotAllowed):
            decide_word(actor=actor, proposal=proposal, accept=True)


def test_it_waits_for_the_owner_of_the_list_and_for_nobody_else(login, city_clerk, county_clerk, proposal):
    assert [one.url for one in waiting(city_clerk)] == [reverse("word_proposal", args=[proposal.public_id])]
    assert WORD in login(city_clerk).get(reverse("home")).content.decode()
    assert WORD not in login(county_clerk).get(reverse("home")).content.decode()
    decide_word(actor=city_clerk, proposal=proposal, accept=True)
    assert waiting(city_clerk) == []


def test_the_page_of_the_batch_leads_to_the_proposal(login, city_clerk, county_clerk, county_a, batch):
    assert [(one["word"], one["count"]) for one in unknown_words(batch, county_clerk)] == [(WORD, 2)]
    client = login(county_clerk)
    url = reverse("word_propose", args=[batch.public_id])
    for tab in ("refused", "columns"):
        assert url in client.get(reverse("batch", args=[batch.public_id]), {"tab": tab}).content.decode()
    (word,) = unknown_words(batch, county_clerk)
    assert word["url"].startswith(url)
    asked = client.get(word["url"])
    assert WORD in asked.content.decode()

    answer = client.post(word["url"], {"code": "mathematics", "reason": "各校都这样写"})

    proposal = WordProposal.objects.get()
    assert answer.url == reverse("word_proposals")
    assert (proposal.word, proposal.unit, proposal.batch) == (WORD, county_a, batch)
    assert WORD in client.get(answer.url).content.decode()
    assert "各校都这样写" in client.get(reverse("word_proposal", args=[proposal.public_id])).content.decode()
    again = client.post(word["url"], {"code": "mathematics", "reason": ""})
    assert again.status_code == 422
    decider = login(city_clerk)
    decision = {"decision": "accept", "where": str(county_a.public_id), "answer": ""}
    assert decider.post(reverse("word_decide", args=[proposal.public_id]), decision).status_code == 302
    assert code_of("subject", WORD, TODAY, county_a) == "mathematics"


def test_a_column_or_word_that_is_not_there_is_not_proposed(login, county_clerk, batch):
    client = login(county_clerk)
    url = reverse("word_propose", args=[batch.public_id])
    for query in ("?column=nothing&word=x", "?column=phone&word=x", "?column=subject&word=14070219850713122X", ""):
        assert client.get(f"{url}{query}").status_code == 200
        assert client.post(f"{url}{query}", {"code": "mathematics", "reason": ""}).status_code in {404, 422}
    assert not WordProposal.objects.exists()


def test_another_county_finds_no_proposal(login, other_county_clerk, proposal):
    client = login(other_county_clerk)
    assert client.get(reverse("word_proposal", args=[proposal.public_id])).status_code == 404
    assert client.post(reverse("word_decide", args=[proposal.public_id])).status_code == 404
    assert WORD not in client.get(reverse("word_proposals")).content.decode()


def test_a_cell_that_holds_somebodys_number_is_not_offered_as_a_word(login, county_clerk, county_a, school_a):
    make_unit("school", "无关学校", county_a)
    batch = sent(county_clerk, county_a, roster(["任教学科"], line(WANG, "13800001234")), accept=False)

    assert {code for *_place, code in told(batch)} == {"unknown_code"}
    assert unknown_words(batch, county_clerk) == []
    page = login(county_clerk).get(reverse("batch", args=[batch.public_id]), {"tab": "refused"}).content.decode()
    assert reverse("word_propose", args=[batch.public_id]) not in page
    assert SCHOOL
