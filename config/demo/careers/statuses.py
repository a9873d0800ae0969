"""Times when people were not in post, breaks in their teaching, and birthdays that the archive tells otherwise."""

from __future__ import annotations

from datetime import date, timedelta

from config.demo.people import BEGINNING, Fact, Person

# Who leaves was back at work some weeks before.
BACK_BEFORE = timedelta(days=21)
_WAYS = {"retired": "retired", "died": "died"}


def absences(person: Person) -> None:
    """On loan, studying, long sick or suspended: for a few in the past, for a few now; then how the person left."""
    rng, last = person.rng, person.last
    if person.post.unit.type is not None and person.spells[0].start.year < last.year - 2:
        chance = rng.random()
        if chance < 0.03 and last.year > 2020:
            start = date(rng.randrange(2020, last.year), rng.choice((2, 9)), 1)
            _absence(person, start, start + timedelta(days=rng.choice((181, 334, 365))))
        elif chance < 0.065 and person.leaves is None:
            start = date(last.year - rng.randrange(1, 3), 9, 1)
            end = date(start.year + rng.choice((2, 3)), 8, 1)
            _absence(person, start, end if end > person.day else None)
    if person.leaves is not None:
        status = _WAYS.get(person.leaves_how, "left")
        person.statuses = [
            fact for fact in person.statuses if fact.end is not None and fact.end + BACK_BEFORE <= person.leaves
        ]
        person.statuses.append(Fact(person.leaves, None, {"status": status, "note": ""}))


def _absence(person: Person, start: date, end: date | None) -> None:
    if start <= person.spells[0].start or ((end or start) >= person.day and end is not None and person.leaves):
        return
    if any(spell.start > start for spell in person.spells):
        return
    unit, rng = person.post.unit, person.rng
    bureau = unit.parent.name if unit.parent else unit.name
    status = rng.choices(("on_loan", "rotation", "studying", "long_sick", "suspended"), (34, 36, 14, 14, 2))[0]
    note = {
        "on_loan": f"借调至{bureau}",
        "rotation": f"交流轮岗至{(unit.place and '乡镇薄弱学校') or '县区学校'}任教，人事关系不变",
        "studying": "在职脱产进修",
        "long_sick": "病休超过六个月",
        "suspended": "接受调查期间停职",
    }[status]
    person.statuses.append(Fact(start, end, {"status": "on_loan" if status == "rotation" else status, "note": note}))


def interruptions(person: Person, first: date) -> None:
    """A few did not teach for some years."""
    rng = person.rng
    if person.post.teaches and first.year < 2000 and rng.random() < 0.03:
        start = date(rng.randrange(first.year + 2, first.year + 6), rng.choice((2, 9)), 1)
        end = date(start.year + rng.randrange(1, 4), 8, 1)
        cause = rng.choice(("unpaid_leave", "non_teaching", "study", "sick"))
        person.add(
            "TeachingBreak", end, starts=f"{start:%Y-%m}", ends=f"{end:%Y-%m}", cause=cause, counts_as_work=cause != "unpaid_leave"
        )  # fmt: skip


def archive_birth(person: Person) -> None:
    """A few whose archive tells another birthday; the older the paper, the likelier."""
    rng = person.rng
    if person.birth.year > 1988 or rng.random() > 0.022:
        return
    other = person.birth + timedelta(days=rng.choice((-1, 1)) * rng.randrange(32, 400))
    decided = date(2021, rng.randrange(3, 12), rng.randrange(1, 28))
    if person.enters > BEGINNING or person.last < decided:
        return
    counts = "archive" if rng.random() < 0.75 else "id"
    by_archive = f"{other:%Y-%m}" if rng.random() < 0.6 else other.isoformat()
    person.add("BirthDecision", decided, by_archive=by_archive, counts=counts, decided_on=decided)
