"""Many editors at the same files at the same time, by page and by program: no edit is lost, none is in history without its change."""

from __future__ import annotations

import copy
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from core.api.services import issue_token
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment
from core.records.errors import StaleRecord
from core.records.models import Change, Settled
from core.records.verifying import verification
from personnel import services
from personnel.models import FormerName, Teacher
from tests.factories.people import make_actor
from tests.ground.clock import TODAY
from tests.personnel.files import make_file
from titles.models import TitleHeld

pytestmark = pytest.mark.usefixtures("committed_db")

EDITORS = 8
WRITTEN, STALE, REFUSED = "written", "stale", "refused"


@dataclass
class Edit:
    """One edit: its paper is its own, so that its change is found; what became of it; what the editor had read."""

    paper: str
    act: str
    outcome: str = ""
    record: int = 0
    revision: int = 0
    read: str = ""
    wrote: str = ""
    undone: int | None = None


@dataclass
class Editor:
    """Somebody with a role and a program, who edits at random."""

    actor: Any
    headers: dict[str, str]
    teachers: list[Teacher]
    chance: random.Random
    number: int
    edits: list[Edit] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    seen: dict[int, Teacher] = field(default_factory=dict)

    def work(self, many: int, start: threading.Barrier) -> None:
        """So many edits, one after the other."""
        client = Client(headers=self.headers)
        start.wait(60)
        try:
            for place in range(many):
                # A few files are edited by many.
                teacher = self.teachers[int(len(self.teachers) * self.chance.random() ** 2)]
                act = self.chance.choice((self.correct, self.correct, self.supersede, self.add, self.undo))
                edit = Edit(f"文〔2026〕{self.number}-{place}号", act.__name__)
                try:
                    edit.outcome = act(edit, teacher, client)
                except StaleRecord:
                    edit.outcome = STALE
                except NotAllowed:
                    edit.outcome = REFUSED
                self.edits.append(edit)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            self.troubles.append(repr(error))
        finally:
            connections.close_all()

    def correct(self, edit: Edit, teacher: Teacher, client: Client) -> str:
        """Put a field of the person right as it was read, now or some time ago: by a page or by a program."""
        read = self.seen.get(teacher.pk) if self.chance.random() < 0.25 else None
        read = self.seen[teacher.pk] = read or Teacher.objects.select_related("key").get(pk=teacher.pk)
        edit.record, edit.revision, edit.read, edit.wrote = read.pk, read.revision, read.native_place, edit.paper[:20]
        if self.chance.random() < 0.5:
            services.correct_fact(
                actor=self.actor,
                record=copy.copy(read),
                values={"native_place": edit.wrote},
                reason="核对",
                document=edit.paper,
            )
            return WRITTEN
        order = {"record": str(read.public_id), "revision": read.revision, "values": {"native_place": edit.wrote}}
        return self.told(
            client, f"teachers/{teacher.public_id}/sections/person/correct/", {**order, "reason": "typing"}, edit
        )

    def supersede(self, edit: Edit, teacher: Teacher, client: Client) -> str:
        """Let another title hold from a day on."""
        read = TitleHeld.objects.select_related("teacher").filter(teacher=teacher).latest("valid")
        rank = "first" if read.rank == "second" else "second"
        day = read.valid.lower + timedelta(days=self.chance.randint(1, 9))
        edit.record, edit.revision, edit.read = read.pk, read.revision, read.rank
        if self.chance.random() < 0.5:
            services.change_fact(
                actor=self.actor, record=read, on=day, values={"rank": rank}, reason="评聘", document=edit.paper
            )
            return WRITTEN
        order = {
            "record": str(read.public_id),
            "revision": read.revision,
            "on": day.isoformat(),
            "values": {"rank": rank},
        }
        return self.told(
            client, f"teachers/{teacher.public_id}/sections/titles/change/", {**order, "reason": "title_change"}, edit
        )

    def add(self, edit: Edit, teacher: Teacher, client: Client) -> str:
        """Add a record."""
        edit.wrote = edit.paper[:20]
        if self.chance.random() < 0.5:
            services.add_fact(
                actor=self.actor, teacher=teacher, model=FormerName, values={"name": edit.wrote}, reason="补录",
                document=edit.paper,
            )  # fmt: skip
            return WRITTEN
        order = {"values": {"name": edit.wrote}, "reason": "filled_in"}
        return self.told(client, f"teachers/{teacher.public_id}/sections/names/add/", order, edit)

    def undo(self, edit: Edit, teacher: Teacher, client: Client) -> str:
        """Undo the newest of a few changes that anybody made since."""
        made = Change.objects.filter(document__startswith="文〔2026〕").order_by("-pk")[: 1 + self.chance.randrange(4)]
        chosen = list(made)[-1:]
        if not chosen:
            return REFUSED
        edit.undone = chosen[0].pk
        if self.chance.random() < 0.5:
            services.undo_change(actor=self.actor, change=chosen[0], reason="误", document=edit.paper)
            return WRITTEN
        return self.told(client, f"changes/{chosen[0].public_id}/undo/", {"reason": "entered_twice"}, edit)

    def told(self, client: Client, path: str, order: dict[str, Any], edit: Edit) -> str:
        """What a program is told."""
        cache.clear()
        answer = client.post(f"/api/v1/{path}", {**order, "document": edit.paper}, content_type="application/json")
        if answer.status_code in {200, 201}:
            return WRITTEN
        code = answer.json().get("code")
        if (answer.status_code, code) == (409, "stale"):
            return STALE
        if answer.status_code in {400, 422}:
            return REFUSED
        self.troubles.append(f"{edit.act}: {answer.status_code} {answer.content.decode()[:300]}")
        return "failed"


