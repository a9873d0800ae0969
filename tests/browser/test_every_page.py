"""Every page, as everybody sees it: nothing fails behind it, everything has a name, nothing is in the wrong language."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from config.demo.logins import SLIP_CODE
from core.documents.models import IssuedDocument
from core.exchange.models import WordProposal, WorkbookRequest
from core.org.models import UnitProfile, User
from core.publicity.models import Publicity
from core.publicity.selectors import clear
from core.records.models import StoredFile
from core.registry import registry
from personnel.models import Applicant, Graduate, Material, PlanScenario, Recruitment, RecruitmentPlan, Teacher
from personnel.selectors.recruitment import name_of
from tests.browser.crawl import faults, foreign_words, is_page, walk
from tests.browser.demo import everybody, one_of_each_role

SEARCH = "/search/?q=%E6%9E%97"  # 林
CHINESE = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]{3,}")
# Words that Chinese offices write in Latin letters, and what is typed as it stands.
AS_THEY_ARE = [
    "PDF",
    "JPEG",
    "PNG",
    "HEIC",
    "xlsx",
    "csv",
    "ZIP",
    "OpenDocument",
    "Excel",
    "WPS",
    "CSV",
    "API",
    "JSON",
    "Passkey",
    "Word",
    "PDF",
    "docx",
    "LibreOffice",
]
# Reached by a form, without a script, from an account that is locked, from a batch that was accepted (`test_round` goes there), or where a
# unit has a template of its own; a paper is linked where somebody has papers, a slip where one is open, the undo of a merge and the
# question that is asked again where somebody merged or told apart; what a former unit keeps where somebody left; scores and conditions are
# entered while a recruitment stands there; a ledger is opened, posts are proposed and a movement is put right
# where that is still to be done; a proposal of a plan becomes a case once; roles are left at a closed unit; a reserve
# is entered before it was sent, a probation judged and a special post ended where one is; the scan of a letter is linked from one sort
# of case only.
NOT_LINKED = {
    "search",
    "teacher_reveal",
    "correction_reveal",
    "me",
    "account_unlock",
    "teacher_photo",
    "batch_undo",
    "case_bulk",
    "change_evidence",
    "papers_many",
    "dossiers_send",
    "paper_template_reset",
    "teacher_paper",
    "slip_void",
    "likeness_ask_again",
    "merge_undo",
    "slips_new",
    "activate",
    "activate_choose",
    "passkey_login",
    "prove",
    "former_file",
    "seats_open",
    "seats_counter",
    "posts_propose",
    "posts_take_in",
    "objection_who",
    "public_objection",
    "recruitment_post",
    "recruitment_scores",
    "recruitment_workbook",
    "recruitment_new",
    "applicant_reveal",
    "public_application",
    "headship_probation",
    "reserve_enter",
    "move_letter",
    "graduate_place",
    "special_post_end",
    "proposal_case",
    "roles_left",
}


@pytest.fixture
def names(demo_site: str) -> list[str]:
    """Names in the data, longest first: they stay as they are in every language."""
    found = {
        *Teacher.objects.values_list("name", flat=True),
        *UnitProfile.objects.values_list("name", flat=True),
        *User.objects.values_list("name", flat=True),
        *User.objects.values_list("username", flat=True),
        *StoredFile.objects.values_list("name", flat=True),
        *WorkbookRequest.objects.values_list("title", flat=True),
        *WordProposal.objects.values_list("word", flat=True),
        *IssuedDocument.objects.values_list("number", flat=True),
        *Material.objects.values_list("title", flat=True),
        *(name_of(one) for one in Applicant.objects.select_related("key")),
        *Recruitment.objects.values_list("title", flat=True),
        *RecruitmentPlan.objects.values_list("title", flat=True),
        *PlanScenario.objects.values_list("name", flat=True),
        *Publicity.objects.values_list("title", flat=True),
        *(clear(one.name) for one in Graduate.objects.select_related("key")),
        "师档",
    }
    return sorted((name for name in found if name), key=len, reverse=True)


@pytest.mark.long
@pytest.mark.parametrize(("share", "english_ones"), [(0.33, 0.4), pytest.param(1, 1, marks=pytest.mark.soak)])
def test_every_page_of_every_role_is_sound(demo_window, names, share, english_ones):
    """All answer and lead on; such a share is drawn in Chinese, and of these such a share in English, by lot."""
    found, seen = [], set()

    @cache
    def draws(_name):
        return random.random() < share

    for role, login in everybody().items():
        chinese, english = demo_window(login), demo_window(login, "en")
        for visit in walk(chinese, "/", SEARCH, seen=seen, draws=draws):
            seen |= {visit.name, visit.asked}
            if not visit.drawn:
                continue
            wrong = foreign_words(chinese, LATIN, [*names, *AS_THEY_ARE])
            if random.random() < english_ones:
                english.goto(visit.path)
                wrong += foreign_words(english, CHINESE, names)
            found += [f"{role}, {visit.name}: {one}" for one in [*faults(chinese), *wrong]]
        found += [f"{role}: {trouble}" for window in (chinese, english) for trouble in window.troubles]
        chinese.close()
        english.close()

    assert found == [], "\n".join(found)
    assert {page.name for page in registry.pages if is_page(page.name)} - seen - NOT_LINKED == set()


def test_pages_without_a_login_are_sound(demo_window, names):
    for language, other in (("zh-hans", LATIN), ("en", CHINESE)):
        window = demo_window(language=language)
        window.goto("/accounts/login/")
        assert faults(window) == []
        logins = [login.username for login in one_of_each_role().values()]
        assert foreign_words(window, other, [*names, *AS_THEY_ARE, *logins, SLIP_CODE]) == []
        assert window.troubles == []
