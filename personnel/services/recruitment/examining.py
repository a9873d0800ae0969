"""Written scores, the interview list, judges' scores, totals and places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.records.changes import change
from core.text import clean
from core.workflow.definition import Act
from core.workflow.services import stands
from personnel.models import Applicant, JudgeScore, Recruitment, RecruitmentPost
from personnel.rules.recruitment import interviewed, is_open, of_judges, ranking, total
from personnel.selectors.recruitment import EXAMINED, RECRUIT, STAGE, rules_of, scored_of

ABSENT: Final = "缺考"
# Who reads the page in English may type it so.
IN_ENGLISH: Final = "absent"
MOST_JUDGES: Final = 15
NUMBER: Final = re.compile(r"-?\d{1,4}(\.\d{1,3})?", re.ASCII)
SEPARATOR: Final = re.compile(r"[\t ,;，；、]+")


def read_scores(text: str) -> list[tuple[int, list[str]]]:
    """The lines of a pasted sheet: its line number, its cells."""
    lines = ((number, clean(line.replace("\t", ","))) for number, line in enumerate(text.splitlines(), 1))
    return [(number, [cell for cell in SEPARATOR.split(line) if cell]) for number, line in lines if line]


class Refused(NotAllowed):
    """Lines of scores that cannot be taken; `.problems` says each in words."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems), field="scores")
        self.problems = tuple(problems)


def enter_written(*, actor: Any, recruitment: Recruitment, text: str) -> int:
    """Take the written scores of a recruitment, all lines or none: application number, score (缺考: absent). Returns how many.

    Raises `Refused` with every line that names no qualified applicant, one twice, no score, or one above the highest.
    """
    with change("personnel.enter_written", actor=actor, reason=recruitment.title):
        rows = _known(actor, recruitment, "written", (STAGE.QUALIFIED,))
        found, problems = _read(text, rows, most=recruitment.most, judges=1)
        if problems or not found:
            raise Refused(problems or [_("There is no line with a number and a score.")])
        for serial, scores in found.items():
            rows[serial].written = scores[0] if scores else Decimal(0)
        Applicant.objects.bulk_update([rows[serial] for serial in found], ["written"])
    return len(found)


def enter_judged(*, actor: Any, recruitment: Recruitment, text: str) -> int:
    """Take what the judges gave, all lines or none: application number, then each judge's score. Returns how many applicants.

    Scores of an applicant that were entered before are replaced. Raises `Refused` as `enter_written`.
    """
    with change("personnel.enter_judged", actor=actor, reason=recruitment.title):
        rows = _known(actor, recruitment, "interviews", (STAGE.INTERVIEW,))
        found, problems = _read(text, rows, most=recruitment.most, judges=MOST_JUDGES)
        if problems or not found:
            raise Refused(problems or [_("There is no line with a number and scores.")])
        chosen = [rows[serial] for serial in found]
        JudgeScore.objects.filter(applicant__in=chosen).delete()
        JudgeScore.objects.bulk_create(
            JudgeScore(applicant=rows[serial], judge=judge, score=score)
            for serial, scores in found.items()
            for judge, score in enumerate(scores, 1)
        )
        for serial, scores in found.items():
            rows[serial].interview = mean_of(recruitment, scores, actor.on)
        Applicant.objects.bulk_update(chosen, ["interview"])
    return len(found)


def mean_of(recruitment: Recruitment, scores: Sequence[Decimal], on: date) -> Decimal:
    """What the judges' scores of an interview come to, by the notice and the rules of a day; nought without any, for who was absent."""
    rules = rules_of(recruitment.unit, on)
    return of_judges(scores, recruitment.drop, rules.drop_from, rules.places) if scores else Decimal(0)


def enter_extra(*, actor: Any, recruitment: Recruitment, text: str) -> int:
    """Take the scores of an extra exam between those whom nothing else tells apart, and rank anew. Raises `Refused`."""
    with change("personnel.enter_extra", actor=actor, reason=recruitment.title):
        rows = _known(actor, recruitment, "checking", (STAGE.RANKED,))
        found, problems = _read(text, rows, most=recruitment.most, judges=1)
        if problems or not found:
            raise Refused(problems or [_("There is no line with a number and a score.")])
        for serial, scores in found.items():
            rows[serial].extra = scores[0] if scores else Decimal(0)
        Applicant.objects.bulk_update([rows[serial] for serial in found], ["extra"])
        place(recruitment)
    return len(found)


def _known(actor: Any, recruitment: Recruitment, state: str, stages: Sequence[str]) -> dict[int, Applicant]:
    """Those whose scores are entered at a state of the recruitment, which stays until the open change is over."""
    if not actor.may(RECRUIT):
        raise NotAllowed(_("Your role does not prepare recruitments."))
    if not stands(recruitment.case, state):
        raise NotAllowed(_("Such scores are not entered now; look at where the recruitment stands."))
    rows = Applicant.objects.visible_to(actor).filter(recruitment=recruitment, stage__in=stages)
    return {one.serial: one for one in rows}


def _read(
    text: str, rows: Mapping[int, Applicant], *, most: Decimal, judges: int
) -> tuple[dict[int, list[Decimal]], list[str]]:
    found: dict[int, list[Decimal]] = {}
    problems: list[str] = []
    for number, cells in read_scores(text):
        told, why = _line(cells, rows, found, most, judges)
        if told is None:
            problems.append(_("Line %(line)s: %(why)s") % {"line": number, "why": why})
        else:
            found[told[0]] = told[1]
    return found, problems


