"""Verbs of the dossier: enter, put right and take out materials; say who keeps it; papers that file themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final, Unpack

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import entries
from core.dates import PartialDate
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import StoredFile
from core.web.looks import SEALED
from personnel.choices import ADD, CORRECT
from personnel.models import DossierKeeping, DossierReview, DossierTransfer, Material, MaterialScan, Placement, Teacher
from personnel.selectors.dossier import KEEP, bureau_named, categories, is_own
from personnel.services.access import note_looks
from personnel.services.facts import differing, hold_open
from personnel.services.periods import beside, must_be_free, must_follow_birth, real
from personnel.services.why import Why, because

MOST_SCANS: Final = 40
DOSSIER: Final = f"{SEALED}dossier"
SUBJECT: Final = Teacher._meta.label
FIELDS: Final = (
    "category", "title", "dated", "pages", "copies", "form", "place", "note", "says_birth", "says_work_start", "says_party",
    "says_education", "says_experience",
)  # fmt: skip


def note_dossier(*, actor: Any, teachers: Collection[int], reason: str = "") -> None:
    """Write down that somebody looked into people's dossiers."""
    note_looks(actor=actor, teachers=teachers, what=DOSSIER, reason=reason)


def enter_material(
    *, actor: Any, teacher: Teacher, values: Mapping[str, Any], scans: Iterable[StoredFile] = (), **why: Unpack[Why]
) -> Material:
    """Enter a material in the catalogue, with its scans; those after it in its category are numbered anew by themselves.

    Raises `NotAllowed` without the right, for one's own dossier, without category or title, and for a day before the person's birth.
    """
    _must_keep(actor, teacher)
    _must_be_whole(values, actor)
    must_follow_birth(teacher, Material, {"dated": values.get("dated")}, {})
    with because("personnel.enter_material", ADD, actor, why):
        hold_open(teacher)
        material = Material(teacher=teacher, **{name: values[name] for name in FIELDS if name in values})
        material.save(force_insert=True)
        _add_scans(material, scans)
    return material


def correct_material(
    *, actor: Any, material: Material, values: Mapping[str, Any], scans: Iterable[StoredFile] = (),
    dropped: Collection[int] = (), **why: Unpack[Why],
) -> Material:  # fmt: skip
    """Put right what the catalogue says of a material; add scans, and drop those with the keys `dropped`.

    Raises `NotAllowed` where nothing differs, and as `enter_material`; `StaleRecord` where `material.revision` is not the stored one.
    """
    _must_keep(actor, material.teacher)
    changed = differing(material, {name: value for name, value in values.items() if name in FIELDS})
    scans = list(scans)
    if not (changed or scans or dropped):
        raise NotAllowed(_("Nothing differs from what is on file."))
    _must_be_whole({"category": material.category, "title": material.title, **changed}, actor)
    must_follow_birth(material.teacher, Material, {"dated": changed.get("dated")}, {})
    with because("personnel.correct_material", CORRECT, actor, why, dated=False):
        for name, value in changed.items():
            setattr(material, name, value)
        material.save(update_fields=set(changed))
        for scan in MaterialScan._base_manager.filter(material=material, pk__in=dropped):
            scan.delete()
        _add_scans(material, scans)
    return material


def withdraw_material(*, actor: Any, material: Material, **why: Unpack[Why]) -> None:
    """Take a material out of the catalogue, with its scans; what it was stays in the history.

    Raises `NotAllowed` without the right, for one's own dossier, and for a paper of this system: it leaves when it is withdrawn.
    """
    _must_keep(actor, material.teacher)
    if material.paper_id is not None:
        raise NotAllowed(_("This system issued the paper. Withdraw the paper, and it leaves the catalogue by itself."))
    with because("personnel.withdraw_material", CORRECT, actor, why, dated=False):
        _take_out(material)


def _take_out(material: Material) -> None:
    for scan in MaterialScan._base_manager.filter(material=material):
        scan.delete()
    material.delete()


def _add_scans(material: Material, scans: Iterable[StoredFile]) -> None:
    held = set(MaterialScan._base_manager.filter(material=material).values_list("file", flat=True))
    for file in scans:
        if file.pk in held:
            continue
        if len(held) >= MOST_SCANS:
            raise NotAllowed(
                _("A material has at most %(most)s scans. Put the pages together in one PDF.") % {"most": MOST_SCANS}
            )
        MaterialScan.objects.create(material=material, file=file)
        held.add(file.pk)


