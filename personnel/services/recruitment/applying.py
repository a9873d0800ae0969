"""Applying without a login, mending by the receipt, withdrawing; and the qualification check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import orjson
from django.db.models import Max
from django.utils.translation import gettext as _

from core.dates import today
from core.documents.rules import new_code, written_code
from core.exchange.evidence import Evidence
from core.idnumber import InvalidIdNumber, parse, parsed
from core.org.actor import Actor, system_actor
from core.org.errors import NotAllowed
from core.publicity.selectors import digest_of
from core.records.changes import change
from core.records.models import DataKey
from core.records.storage import store
from core.records.vault import blind_index, create_key, fresh_key
from core.workflow.definition import Act
from core.workflow.services import Opening, advance, open_case, open_cases, stands
from personnel.models import Applicant, ApplicantFile, Recruitment, RecruitmentPost
from personnel.selectors.recruitment import APPLICATION, STAGE, findings_of, rules_of, takes_applications

MOST_FILES: Final = 8
# What an applicant declares, beside name, number and telephone.
SEX: Final = {"M": "1", "F": "2"}
DECLARED: Final = ("education", "degree", "major", "school", "graduated", "certificate", "putonghua", "experience")


@dataclass(frozen=True, slots=True)
class Entered:
    """An application as a row of a workbook says it; `post` and `source` are keys, `on` the day on which it was made."""

    post: int
    name: str
    number: str
    phone: str
    said: Mapping[str, str]
    on: date
    source: int


def _stranger(recruitment: Recruitment, on: date | None = None) -> Actor:
    """The system acts for who applies, in the unit that recruits."""
    return replace(system_actor(on or today()), unit=recruitment.unit)


def apply_for(
    *, recruitment: Recruitment, post: RecruitmentPost, name: str, number: str, phone: str, said: Mapping[str, str],
    files: Sequence[Evidence] = (), on: date | None = None,
) -> tuple[Applicant, str]:  # fmt: skip
    """Take an application: the applicant and the receipt number, which nobody can read again. `on` is the day (default: today).

    Raises `NotAllowed` outside the days, for a number that is none, a second application against the notice, or too many files.
    """
    who = _stranger(recruitment, on)
    on = who.on
    if not takes_applications(recruitment, on) or post.recruitment_id != recruitment.pk:
        raise NotAllowed(_("Applications are not taken now."))
    if len(files) > MOST_FILES:
        raise NotAllowed(_("Add at most %(most)s files.") % {"most": MOST_FILES})
    birth, sex, number = _read(number)
    code, index = new_code(), blind_index("identity", number)
    with change("personnel.apply", actor=who, reason=_("An application came in without a login"), source="page"):
        if not stands(recruitment.case, "applications"):
            raise NotAllowed(_("Applications are not taken now."))
        Recruitment._base_manager.select_for_update().filter(pk=recruitment.pk).values_list("pk").get()
        _must_be_first(recruitment, post, index)
        case = open_case(kind=APPLICATION, actor=who, unit=recruitment.unit, days=rules_of(recruitment.unit, on).check)
        last = Applicant._base_manager.filter(recruitment=recruitment).aggregate(n=Max("serial"))["n"] or 0
        made = Applicant(
            case=case,
            recruitment=recruitment,
            post=post,
            serial=last + 1,
            key=create_key(),
            receipt=digest_of(code),
            applied_on=on,
        )
        made.name, made.number, made.phone = name, number, phone
        made.said = sealed(said, birth, sex)
        made.save(force_insert=True)
        _keep(made, files)
    return made, written_code(code)


def _read(number: str) -> tuple[str, str, str]:
    try:
        read = parse(number)
    except InvalidIdNumber as error:
        raise NotAllowed(
            _("This is no number of a resident identity card. Compare each sign."), field="number"
        ) from error
    return read.birth.isoformat(), SEX[read.sex], read.number


def sealed(said: Mapping[str, str], birth: str, sex: str) -> str:
    """What an applicant declares as it is kept, with the day of birth (ISO) and the sex (code) that the identity number says."""
    kept = {name: said.get(name, "") for name in DECLARED}
    return orjson.dumps({**kept, "birth": birth, "sex": sex}).decode()


def take_many(*, recruitment: Recruitment, many: Sequence[Entered]) -> list[Applicant]:
    """Inside a change: applications that came with a workbook, set-wise and in their order; who was first is asked by the caller.

    Nobody holds a receipt number for them: what they say is mended by the next workbook.
    """
    Recruitment._base_manager.select_for_update().filter(pk=recruitment.pk).values_list("pk").get()
    who = _stranger(recruitment)
    days = rules_of(recruitment.unit, who.on).check
    cases = open_cases(kind=APPLICATION, actor=who, asked=[Opening(recruitment.unit, days=days)] * len(many))
    fresh = [fresh_key() for _one in many]
    keys = DataKey.objects.bulk_create(DataKey(wrapped=wrapped, master=master) for _key, wrapped, master in fresh)
    last = Applicant._base_manager.filter(recruitment=recruitment).aggregate(n=Max("serial"))["n"] or 0
    made = []
    for place, (one, case, key, plain) in enumerate(zip(many, cases, keys, fresh, strict=True), last + 1):
        key.plain = plain[0]
        applicant = Applicant(
            case=case, recruitment=recruitment, post_id=one.post, serial=place, key=key, receipt=digest_of(new_code()),
            applied_on=one.on, source_row=one.source,
        )  # fmt: skip
        read = parsed(one.number)
        applicant.name, applicant.number, applicant.phone = one.name, one.number, one.phone
        applicant.said = sealed(one.said, read.birth.isoformat(), SEX[read.sex])
        made.append(applicant)
    return Applicant.objects.bulk_create(made)


def _must_be_first(recruitment: Recruitment, post: RecruitmentPost, index: bytes) -> None:
    known = Applicant._base_manager.filter(recruitment=recruitment, number_index=index).exclude(stage=STAGE.WITHDRAWN)
    if recruitment.one_post and known.exists():
        # Whoever knows the number of somebody else is not told for which post they apply.
        text = _(
            "By the notice everybody applies for one post, and there is an application with this number already. Withdraw it by its "
            "receipt number first."
        )
        raise NotAllowed(text, field="post")
    if known.filter(post=post).exists():
        raise NotAllowed(_("There is an application of yours for this post already."), field="post")


def _keep(applicant: Applicant, files: Sequence[Evidence]) -> None:
    for one in files:
        stored = store(one.name, one.content, content_type=one.content_type, key=applicant.key)
        ApplicantFile.objects.create(applicant=applicant, file=stored)


def mend(*, applicant: Applicant, phone: str, said: Mapping[str, str], files: Sequence[Evidence] = ()) -> None:
    """What was returned comes again, mended by who holds the receipt; without a `phone` the old one stays.

    Raises `NotAllowed` where it is not returned.
    """
    if applicant.files.count() + len(files) > MOST_FILES:
        raise NotAllowed(_("Add at most %(most)s files.") % {"most": MOST_FILES})
    data = {"phone": phone, "said": dict(said), "files": list(files)}
    advance(
        applicant.case,
        "resend",
        actor=_stranger(applicant.recruitment),
        comment=_("mended by the applicant"),
        data=data,
    )


def take_mended(act: Act) -> None:
    """What the applicant says now takes the place of what they said; papers are added."""
    applicant = Applicant._base_manager.select_related("key").get(case=act.case)
    kept = orjson.loads(applicant.said.reveal())
    applicant.said = sealed(act.data["said"], kept["birth"], kept["sex"])
    if act.data["phone"]:
        applicant.phone = act.data["phone"]
    applicant.save()
    _keep(applicant, act.data["files"])


def withdraw(*, applicant: Applicant) -> None:
    """The applicant takes the application back before it was decided. Raises `NotAllowed` afterwards."""
    who = _stranger(applicant.recruitment)
    advance(applicant.case, "withdraw", actor=who, comment=_("withdrawn by the applicant"))


def _stage(stage: str) -> Any:
    def follow(act: Act) -> None:
        applicant = act.case.application
        applicant.stage = stage
        applicant.save(update_fields={"stage"})

    return follow


qualified, refused, withdrawn = _stage(STAGE.QUALIFIED), _stage(STAGE.REFUSED), _stage(STAGE.WITHDRAWN)


def why_not_return(act: Act) -> str:
    """Who came with a workbook holds no receipt number by which to mend what they said."""
    if act.case.application.source_row is None:
        return ""
    return _(
        "This application came with a workbook. Have it put right there and send the workbook again, or refuse it."
    )


def why_not_qualify(act: Act) -> str:
    """Nobody is qualified who does not meet a condition of the notice."""
    if any(one.met is False for one in findings_of(act.case.application)):
        return _(
            "By what is declared a condition of the post is not met. Return it where that can be mended, else refuse it."
        )
    return ""
