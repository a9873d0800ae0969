"""Checks a printed seal of Shidang without the server, with nothing but Python (核对封存单).

    python3 checker.py "SHIDANG-SEAL 1 12 …" --chain shidang-chain-99.txt
    python3 checker.py --number 12 --root 3F0A… --value 77C1… --chain shidang-chain-99.txt

The first form takes what the code on the sheet says (a hand scanner types it), the second the digits as they are printed. Without a file
of the chain only the signature is checked. Exit code: 0 true, 1 forged or of another chain, 2 nothing could be said.

Keep this file where those who run the system cannot change it. `KEYS` is the public key that it trusts; compare it with your first sheet.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

KEYS: list[str] = []
HANDOVERS: list[str] = []

TRUE, FALSE, UNKNOWN = 0, 1, 2
VERDICTS: dict[str, tuple[int, str, str]] = {
    "genuine": (
        TRUE,
        "签名属实，确由本系统打印。要核对其后的历史，请加链文件。",
        "The signature is right: this system printed it. To check the history since, add a file of the chain.",
    ),
    "leads": (
        TRUE,
        "从第 {number} 次封存沿链直到最新的第 {newest} 次，环环相扣。",
        "From seal {number} the chain leads to the newest one, {newest}, link by link.",
    ),
    "forged": (
        FALSE,
        "伪造：签名不符，单上内容被改动过。",
        "Forged: the signature does not fit, something on the sheet was altered.",
    ),
    "stranger": (
        FALSE,
        "来自另一条链：由另一套系统的密钥签名。",
        "From another chain: signed with the key of another installation.",
    ),
    "rewritten": (
        FALSE,
        "来自另一条链：此单为真，但链文件中第 {number} 次封存已不是它，历史被整体重做过。请妥善保存此单并报告上级。",
        "From another chain: this sheet is genuine, but seal {number} of the file is another one. The history was remade: report it.",
    ),
    "differs": (
        FALSE,
        "不符：与链文件第 {number} 次封存有 {count} 组不同（{groups}）。先核对是否录错；若与纸上一致，则为伪造。",
        "{count} groups differ from seal {number} of the file ({groups}). Look at what you typed; if it is as printed, it is forged.",
    ),
    "other": (
        FALSE,
        "来自另一条链，或系伪造：与链文件第 {number} 次封存完全不同。",
        "From another chain, or forged: it is nothing like seal {number} of the file.",
    ),
    "absent": (
        FALSE,
        "来自另一条链，或系伪造：链文件中没有第 {number} 次封存。",
        "From another chain, or forged: the file has no seal {number}.",
    ),
    "newer": (
        UNKNOWN,
        "链文件只到第 {newest} 次封存，早于此单。请下载新的链文件。",
        "The file ends with seal {newest}, before this sheet. Take a newer file.",
    ),
    "older": (
        UNKNOWN,
        "链文件从第 {oldest} 次封存开始，晚于此单。请下载含第 {number} 次封存的链文件。",
        "The file begins with seal {oldest}, after this sheet. Take one that holds seal {number}.",
    ),
    "needs_chain": (
        UNKNOWN,
        "没有签名可核对：请加链文件，或扫描二维码。",
        "There is no signature to check: add a file of the chain, or scan the code.",
    ),
    "unreadable": (
        UNKNOWN,
        "读不懂单上内容：请完整扫描二维码，或录入序号和 64 位数字。",
        "The sheet cannot be read: scan the whole code, or type the number and 64 digits.",
    ),
    "bad_file": (
        UNKNOWN,
        "链文件第 {line} 行读不懂：文件不完整，或不是链文件。",
        "Line {line} of the file cannot be read: it is incomplete, or no file of a chain.",
    ),
    "broken": (
        FALSE,
        "链文件有假：第 {number} 次封存与前一次不相连。",
        "The file is false: seal {number} does not hang on the one before.",
    ),
    "file_forged": (
        FALSE,
        "链文件有假：末尾的签名不符。",
        "The file is false: the signature at its end does not fit.",
    ),
    "file_stranger": (
        FALSE,
        "链文件来自另一套系统。",
        "The file comes from another installation.",
    ),
}

# ---- Ed25519 (RFC 8032), verification only -------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _x_of(y: int, sign: int) -> int | None:
    """The coordinate x of a point of the curve; None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def _sum(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _sum(found, point)
        point, factor = _sum(point, point), factor >> 1
    return found


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _x_of(_BASE_Y, 0) or 0
BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def signed(key: str, said: str, signature: str) -> bool:
    """Whether a key made a signature over words (all in hexadecimal digits but the words)."""
    public, proof = bytes.fromhex(key), bytes.fromhex(signature)
    holder, nonce, scalar = _point(public), _point(proof[:32]), int.from_bytes(proof[32:], "little")
    if holder is None or nonce is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(proof[:32] + public + said.encode()).digest(), "little") % ORDER
    left, right = _times(scalar, BASE), _sum(nonce, _times(challenge, holder))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# ---- What sheets and files say -------------------------------------------------------------------------------------------------------

