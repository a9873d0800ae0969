"""`manage.py startmodule NAME --label LABEL --zh 名称`: the skeleton of a module, with a record, its services, its columns and tests."""

from __future__ import annotations

import importlib.util
import keyword
import re
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import messages

SKELETON: Final = Path(__file__).resolve().parent.parent / "skeleton"
NAME: Final = re.compile(r"[a-z][a-z0-9]{2,29}")
RECORD: Final = re.compile(r"[A-Z][A-Za-z0-9]{2,39}")
# What the skeleton says, in Chinese; $zh is the module's name.
CHINESE: Final = {
    "$Label": "$zh",
    "$label": "$zh",
    "$Label: entered": "$zh：录入",
    "$Label: ended": "$zh：终止",
    "name": "名称",
    "number": "编号",
    "since": "开始时间",
    "not yet begun": "尚未开始",
    "in force": "有效",
    "over": "已结束",
    "You may not change this file.": "您不能修改这份档案。",
    "The day must lie inside the period that it ends, after its first day.": "终止日期必须在该记录的起止之内，且晚于首日。",
}
NEXT: Final = """Written: $name/ and tests/$name/. What is left:
1. config/settings.py: MODULES = [$modules, "$name"]
2. pyproject.toml: "$name" in root_packages, between "config" and its left neighbour in the first contract's layers, in the containers
   of the third, and in mypy's files
3. python manage.py makemigrations $name && python manage.py migrate
4. python manage.py data_dictionary
5. python manage.py check && lint-imports && pytest tests/$name tests/contracts
docs/adding-a-module.md says what each file is for."""


class Command(BaseCommand):
    """Write the folder of a new module and its tests. Nothing else is touched."""

    help = "Write the skeleton of a new module."
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", help="name of the module: a short English noun, lower case")
        parser.add_argument("--label", required=True, help="its English name on pages, such as “Insurance”")
        parser.add_argument("--zh", required=True, help="its Chinese name on pages and in headings, such as “保险”")
        parser.add_argument(
            "--record", default="", help="name of its first record, such as “Policy” (default: the name)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        name, root = options["name"], Path(settings.BASE_DIR)
        record = options["record"] or name.capitalize()
        folder, tests = root / name, root / "tests" / name
        _refuse(name, record, options["zh"], (folder, tests))
        label = options["label"].strip()
        words = {
            "name": name, "Name": name.capitalize(), "Record": record, "label": label[:1].lower() + label[1:],
            "Label": label[:1].upper() + label[1:], "zh": options["zh"].strip(),
            "modules": ", ".join(f'"{module}"' for module in settings.MODULES),
        }  # fmt: skip
        _write(SKELETON / "module", folder, words)
        _write(SKELETON / "tests", tests, words)
        (folder / "migrations").mkdir()
        (folder / "migrations" / "__init__.py").touch()
        _translate(folder, root, {_filled(english, words): _filled(text, words) for english, text in CHINESE.items()})
        self.stdout.write(_filled(NEXT, words))


def _refuse(name: str, record: str, chinese: str, folders: tuple[Path, ...]) -> None:
    """Refuse names that cannot be one, or that are taken."""
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CommandError(f"{name}: a name of 3 to 30 small letters and digits is needed, and no word of Python")
    if not RECORD.fullmatch(record):
        raise CommandError(f"--record {record}: a name such as Policy is needed")
    if not chinese.strip() or chinese.isascii():
        raise CommandError(f"--zh {chinese}: the name in Chinese is needed")
    for folder in folders:
        if any(path.name != "__init__.py" or path.stat().st_size for path in folder.glob("*")):
            raise CommandError(f"{folder} is there already")
    if not folders[0].exists() and importlib.util.find_spec(name) is not None:
        raise CommandError(f"{name}: a package of this name is installed")


def _write(source: Path, target: Path, words: dict[str, str]) -> None:
    target.mkdir(exist_ok=True)
    for path in sorted(source.glob("*.txt")):
        text = _in_order(_filled(path.read_text(encoding="utf-8"), words))
        (target / path.name.removesuffix(".txt")).write_text(text, encoding="utf-8")


def _in_order(text: str) -> str:
    """Neighbouring imports by the names of their modules, wherever the new module's name puts it among them."""
    blocks = (
        list(lines) for _is, lines in groupby(text.splitlines(keepends=True), lambda line: line.startswith("from "))
    )
    return "".join(
        "".join(sorted(block, key=str.casefold) if block[0].startswith("from ") else block) for block in blocks
    )


def _filled(text: str, words: dict[str, str]) -> str:
    return Template(text).substitute(words)


def _translate(folder: Path, root: Path, chinese: dict[str, str]) -> None:
    """The module's catalogues in both languages; a text that another app has in Chinese stays the same."""
    others = messages.known_chinese([app for app in messages.apps(root) if app != folder])
    shared = {key: text for texts in others.values() for key, text in texts.items()}
    found = messages.extract(folder, root)
    known = {("", english): text for english, text in chinese.items()} | shared
    for locale in messages.PLURAL_FORMS:
        messages.save(messages.build(found, locale, known), messages.po_path(folder, locale))
