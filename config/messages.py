"""Keep the message catalogues of every app complete, without xgettext.

    python -m config.messages               extract, update every django.po, compile
    python -m config.messages compile       compile only (deployment)
    python -m config.messages fill F.json   extract, then enter {msgid: Chinese} where an entry is still empty
    python -m config.messages --check       write nothing; exit 1 and name what is empty, fuzzy, missing, stale or wrong

An app is a directory at the top that has an `apps.py` or a `locale`; its subpackages belong to it. English msgids are
the source text, so the English catalogue repeats them and only the Chinese one is translated.
"""

import argparse
import ast
import fcntl
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parent.parent
ALWAYS_APPS = {"config", "core"}
NEVER_APPS = {"tests", "bench", "docs", "deploy", "var", "node_modules"}
SKIPPED_PARTS = {"migrations", "static", "__pycache__", "node_modules", "locale"}
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml", ".svg"}
PLURAL_FORMS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
WRAP = 100

# Where each translation function of Django takes context, msgid and plural.
ARGUMENTS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
INLINE = re.compile(r"""_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdif]|\{\w*\}")


@dataclass(frozen=True, order=True)
class Message:
    """One translatable string as it stands in the source."""

    msgid: str
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What gettext looks an entry up by."""
        return (self.context, self.msgid)


@dataclass
class Extracted:
    """What an app's sources say: message key → message and files, and the calls that no extractor can read."""

    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    files: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, message: Message, file: str) -> None:
        """Record one occurrence; a plural form wins over the singular-only use of the same msgid."""
        known = self.messages.get(message.key)
        if known is None or (message.plural and not known.plural):
            self.messages[message.key] = message
        self.files.setdefault(message.key, set()).add(file)


def apps(root: Path = ROOT) -> list[Path]:
    """The directories at the top that own a catalogue."""
    return [
        folder
        for folder in sorted(root.iterdir())
        if folder.is_dir()
        and not folder.name.startswith(".")
        and folder.name not in NEVER_APPS
        and (folder.name in ALWAYS_APPS or (folder / "apps.py").exists() or (folder / "locale").exists())
    ]


def extract(app: Path, root: Path = ROOT) -> Extracted:
    """Every message of one app, from its Python files and its templates."""
    found = Extracted()
    for path in sorted(app.rglob("*")):
        parts = path.relative_to(root).parts
        if SKIPPED_PARTS.intersection(parts) or not path.is_file():
            continue
        name = "/".join(parts)
        if path.suffix == ".py":
            _read_python(path.read_text(encoding="utf-8"), name, found)
        elif path.suffix in TEMPLATE_SUFFIXES and "templates" in parts:
            _read_template(path.read_text(encoding="utf-8"), name, found)
    return found


def _read_python(source: str, name: str, found: Extracted) -> None:
    tree = ast.parse(source, filename=name)
    functions, modules = _imported(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name):
            function = functions.get(called.id)
        elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in modules:
            function = called.attr
        else:
            function = None
        if function in ARGUMENTS:
            _read_call(node, ARGUMENTS[function], name, found)


def _imported(tree: ast.AST) -> tuple[dict[str, str], set[str]]:
    """Local names of Django's translation functions, and of the module itself."""
    functions: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            functions |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "translation"}
    return functions, modules


def _read_call(node: ast.Call, places: tuple[int | None, int, int | None], name: str, found: Extracted) -> None:
    texts = []
    for place in places:
        if place is None:
            texts.append("")
            continue
        argument = node.args[place] if place < len(node.args) else None
        if isinstance(argument, ast.JoinedStr | ast.BinOp):
            found.faults.append(f"{name}:{node.lineno}: a translatable text must be one literal, with placeholders")
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return
        texts.append(argument.value)
    context, msgid, plural = texts
    if msgid:
        found.add(Message(msgid, context, plural), name)


def _read_template(source: str, name: str, found: Extracted) -> None:
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split(None, 1)[0] if token.contents else ""
            if word in {"trans", "translate"}:
                _read_translate(token, name, found)
                continue
            if word in {"blocktrans", "blocktranslate"}:
                _read_blocktranslate(token, tokens, name, found)
                continue
            if word == "comment":
                _skip_to(tokens, "endcomment")
                continue
        if token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            _read_inline(token.contents, name, found)