def _must_keep(actor: Any, teacher: Teacher) -> None:
    if not actor.may(KEEP):
        raise NotAllowed(_("Your role does not keep dossiers."))
    if is_own(teacher, actor):
        raise NotAllowed(_("Somebody else keeps your own dossier."))


def must_be_known(list_name: str, code: str, actor: Any, field: str = "") -> None:
    """Refuse a code that its list does not have on the day; none is no code."""
    if code and code not in {one.code for one in entries(list_name, actor.on, actor.unit)}:
        raise NotAllowed(_("This code is not in its list."), field=field)


def _must_be_whole(values: Mapping[str, Any], actor: Any) -> None:
    must_be_known("material_form", values.get("form") or "", actor, "form")
    must_be_known("education", values.get("says_education") or "", actor, "says_education")
    known = {one.code for one in categories(actor.on, actor.unit)}
    if values.get("category") not in known:
        raise NotAllowed(
            _("Choose one of the categories; of the fourth and the ninth, one of their parts."), field="category"
        )
    if not str(values.get("title") or "").strip():
        raise NotAllowed(_("A material needs its title."), field="title")


def keep_dossier(
    *, actor: Any, teacher: Teacher, since: date, values: Mapping[str, Any], **why: Unpack[Why]
) -> DossierKeeping:
    """Say who keeps a dossier from a day on; what was recorded until then ends there. On the same day it is put right instead.

    `values`: unit or keeper (a bureau that is named in full is that unit), shelf, volumes, note. Raises `NotAllowed` without the right,
    for one's own, where nobody is named, nothing differs, or a later keeper is recorded already.
    """
    _must_keep(actor, teacher)
    if bool(values.get("unit")) == bool(str(values.get("keeper") or "").strip()):
        raise NotAllowed(_("Name the unit that keeps it, or another keeper in words: one of them."), field="keeper")
    named = bureau_named(str(values.get("keeper") or ""), actor.on)
    if named is not None:
        values = {**values, "unit": named, "keeper": ""}
    with because("personnel.keep_dossier", ADD, actor, why):
        hold_open(teacher)
        return set_keeper(teacher, since, values)


def set_keeper(teacher: Teacher, since: date, values: Mapping[str, Any]) -> DossierKeeping:
    """Record a keeper from a day on, inside the open change."""
    held = DossierKeeping._base_manager.filter(teacher=teacher, valid__contains=since).first()
    if held is not None:
        changed = differing(held, values)
        if not changed:
            raise NotAllowed(_("Nothing differs from what is on file."))
        if held.valid.lower == since:
            held.correct(**changed)
            return held
        if held.valid.upper is not None:
            raise NotAllowed(_("A later keeper is recorded already. Put that one right first."))
        following: DossierKeeping = held.supersede(on=since, **changed)
        return following
    record = DossierKeeping(teacher=teacher, **values)
    later = beside(record).filter(valid__startswith__gt=since).order_by("valid").first()
    record.valid = real(Range(since, later.valid.lower if later is not None else None))
    must_be_free(record, record.valid)
    record.save(force_insert=True)
    return record


def file_paper(document: Any, kind: Any, subject: Any, actor: Any) -> None:
    """A paper that this system issued about a person goes into the catalogue of their dossier, in the change that issues it.

    A notice, decision or slip that replaces another takes its place in the transfer, review or placement too.
    """
    if document.replaces is not None:
        for model in (DossierTransfer, DossierReview, Placement):
            for one in model._base_manager.filter(paper=document.replaces):
                one.paper = document
                one.save(update_fields={"paper"})
    if not kind.filed_under or document.subject != SUBJECT:
        return
    with change("personnel.file_paper", actor=actor, reason=f"{kind.label} {document.number}"):
        material = Material(teacher_id=document.subject_id, category=kind.filed_under, form="original", paper=document)
        material.title, material.dated = f"{kind.label} {document.number}"[:200], PartialDate.of(document.issued_on)
        material.save(force_insert=True)


def take_out_paper(document: Any, actor: Any) -> None:
    """A paper that no longer counts leaves the catalogue, in the change that ends it."""
    for material in Material._base_manager.filter(paper=document):
        _take_out(material)