DIGEST = r"[0-9A-F]{64}"
PROOF = r"[0-9A-F]{128}"
LINK = re.compile(
    rf"(\d{{1,18}}) (\d{{1,18}}) (\d{{1,18}}) (\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00) ({DIGEST}) ({DIGEST})",
    re.ASCII,
)
SEAL = re.compile(rf"SHIDANG-SEAL 1 {LINK.pattern} ({DIGEST}) ({PROOF})", re.ASCII)
HANDOVER = re.compile(rf"SHIDANG-KEY 1 ({DIGEST}) ({DIGEST}) ({PROOF}) ({PROOF})", re.ASCII)
AFTER = re.compile(rf"AFTER ({DIGEST})", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet; of a typed one the number and one or both digests only."""

    number: int
    root: str = ""
    chain: str = ""
    words: str = ""
    key: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is found, by its name, with the numbers that its sentence tells."""

    name: str
    told: dict[str, object] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The exit code."""
        return VERDICTS[self.name][0]

    def __str__(self) -> str:
        return "\n".join(text.format(**self.told) for text in VERDICTS[self.name][1:])


def scanned(text: str) -> Sheet | None:
    """A sheet by what its code says; None for anything else."""
    found = SEAL.fullmatch(" ".join(text.upper().split()))
    if found is None:
        return None
    number, _first, _last, _moment, root, chain, key, signature = found.groups()
    words = found.group(0)[: -len(key) - len(signature) - 2]
    return Sheet(int(number), root, chain, words, key, signature)


def typed(number: str, root: str, chain: str) -> Sheet | None:
    """A sheet by its printed digits; None where there is no number, or no whole digest."""
    root, chain = (re.sub(r"[\s·-]", "", one.upper()) for one in (root, chain))
    whole = [one for one in (root, chain) if re.fullmatch(DIGEST, one, re.ASCII)]
    given = [one for one in (root, chain) if one]
    if not re.fullmatch(r"\d{1,18}", number.strip(), re.ASCII) or not given or whole != given:
        return None
    return Sheet(int(number), root, chain)


def trusted(keys: Iterable[str], handovers: Iterable[str]) -> set[str]:
    """The keys that may be trusted: those given, and those with which they vouched for each other."""
    known = {key.upper() for key in keys}
    pairs = []
    for line in handovers:
        found = HANDOVER.fullmatch(line)
        if found is not None:
            key, before, by_before, by_key = found.groups()
            said = f"SHIDANG-KEY 1 {key} {before}"
            if signed(before, said, by_before) and signed(key, said, by_key):
                pairs.append((key, before))
    for _ in pairs:
        for pair in pairs:
            if known & set(pair):
                known |= set(pair)
    return known


@dataclass
class Chain:
    """A file of the chain: its seals by number, its newest signed, its keys."""

    seals: dict[int, tuple[str, str]] = field(default_factory=dict)
    handovers: list[str] = field(default_factory=list)
    newest: Sheet | None = None
    verdict: Verdict | None = None


def read_chain(text: str) -> Chain:
    """A file of the chain; `verdict` says what is wrong with it."""
    lines = text.upper().split("\n")
    found, before = Chain(), b""
    for place, line in enumerate(lines, 1):
        line = line.strip()  # noqa: PLW2901 - a line without what an editor left at its end
        link = LINK.fullmatch(line)
        if place == 1 and line == "SHIDANG-CHAIN 1":
            continue
        if link is not None and found.newest is None:
            number, first, last, moment, root, chain = link.groups()
            over = bytes.fromhex(root) + f"{first}|{last}|{moment.replace('T', ' ')}".encode()
            if hashlib.sha256(before + over).hexdigest().upper() != chain:
                found.verdict = found.verdict or Verdict("broken", {"number": number})
            before = bytes.fromhex(chain)
            found.seals[int(number)] = (root, chain)
        elif HANDOVER.fullmatch(line):
            found.handovers.append(line)
        elif place > 1 and not found.seals and AFTER.fullmatch(line):
            before = bytes.fromhex(line.split()[1])
        elif place > 1 and found.newest is None and scanned(line):
            found.newest = scanned(line)
        elif place == 1 or line:
            return replace(found, verdict=Verdict("bad_file", {"line": place}))
    if found.newest is None:
        return replace(found, verdict=Verdict("bad_file", {"line": len(lines)}))
    return found


# ---- The verdict ---------------------------------------------------------------------------------------------------------------------


def check(
    sheet: Sheet | None, chain_text: str | None, keys: Iterable[str] = (), handovers: Iterable[str] = ()
) -> Verdict:
    """Whether a sheet is true: by its signature, and by the chain that leads from it to the newest seal of the file."""
    if sheet is None:
        return Verdict("unreadable")
    chain = read_chain(chain_text) if chain_text is not None else None
    known = trusted(keys, [*handovers, *(chain.handovers if chain else ())])
    if sheet.signature:
        if not signed(sheet.key, sheet.words, sheet.signature):
            return Verdict("forged")
        if sheet.key not in known:
            return Verdict("stranger")
    if chain is None:
        return Verdict("genuine" if sheet.signature else "needs_chain")
    return _wrong_file(chain, known) or _in_chain(sheet, chain)


def _wrong_file(chain: Chain, known: set[str]) -> Verdict | None:
    newest = chain.newest
    if chain.verdict is not None or newest is None:
        return chain.verdict
    fits = list(chain.seals.items())[-1:] == [(newest.number, (newest.root, newest.chain))]
    if not fits or not signed(newest.key, newest.words, newest.signature):
        return Verdict("file_forged")
    return None if newest.key in known else Verdict("file_stranger")


def _in_chain(sheet: Sheet, chain: Chain) -> Verdict:
    numbers = list(chain.seals)
    told: dict[str, object] = {"number": sheet.number, "oldest": numbers[0], "newest": numbers[-1]}
    if sheet.number not in chain.seals:
        beyond = "newer" if sheet.number > numbers[-1] else "older" if sheet.number < numbers[0] else "absent"
        return Verdict(beyond, told)
    pairs = list(zip((sheet.root, sheet.chain), chain.seals[sheet.number], ("root", "chain"), strict=True))
    wrong = [
        f"{name} {place // 4 + 1}"
        for mine, theirs, name in pairs
        for place in range(0, len(mine), 4)
        if mine[place : place + 4] != theirs[place : place + 4]
    ]
    if not wrong:
        return Verdict("leads", told)
    if sheet.signature:
        return Verdict("rewritten", told)
    few = len(wrong) <= 4
    return Verdict("differs" if few else "other", told | {"count": len(wrong), "groups": ", ".join(wrong)})


def main(arguments: list[str]) -> int:
    """Read the command line, say the verdict in both languages."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("code", nargs="?", default="", help="what the code on the sheet says")
    asked.add_argument("--number", default="", help="the number of the seal, as printed")
    asked.add_argument("--root", default="", help="its root, 64 digits; spaces do not matter")
    asked.add_argument("--value", default="", help="its value of the chain, 64 digits")
    asked.add_argument("--chain", type=Path, help="a file of the chain")
    asked.add_argument("--key", action="append", default=[], help="a public key to trust, as your first sheet shows it")
    said = asked.parse_args(arguments)
    sheet = scanned(said.code) if said.code else typed(said.number, said.root, said.value)
    text = said.chain.read_text(encoding="ascii", errors="replace") if said.chain else None
    verdict = check(sheet, text, [*KEYS, *(re.sub(r"\s", "", key) for key in said.key)], HANDOVERS)
    print(verdict)
    return verdict.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