def _read_inline(contents: str, name: str, found: Extracted) -> None:
    for literal in INLINE.findall(contents):
        found.add(Message(_template_literal(literal)), name)


def _template_literal(literal: str) -> str:
    """The msgid that the template engine will look up: it doubles percent signs."""
    quote = literal[0]
    return literal[1:-1].replace("\\" + quote, quote).replace("\\\\", "\\").replace("%", "%%")


def _context_of(bits: list[str]) -> str:
    if "context" not in bits:
        return ""
    return _template_literal(bits[bits.index("context") + 1])


def _read_translate(token: Token, name: str, found: Extracted) -> None:
    bits = token.split_contents()
    literal = bits[1].split("|")[0]
    if literal[0] in "\"'":
        found.add(Message(_template_literal(literal), _context_of(bits)), name)
    _read_inline(token.contents, name, found)


def _read_blocktranslate(token: Token, tokens: Iterator[Token], name: str, found: Extracted) -> None:
    bits = token.split_contents()
    parts: list[list[str]] = [[]]
    for inner in tokens:
        if inner.token_type == TokenType.TEXT:
            parts[-1].append(inner.contents.replace("%", "%%"))
        elif inner.token_type == TokenType.VAR:
            parts[-1].append(f"%({inner.contents})s")
        elif inner.token_type == TokenType.BLOCK and inner.contents.strip() == "plural":
            parts.append([])
        elif inner.token_type == TokenType.BLOCK:
            break
    texts = ["".join(part) for part in parts]
    if "trimmed" in bits:
        texts = [trim_whitespace(text) for text in texts]
    found.add(Message(texts[0], _context_of(bits), texts[1] if len(texts) > 1 else ""), name)
    _read_inline(token.contents, name, found)


def _skip_to(tokens: Iterator[Token], word: str) -> None:
    for token in tokens:
        if token.token_type == TokenType.BLOCK and token.contents.strip() == word:
            return


def po_path(app: Path, locale: str) -> Path:
    """Where an app keeps the catalogue of a locale."""
    return app / "locale" / locale / "LC_MESSAGES" / "django.po"


def load(path: Path, locale: str) -> polib.POFile:
    """The catalogue at that path, or an empty one."""
    po = polib.pofile(str(path), wrapwidth=WRAP) if path.exists() else polib.POFile(wrapwidth=WRAP)
    po.metadata = {
        "Project-Id-Version": "shidang",
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[locale],
    }
    return po


def entry_key(entry: polib.POEntry) -> tuple[str, str]:
    """Context and msgid of an entry."""
    return (entry.msgctxt or "", entry.msgid)


def chinese_of(entry: polib.POEntry) -> str:
    """The Chinese text of an entry; Chinese has one plural form."""
    return (entry.msgstr_plural.get(0) or entry.msgstr_plural.get("0") or "") if entry.msgid_plural else entry.msgstr


def build(found: Extracted, locale: str, known: dict[tuple[str, str], str]) -> polib.POFile:
    """The catalogue that the sources ask for, in a stable order, with the translations already known."""
    po = load(Path("absent"), locale)
    for key in sorted(found.messages):
        message = found.messages[key]
        entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None)
        entry.occurrences = [(name, "") for name in sorted(found.files[key])]
        if PLACEHOLDER.search(message.msgid) and "%" in message.msgid:
            entry.flags = ["python-format"]
        text = message.msgid if locale == "en" else known.get(key, "")
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: text, 1: message.plural} if locale == "en" else {0: text}
        else:
            entry.msgstr = text
        po.append(entry)
    return po


def known_chinese(folders: list[Path]) -> dict[Path, dict[tuple[str, str], str]]:
    """Per app, every Chinese text its catalogue already holds."""
    known = {}
    for app in folders:
        po = load(po_path(app, "zh_Hans"), "zh_Hans")
        known[app] = {entry_key(entry): chinese_of(entry) for entry in po if chinese_of(entry) and not entry.fuzzy}
    return known


def save(po: polib.POFile, path: Path) -> None:
    """Write a catalogue where it differs, and compile it."""
    text = str(po) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    compile_catalogue(path)