@pytest.mark.parametrize(("edits", "files"), [(64, 4), pytest.param(1_000, 50, marks=pytest.mark.soak)])
def test_no_edit_is_lost_and_none_is_without_its_change(county_a: Any, school_a: Any, edits: int, files: int) -> None:
    teachers = [make_file(f"林{number}", school_a) for number in range(files)]
    editors = [editor(county_a, teachers, number) for number in range(EDITORS)]
    start = threading.Barrier(EDITORS)
    threads = [threading.Thread(target=one.work, args=(edits // EDITORS, start)) for one in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [trouble for one in editors for trouble in one.troubles] == []
    every = [edit for one in editors for edit in one.edits]
    counted = Counter(edit.outcome for edit in every)
    assert sum(counted.values()) == edits // EDITORS * EDITORS
    assert counted[WRITTEN] > edits // 4, counted
    assert counted[STALE] > 0, "some edited what they had read before others saved"
    each_has_its_change_or_none(every)
    nothing_was_overwritten_unseen(every)
    each_undo_is_done_once(every)
    outcome = verification()
    assert outcome.faults == [], (
        "chain, positions, versions without a change, gaps, live rows beside their newest version"
    )
    assert outcome.waiting == 0
    assert Settled.objects.count() == Change.objects.count()


def editor(county: Any, teachers: list[Teacher], number: int) -> Editor:
    """A clerk with a program of their own."""
    actor = make_actor("county_clerk", county, name=f"办事员{number}")
    held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
    text = issue_token(assignment=held, name="程序", now=timezone.now(), on=TODAY)[1]
    return Editor(actor, {"Authorization": f"Bearer {text}"}, teachers, random.Random(number), number)


def each_has_its_change_or_none(every: list[Edit]) -> None:
    """What was said to be written is in the log once, what was refused is nowhere; each change has versions, each version its change."""
    made = Counter(Change.objects.filter(document__startswith="文〔2026〕").values_list("document", flat=True))
    assert made == Counter(edit.paper for edit in every if edit.outcome == WRITTEN)
    changes = dict(Change.objects.filter(document__startswith="文〔2026〕").values_list("document", "pk"))
    versions = Counter(
        change
        for model in (Teacher, TitleHeld, FormerName)
        for change in model.history.filter(change__in=changes.values()).values_list("change", flat=True)
    )
    for edit in every:
        if edit.outcome == WRITTEN and edit.act != "undo":
            wanted = 2 if edit.act == "supersede" else 1
            assert versions[changes[edit.paper]] == wanted, edit
        if edit.outcome == WRITTEN:
            assert versions[changes[edit.paper]] > 0, edit


def nothing_was_overwritten_unseen(every: list[Edit]) -> None:
    """The version that a correction replaced is the very one that its editor had read."""
    changes = dict(Change.objects.filter(document__startswith="文〔2026〕").values_list("document", "pk"))
    for edit in every:
        if edit.act == "correct" and edit.outcome == WRITTEN:
            mine = Teacher.history.get(change=changes[edit.paper])
            before = Teacher.history.get(id=edit.record, revision=edit.revision)
            assert (mine.id, mine.revision, mine.native_place) == (edit.record, edit.revision + 1, edit.wrote), edit
            assert before.native_place == edit.read, edit
        if edit.act == "supersede" and edit.outcome == WRITTEN:
            ended = TitleHeld.history.get(change=changes[edit.paper], id=edit.record)
            assert (ended.revision, ended.rank) == (edit.revision + 1, edit.read), edit


def each_undo_is_done_once(every: list[Edit]) -> None:
    """Of those who undid one change, one did."""
    done = Counter(edit.undone for edit in every if edit.act == "undo" and edit.outcome == WRITTEN)
    assert max(done.values(), default=1) == 1, done