def _line(
    cells: Sequence[str], rows: Mapping[int, Applicant], found: Mapping[int, Any], most: Decimal, judges: int
) -> tuple[tuple[int, list[Decimal]] | None, str]:
    said = {"number": cells[0], "most": f"{most.normalize():f}"}
    serial = int(cells[0]) if cells[0].isascii() and cells[0].isdigit() and len(cells[0]) < 10 else -1
    if serial not in rows:
        return None, _("“%(number)s” is no application number of somebody who is examined here.") % said
    if serial in found:
        return None, _("the application number %(number)s stands here twice.") % said
    if [absence(cell) for cell in cells[1:]] == [ABSENT]:
        return (serial, []), ""
    if not 2 <= len(cells) <= judges + 1:
        return None, _("a number and its scores are expected, separated by a tab, a blank or a comma.")
    scores = []
    for cell in cells[1:]:
        score = score_of(cell)
        if score is None:
            return None, _("“%(score)s” is no score.") % {"score": cell}
        if not 0 <= score <= most:
            return None, _("the score %(score)s is not from 0 to %(most)s.") % {**said, "score": cell}
        scores.append(score)
    return (serial, scores), ""


def absence(cell: str) -> str:
    """The cell, where it says in English that somebody was absent in the word of the exam office."""
    return ABSENT if cell.strip().lower() == IN_ENGLISH else cell


def score_of(cell: str) -> Decimal | None:
    """The score that a cell says in digits, with three decimals at most; None where it is none."""
    return Decimal(cell) if NUMBER.fullmatch(cell) else None


def why_not_close(act: Act) -> str:
    """The days of application must be over, and every application decided."""
    recruitment = act.case.recruitment
    if act.actor.on <= recruitment.last:
        return _("Applications are taken up to and including %(day)s.") % {"day": recruitment.last}
    waiting = Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.APPLIED).count()
    return _("%(n)s applications are not decided yet.") % {"n": waiting} if waiting else ""


def close_applications(act: Act) -> None:
    """For how many places each post is examined, by the minimum of applicants; posts without enough are closed."""
    recruitment = act.case.recruitment
    enough = Count("applicants", filter=Q(applicants__stage=STAGE.QUALIFIED))
    posts = list(RecruitmentPost._base_manager.filter(recruitment=recruitment).annotate(enough=enough))
    for post in posts:
        post.places = is_open(post.enough, post.wanted, recruitment.opening)
    RecruitmentPost.objects.bulk_update(posts, ["places"])
    closed = [post.pk for post in posts if not post.places]
    Applicant.objects.filter(post__in=closed, stage=STAGE.QUALIFIED).update(stage=STAGE.CLOSED)


def why_not_list(act: Act) -> str:
    """Every qualified applicant has a written score, if only that of absence."""
    return _missing(act, STAGE.QUALIFIED, "written")


def why_not_rank(act: Act) -> str:
    """Every one who was to be interviewed has a score."""
    return _missing(act, STAGE.INTERVIEW, "interview")


def _missing(act: Act, stage: str, score: str) -> str:
    rows = Applicant._base_manager.filter(recruitment=act.case.recruitment, stage=stage, **{f"{score}__isnull": True})
    missing = sorted(rows.values_list("serial", flat=True)[:20])
    said = ", ".join(str(one) for one in missing)
    return _("There is no score yet of the application numbers %(numbers)s.") % {"numbers": said} if missing else ""


def list_interviews(act: Act) -> None:
    """Who is interviewed, post by post, by the ratio of the notice; all who tie with the last are in it."""
    recruitment = act.case.recruitment
    rows = list(Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.QUALIFIED).select_related("post"))
    for post, some in by_post(rows).items():
        written = {one.pk: one.written for one in some if one.written}
        chosen = interviewed(written, post.places or 0, recruitment.ratio)
        for one in some:
            one.stage = STAGE.INTERVIEW if one.pk in chosen else STAGE.BELOW
    Applicant.objects.bulk_update(rows, ["stage"])


def rank(act: Act) -> None:
    """Totals by the weights of the notice, and places."""
    recruitment = act.case.recruitment
    rules = rules_of(recruitment.unit, recruitment.noticed_on or act.actor.on)
    rows = list(Applicant._base_manager.filter(recruitment=recruitment, stage=STAGE.INTERVIEW))
    for one in rows:
        if one.written is not None and one.interview is not None:
            one.total = total(one.written, one.interview, recruitment.weight, rules.places)
            one.stage = STAGE.RANKED
    Applicant.objects.bulk_update(rows, ["total", "stage"])
    place(recruitment)


def place(recruitment: Recruitment) -> None:
    """Write the places of all who were examined, post by post."""
    examined = (*EXAMINED, STAGE.FAILED, STAGE.WITHDRAWN)
    rows = list(
        Applicant._base_manager.filter(recruitment=recruitment, stage__in=examined, total__isnull=False).select_related("post")
    )  # fmt: skip
    for some in by_post(rows).values():
        places = ranking(scored_of(some), recruitment.tie).places
        for one in some:
            one.place = places.get(one.pk)
    Applicant.objects.bulk_update(rows, ["place"])


def by_post(rows: Iterable[Applicant]) -> dict[RecruitmentPost, list[Applicant]]:
    """Applicants by their post."""
    found: dict[RecruitmentPost, list[Applicant]] = defaultdict(list)
    for one in rows:
        found[one.post].append(one)
    return found
