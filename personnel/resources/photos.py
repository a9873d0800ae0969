"""Several people's portrait photos as a zip, each file named by an identity number or a staff number."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from core.exchange.files import Entry, entries_of, package_in
from core.exchange.kinds import Column, Draft, ImportKind, ImportSection, Setting
from core.exchange.reading import UnreadableFile
from core.parameters.selectors import at
from core.records.bulk import copy_rows, update_rows
from core.records.scope import AnyOf
from core.records.storage import store
from personnel.models import Photo, Teacher
from personnel.portraits import CONTENT_TYPE, MOST_BYTES, NotAPortrait, Portrait, read_portrait
from personnel.resources.keepers import keep_out
from personnel.resources.kind import TeacherKind
from personnel.resources.numbers import bearers_of
from personnel.rules import PortraitSize

CODES: Final = {"too_large": "picture_too_large", "too_small": "picture_too_small"}
FILE_NAME = Column("file_name", _("file name"), ("文件名",), kind="id_number", protected=True)
PICTURE = Column("photo", _("photo"), ("照片",))
PERSON = Column("name", _("name"), ("姓名",), kind="name")


@dataclass(slots=True)
class OnFile:
    """The photo on file: the record, the digest of its file, and the day on which that was stored."""

    id: int
    revision: int
    digest: str
    stored: str


class PhotoKind(ImportKind):
    """One file speaks of one person on file; nobody new is made."""

    name = "photos"
    label = _("Photos")
    dated = fills = False
    subject_columns: tuple[Column, ...] = (FILE_NAME, PICTURE, PERSON)
    key_columns = ("file_name",)
    endings = (".jpg", ".jpeg", ".png")

    def prepare(self, setting: Setting) -> None:
        """Find the people of all files at once: two files of one person may lie far apart."""
        if "people" in setting.shared:
            return
        people = self._people([entry.name.encode() for entry in package_in(setting).entries], setting)
        names = Teacher._base_manager.filter(AnyOf("id", {pk for found in people.values() for pk in found}))
        files = Counter(
            found[0] for entry in package_in(setting).entries if len(found := people.get(entry.name.encode(), [])) == 1
        )
        setting.shared |= {
            "people": people,
            "files": files,
            "names": dict(names.values_list("pk", "name")),
            "least": at(PortraitSize, setting.day, unit=setting.unit),
        }

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        people, files = setting.shared["people"], setting.shared["files"]
        for row in rows:
            row.key = row.values["file_name"].encode()
            found = people.get(row.key, [])
            if not found:
                row.refuse("file_name", "unknown_number")
            elif len(found) > 1:
                row.refuse("file_name", "ambiguous_number", "", count=len(found))
            else:
                row.subject = found[0]
                if files[row.subject] > 1:
                    row.refuse("file_name", "several_files", "", count=files[row.subject])
        self.keep_out(rows, setting)
        for row in rows:
            if row.subject is not None:
                row.cells[2] = row.values["name"] = setting.shared["names"][row.subject]

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        keep_out(rows, setting, "file_name")

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        people = self._people([row.key for row in rows if row.key is not None], setting)
        return {key: found[0] for key, found in people.items() if len(found) == 1}

    def opens(self, row: Draft) -> bool:
        return False

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        return TeacherKind().addresses(actor, subjects)

    def _people(self, keys: Iterable[bytes], setting: Setting) -> dict[bytes | None, list[int]]:
        """Who is meant by each key: by an identity number whoever has it, else by a staff number those kept by the sender's units."""
        names = {key.decode(): key for key in keys}
        return {names[said]: people for said, people in bearers_of(names, setting).items()}


class PhotoSection(ImportSection):
    """The portrait photo itself: compared by the digest of what is kept, stored when the batch is accepted."""

    kind, name, order, subject_field = "photos", "personnel.Photo", 10, "teacher_id"
    label = _("Photo")
    model: ClassVar[Any] = Photo
    fields: ClassVar[Mapping[str, str]] = {"photo": "file"}

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Read each picture, one at a time: what it is, how large, and the digest of what would be kept."""
        entries = entries_of(package_in(setting))
        for row in rows:
            if not row.refused:
                self._look(row, entries[row.row], setting)

    def _look(self, row: Draft, entry: Entry, setting: Setting) -> None:
        try:
            portrait = self._portrait(row, entry, setting)
        except UnreadableFile:
            row.refuse("photo", "no_picture")
            return
        except NotAPortrait as error:
            least = setting.shared["least"]
            said = {"width": error.size[0], "height": error.size[1]}
            said |= {"least_width": least.width, "least_height": least.height}
            row.refuse("photo", CODES.get(error.code, error.code), "", **said)
            return
        row.values["digest"] = hashlib.sha256(portrait.content).hexdigest()
        row.cells[1] = row.values["photo"] = f"{portrait.width} × {portrait.height}"

    def _portrait(self, row: Draft, entry: Entry, setting: Setting) -> Portrait:
        if entry.size > MOST_BYTES:
            raise NotAPortrait("too_large")
        least = setting.shared.get("least") or at(PortraitSize, setting.day, unit=setting.unit)
        return read_portrait(row.values["name"], package_in(setting).content(entry), least)

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, OnFile]:
        rows = Photo._base_manager.filter(AnyOf("teacher_id", subjects))
        listed = rows.values_list("teacher_id", "pk", "revision", "file__digest", "file__stored_at__date")
        return {teacher: OnFile(pk, revision, digest, str(day)) for teacher, pk, revision, digest, day in listed}

    def present(self, row: Draft, state: OnFile | None, setting: Setting) -> OnFile | None:
        """The photo on file."""
        return state

    def compare(self, row: Draft, state: OnFile | None, setting: Setting) -> None:
        row.seen[self.name] = [state.id, state.revision] if state else []
        row.adds = state is None
        if state is None or state.digest != row.values["digest"]:
            row.differences[self.name] = {"photo": [state.stored if state else "", row.values["photo"]]}

    def apply(self, rows: Sequence[Draft], states: Mapping[int, OnFile], setting: Setting) -> None:
        entries = entries_of(package_in(setting))
        new, changed = [], []
        for row in rows:
            portrait = self._portrait(row, entries[row.row], setting)
            kept = store(portrait.name, portrait.content, content_type=CONTENT_TYPE)
            state = states.get(row.subject or 0)
            if state is None:
                new.append([row.subject, kept.pk, row.id])
            else:
                changed.append([state.id, state.revision, kept.pk, None, row.id])
        copy_rows(Photo, ["teacher_id", "file_id", "source_row"], new)
        update_rows(Photo, ["file_id", "taken_on", "source_row"], changed)
