"""Sheets that are true, forged and of another chain, each with the file of a chain that somebody checks it against."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.org.actor import Actor
from core.org.models import Unit
from core.records.changes import change
from core.records.keys import rewrap_keys
from core.records.models import Seal
from core.records.printed import KEY, SEAL, chain_lines, checker, digits, line_of
from core.records.settling import settle
from core.records.vault import create_key
from core.records.verifying import verification
from tests.factories.build import create
from tests.ground.databases import Database, clone, django_on

OTHER_MASTER = base64.b64encode(b"the key of another installation!").decode()
NEXT_MASTER = base64.b64encode(b"the master key of the next years").decode()


@dataclass(frozen=True)
class Checked:
    """What somebody checks, and what they are told. `typed` are number, root and value of the chain."""

    name: str
    said: str
    code: str = ""
    typed: tuple[str, str, str] = ("", "", "")
    chain: str | None = None


def work(system: Actor, times: int) -> Seal:
    """Some more changes, each under a seal of its own; the last seal."""
    for _ in range(times):
        with change("test.work", actor=system, reason="more work"):
            create(Unit)
        settle()
    return Seal.objects.latest("pk")


def chain(start: int | None = None) -> str:
    """The file of the chain as it is handed out."""
    return "".join(f"{line}\n" for line in chain_lines(start))


def typed(seal: Seal) -> tuple[str, str, str]:
    """What somebody types from a sheet, in groups of four and small letters."""
    root, value = (bytes(one).hex() for one in (seal.root, seal.chain))
    return str(seal.pk), " ".join(root[place : place + 4] for place in range(0, 64, 4)), value


def other_digit(text: str, place: int) -> str:
    """The text with another digit at a place."""
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def rewrite(superuser: psycopg.Connection[Any]) -> None:
    """The owner bends a version and makes all seals anew, with the same numbers, so that everything fits again."""
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE org_historicalunit SET code = 'bent' WHERE history_id = (SELECT min(history_id) FROM org_historicalunit)"
    )
    superuser.execute(
        "UPDATE org_unit SET code = 'bent' WHERE id = (SELECT id FROM org_historicalunit WHERE code = 'bent')"
    )
    seals = superuser.execute("SELECT id, last - first + 1 FROM records_seal ORDER BY id").fetchall()
    for table in ("records_sealedrows", "records_settled", "records_seal"):
        superuser.execute(f"DELETE FROM {table}")
    for number, changes in seals:
        superuser.execute("SELECT setval(pg_get_serial_sequence('records_seal', 'id'), %s, false)", [number])
        superuser.execute("SELECT records_settle(%s)", [changes])
    superuser.execute("SET session_replication_role = DEFAULT")
    assert verification().faults == []


def elsewhere(template: Database, settings: Any, system_of: Callable[[], Actor]) -> tuple[Seal, str, str]:
    """A seal of another installation, with its line and its file of the chain."""
    other, mine = clone(template), settings.MASTER_KEY
    settings.MASTER_KEY = OTHER_MASTER
    with django_on(other):
        seal = work(system_of(), 4)
        found = seal, line_of(seal), chain()
    settings.MASTER_KEY = mine
    other.drop()
    return found


def everything(
    system: Actor, superuser: psycopg.Connection[Any], template: Database, settings: Any, system_of: Callable[[], Actor]
) -> tuple[dict[str, str], list[Checked]]:
    """The two checkers as they were handed out on the first day, and all that is checked with them since."""
    create_key()
    other_seal, other_line, other_chain = elsewhere(template, settings, system_of)
    old = work(system, 3)
    checkers = {sort: checker(sort) for sort in ("html", "py")}
    old_line, old_chain = line_of(old), chain()
    late = work(system, 2)
    late_line, new_chain = line_of(late), chain()
    number, root, value = typed(old)
    root_digits = digits(bytes(old.root))

    cases = [
        Checked("as printed, by its signature alone", "genuine", code=old_line),
        Checked("as printed, scanned in small letters and broken lines", "genuine", code=old_line.lower().replace(" ", "\r\n ")),
        Checked("against the file of its own day", "leads", code=old_line, chain=old_chain),
        Checked("after honest changes", "leads", code=old_line, chain=new_chain),
        Checked("after honest changes, typed", "leads", typed=typed(old), chain=new_chain),
        Checked("after honest changes, the root alone typed", "leads", typed=(number, root, ""), chain=new_chain),
        Checked("against a file that begins with it", "leads", code=old_line, chain=chain(old.pk)),
        Checked("against a file with the line ends of Windows", "leads", code=old_line, chain=new_chain.replace("\n", "\r\n")),
        Checked("against a file that begins later", "older", code=old_line, chain=chain(late.pk)),
        Checked("newer than the file", "newer", code=late_line, chain=old_chain),
        Checked("typed, without a file", "needs_chain", typed=typed(old)),
        Checked("nothing at all", "unreadable"),
        Checked("half a code", "unreadable", code=old_line[:100], chain=new_chain),
        Checked("a digit too few typed", "unreadable", typed=(number, root[:-1], value), chain=new_chain),
        Checked("one digit of the root changed", "forged", code=other_digit(old_line, old_line.index(root_digits)), chain=new_chain),
        Checked("one digit of the signature changed", "forged", code=other_digit(old_line, len(old_line) - 1)),
        Checked("the range of positions changed", "forged", code=old_line.replace(f" {old.first} ", f" {old.first - 1} ", 1)),
        Checked("the number changed", "forged", code=old_line.replace(f"{SEAL} {old.pk} ", f"{SEAL} {late.pk} ", 1), chain=new_chain),
        Checked("one digit typed wrongly", "differs", typed=(number, other_digit(root, 7), value), chain=new_chain),
        Checked("signed by a key of the forger", "stranger", code=by_a_forger(old_line), chain=new_chain),
        Checked("of another installation", "stranger", code=other_line, chain=new_chain),
        Checked("of another installation, typed", "other", typed=typed(other_seal), chain=new_chain),
        Checked("against the file of another installation", "file_stranger", code=old_line, chain=other_chain),
        Checked("a number that no seal has, typed", "newer", typed=("987654", root, value), chain=new_chain),
        Checked("a file with a seal taken out", "broken", code=old_line, chain=without(new_chain, f"\n{old.pk} ")),
        Checked("a file with a root changed", "broken", code=late_line, chain=new_chain.replace(root_digits, "F" * 64, 1)),
        Checked("a file cut off", "bad_file", code=old_line, chain=new_chain[: new_chain.rindex(SEAL)]),
        Checked("a file that ends with another seal", "file_forged", code=old_line, chain=new_chain.replace(late_line, old_line)),
        Checked("a file that is something else", "bad_file", code=old_line, chain="name,number\n"),
        Checked("an empty file", "bad_file", code=old_line, chain=""),
    ]  # fmt: skip

    rewrite(superuser)
    bent_chain = chain()
    cases += [
        Checked("after the owner made all seals anew", "rewritten", code=old_line, chain=bent_chain),
        Checked("after the owner made all seals anew, typed", "other", typed=typed(old), chain=bent_chain),
        Checked(
            "printed from the history made anew",
            "rewritten",
            code=line_of(Seal.objects.get(pk=old.pk)),
            chain=new_chain,
        ),
    ]

    first_master = settings.MASTER_KEY
    settings.MASTER_KEY = NEXT_MASTER
    rewrap_keys(old=first_master, actor=system, reason="a new master key")
    settle()
    newest = Seal.objects.latest("pk")
    foreign = Ed25519PrivateKey.generate()
    mine = digits(foreign.public_key().public_bytes_raw())
    trusted = old_line.split()[-2]
    slipped = f"{KEY} {mine} {trusted} {'0' * 128} {digits(foreign.sign(f'{KEY} {mine} {trusted}'.encode()))}\n"
    cases += [
        Checked("a new master key, the file tells of it", "leads", code=line_of(newest), chain=chain()),
        Checked("a new master key, the file does not tell", "stranger", code=line_of(newest)),
        Checked("from before the new master key", "genuine", code=old_line),
        Checked(
            "a key that nobody vouched for, slipped into the file", "stranger", code=by_a_forger(old_line, foreign),
            chain=new_chain.replace("\n", f"\n{slipped}", 1),
        ),
    ]  # fmt: skip
    return checkers, cases


def by_a_forger(line: str, key: Ed25519PrivateKey | None = None) -> str:
    """The same line signed with a key of the forger's own."""
    key = key or Ed25519PrivateKey.generate()
    words = " ".join(line.split()[:-2])
    return f"{words} {digits(key.public_key().public_bytes_raw())} {digits(key.sign(words.encode()))}"


def without(text: str, start: str) -> str:
    """A text without the line that begins so."""
    place = text.index(start)
    return text[:place] + text[text.index("\n", place + 1) :]
