"""Seals for people: the line that is printed, the file of the chain, and the program that checks one against the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, LiteralString

import psycopg
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from core.dates import today
from core.org.actor import Actor, system_actor
from core.records import checker as program
from core.records.models import Seal
from core.records.printed import chain_lines, checker, digits, line_of, public_key
from tests.core.records.forging import NEXT_MASTER, chain, everything, work
from tests.ground.databases import Database


def loaded(text: str) -> ModuleType:
    """The checker as it was handed out."""
    module = ModuleType("handed_out")
    sys.modules["handed_out"] = module
    exec(compile(text, "handed_out.py", "exec"), module.__dict__)
    return module


def test_a_forged_sheet_is_told_from_a_true_one(
    committed_db: Database,
    system: Actor,
    superuser_sql: psycopg.Connection[Any],
    template_database: Database,
    settings: Any,
) -> None:
    checkers, cases = everything(system, superuser_sql, template_database, settings, lambda: system_actor(today()))
    handed_out = loaded(checkers["py"])

    def verdict(one: Any) -> str:
        sheet = handed_out.scanned(one.code) if one.code else handed_out.typed(*one.typed)
        return str(handed_out.check(sheet, one.chain, handed_out.KEYS, handed_out.HANDOVERS).name)

    assert {one.name: verdict(one) for one in cases} == {one.name: one.said for one in cases}
    later = loaded(checker("py"))
    first = next(one.code for one in cases if one.said == "genuine")
    assert later.check(later.scanned(first), None, later.KEYS, later.HANDOVERS).name == "genuine"
    assert later.KEYS != handed_out.KEYS


def test_the_program_says_it_in_both_languages_and_by_its_exit_code(
    committed_db: Database, system: Actor, tmp_path: Path
) -> None:
    seal = work(system, 2)
    file, script = tmp_path / "chain.txt", tmp_path / "checker.py"
    file.write_text(chain())
    script.write_text(checker("py"))

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", str(script), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    code, said = run(line_of(seal), "--chain", str(file))
    assert code == 0
    assert "从第" in said
    assert f"From seal {seal.pk} the chain leads to the newest one" in said
    assert run("--number", str(seal.pk), "--root", "0" * 64, "--chain", str(file))[0] == 1
    assert run("--number", str(seal.pk), "--root", digits(bytes(seal.root)))[0] == 2
    assert run("--number", "one")[0] == 2


def test_two_prints_of_a_seal_are_the_same_and_hold_its_facts(committed_db: Database, system: Actor) -> None:
    seal = work(system, 1)
    line = line_of(seal)
    assert line == line_of(Seal.objects.get(pk=seal.pk))
    words = line.split()
    assert words[2:5] == [str(seal.pk), str(seal.first), str(seal.last)]
    assert words[6:9] == [digits(bytes(seal.root)), digits(bytes(seal.chain)), digits(public_key())]
    assert set(line) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "a code holds these densely"
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(words[8])).verify(
        bytes.fromhex(words[9]), " ".join(words[:8]).encode()
    )


def test_the_file_of_the_chain_holds_numbers_and_digits_only(committed_db: Database, system: Actor) -> None:
    work(system, 2)
    head, *links, _newest = chain_lines()
    assert head == "SHIDANG-CHAIN 1"
    assert len(links) == Seal.objects.count()
    assert all(program.LINK.fullmatch(link) for link in links)


def test_without_the_master_key_nobody_signs(settings: Any) -> None:
    mine = public_key()
    settings.MASTER_KEY = NEXT_MASTER
    assert public_key() != mine
    assert public_key() == public_key(NEXT_MASTER)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO records_sealkey (key, before, signed_before, signed_after) VALUES ('a', 'b', 'c', 'd')",
        "UPDATE records_sealkey SET before = 'x'",
        "DELETE FROM records_sealkey",
        "TRUNCATE records_sealkey",
    ],
)
def test_keys_of_seals_are_added_by_a_change_and_never_altered(
    committed_db: Database, app_sql: psycopg.Connection[Any], statement: LiteralString
) -> None:
    with pytest.raises(psycopg.Error, match=r"outside a change|append-only|permission denied"):
        app_sql.execute(statement)


@given(seed=st.binary(min_size=32, max_size=32), said=st.text(max_size=60), flipped=st.integers(0, 511))
def test_a_signature_fits_its_words_and_key_only(seed: bytes, said: str, flipped: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, proof = key.public_key(), key.sign(said.encode())
    bent = bytes(byte ^ (1 << flipped % 8 if place == flipped // 8 else 0) for place, byte in enumerate(proof))
    assert program.signed(public.public_bytes_raw().hex(), said, proof.hex())
    assert not program.signed(public.public_bytes_raw().hex(), f"{said}.", proof.hex())
    with pytest.raises(InvalidSignature):
        public.verify(bent, said.encode())
    assert not program.signed(public.public_bytes_raw().hex(), said, bent.hex())