def compile_catalogue(path: Path) -> None:
    """Write the .mo beside a .po; renamed into place, so that a running server never reads half a file."""
    fresh = path.with_suffix(".mo.new")
    polib.pofile(str(path)).save_as_mofile(str(fresh))
    fresh.replace(path.with_suffix(".mo"))


def update(root: Path = ROOT, given: dict[str, str] | None = None, *, replace: bool = False) -> list[str]:
    """Bring every catalogue up to date and return the given msgids that no source uses.

    A text that another app has already translated is taken over, so that one English text has one Chinese text.
    """
    folders = apps(root)
    known = known_chinese(folders)
    shared = {key: text for texts in known.values() for key, text in texts.items()}
    unused = set(given or {})
    for app in folders:
        found = extract(app, root)
        if not found.messages and not (app / "locale").exists():
            continue
        texts = shared | known[app]
        for key in found.messages:
            named = "\x04".join(key) if key[0] else key[1]
            offered = next((name for name in (named, key[1]) if name in (given or {})), None)
            if offered is not None:
                unused.discard(offered)
                if replace or not texts.get(key):
                    texts[key] = (given or {})[offered]
        for locale in PLURAL_FORMS:
            save(build(found, locale, texts), po_path(app, locale))
    return sorted(unused)


def check(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogues, one sentence each, naming file and message; empty when all is well."""
    problems: list[str] = []
    chinese: dict[tuple[str, str], tuple[str, str]] = {}
    for app in apps(root):
        found = extract(app, root)
        problems += found.faults
        for locale in PLURAL_FORMS:
            path = po_path(app, locale)
            name = path.relative_to(root).as_posix()
            entries = {entry_key(entry): entry for entry in load(path, locale)}
            problems += [f"{name}: missing {key[1]!r}" for key in sorted(found.messages.keys() - entries.keys())]
            problems += [f"{name}: stale {key[1]!r}" for key in sorted(entries.keys() - found.messages.keys())]
            for key, entry in entries.items():
                problems += [f"{name}: {fault} {entry.msgid!r}" for fault in _faults(entry, locale)]
                if locale == "zh_Hans" and chinese_of(entry):
                    other, where = chinese.setdefault(key, (chinese_of(entry), name))
                    if other != chinese_of(entry):
                        problems.append(f"{name}: {entry.msgid!r} has another Chinese text in {where}")
    return problems


def _faults(entry: polib.POEntry, locale: str) -> list[str]:
    faults = []
    if entry.fuzzy:
        faults.append("fuzzy")
    if locale == "en":
        if (entry.msgstr_plural.get(0) if entry.msgid_plural else entry.msgstr) != entry.msgid:
            faults.append("English text differs from its msgid")
    elif not chinese_of(entry):
        faults.append("empty")
    else:
        allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
        needed = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        if not needed <= set(PLACEHOLDER.findall(chinese_of(entry))) <= allowed:
            faults.append("placeholders differ in the Chinese text of")
    return faults


@contextmanager
def _only_one() -> Iterator[None]:
    """Two people filling catalogues at once take turns; this very file is the lock."""
    with Path(__file__).open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="config.messages", description="Message catalogues: extract, fill, check, compile."
    )
    parser.add_argument("verb", nargs="?", choices=["update", "compile", "fill"], default="update")
    parser.add_argument("file", nargs="?", type=Path, help="for fill: a JSON object {msgid: Chinese}")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when a catalogue is not complete")
    parser.add_argument("--replace", action="store_true", help="for fill: also replace Chinese texts that exist")
    options = parser.parse_args(arguments)
    if options.check:
        problems = check(root)
        sys.stdout.writelines(f"{problem}\n" for problem in problems)
        return 1 if problems else 0
    if options.verb == "fill" and options.file is None:
        parser.error("fill needs the JSON file")
    with _only_one():
        if options.verb == "compile":
            for app in apps(root):
                for locale in PLURAL_FORMS:
                    if po_path(app, locale).exists():
                        compile_catalogue(po_path(app, locale))
            return 0
        given = json.loads(options.file.read_text(encoding="utf-8")) if options.verb == "fill" else None
        unused = update(root, given, replace=options.replace)
    sys.stdout.writelines(f"no source uses {msgid!r}\n" for msgid in unused)
    return 0


if __name__ == "__main__":
    sys.exit(main())
