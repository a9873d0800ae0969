"""Settings: wrong values are refused with a sentence, secrets stay secret, the documentation lists every one."""

import base64
import re
from pathlib import Path

import pytest

from config import env
from config.local import account

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("raw", "expected"), [("yes", True), ("1", True), ("TRUE", True), ("off", False), ("0", False)]
)
def test_a_flag_knows_the_usual_words(monkeypatch, raw, expected):
    monkeypatch.setenv("SHIDANG_DEBUG", raw)
    assert env.flag("SHIDANG_DEBUG") is expected


@pytest.mark.parametrize(
    ("name", "raw", "read", "parts"),
    [
        ("SHIDANG_DEBUG", "maybe", env.flag, ["SHIDANG_DEBUG", "'maybe'", "yes or no"]),
        ("SHIDANG_PORT", "80 80", env.integer, ["SHIDANG_PORT", "'80 80'", "from 1 to 65535"]),
        ("SHIDANG_PORT", "70000", env.integer, ["SHIDANG_PORT", "'70000'", "from 1 to 65535"]),
        ("SHIDANG_PORT", "８０００", env.integer, ["SHIDANG_PORT", "whole number"]),
        ("SHIDANG_DATABASE_ROLE", "root", env.choice, ["SHIDANG_DATABASE_ROLE", "'root'", "app or owner"]),
        ("SHIDANG_VAR", "var", env.path, ["SHIDANG_VAR", "'var'", "absolute"]),
    ],
)
def test_a_wrong_value_is_refused_with_name_value_and_what_is_allowed(monkeypatch, name, raw, read, parts):
    monkeypatch.setenv(name, raw)
    with pytest.raises(env.InvalidSetting) as refusal:
        read(name)
    assert all(part in str(refusal.value) for part in parts), str(refusal.value)


@pytest.mark.parametrize(
    ("name", "raw", "read"),
    [
        ("DATABASE_URL", "mysql://u:hunter2@h/d", env.url),
        ("DATABASE_URL", "postgresql://u:hunter2@h:99999/d", env.url),
        ("DATABASE_URL", "postgresql://u:hunter2@host", env.database),
        ("BROKER_URL", "hunter2", env.url),
        ("SHIDANG_SECRET_KEY", "hunter2", env.secret),
        ("SHIDANG_MASTER_KEY", "hunter2", env.secret),
        ("SHIDANG_INDEX_KEY", base64.b64encode(b"hunter2" * 4).decode(), env.secret),
    ],
)
def test_a_refused_secret_is_never_shown(monkeypatch, name, raw, read):
    monkeypatch.setenv(name, raw)
    with pytest.raises(env.InvalidSetting) as refusal:
        read(name)
    assert name in str(refusal.value)
    assert raw not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_missing_setting_is_named_with_its_meaning(monkeypatch):
    monkeypatch.delenv("SHIDANG_MASTER_KEY", raising=False)
    with pytest.raises(env.InvalidSetting, match=r"SHIDANG_MASTER_KEY is not set\. Wraps each person's data key"):
        env.secret("SHIDANG_MASTER_KEY")


def test_a_database_url_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://us%40er:p%3Aw@db.example:6432/town?sslmode=require")
    entry = env.database("DATABASE_URL")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == (
        "us@er",
        "p:w",
        "db.example",
        "6432",
        "town",
    )
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_a_misspelt_setting_is_refused():
    with pytest.raises(env.InvalidSetting, match="SHIDANG_PROT: no such setting"):
        env.require_known({"SHIDANG_PROT": "8001", "PATH": "/bin"})


def test_asking_for_a_setting_as_another_kind_is_an_error():
    with pytest.raises(TypeError, match="SHIDANG_PORT is declared as integer"):
        env.text("SHIDANG_PORT")


def test_the_documentation_lists_every_setting_with_its_default_and_meaning():
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (\w+) \| (.*?) \| (.*?) \|$", (CHECKOUT / "docs/settings.md").read_text(), re.MULTILINE
    )
    documented = {name: (kind, default.strip("`"), doc) for name, kind, default, doc in rows}
    declared = {
        setting.name: (
            setting.kind,
            {None: "must be given", "": "none"}.get(setting.default, setting.default),
            setting.doc,
        )
        for setting in env.SETTINGS.values()
    }
    assert documented == declared


def test_every_setting_read_in_the_code_is_declared():
    sources = [path for path in (CHECKOUT / "config").rglob("*.py") if path.name != "env.py"]
    read = {name for path in sources for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', path.read_text())}
    assert "SHIDANG_PORT" in read
    assert read <= set(env.SETTINGS)


def test_the_state_folder_of_root_moves_out_of_a_closed_place(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert account.default_state_folder(closed / "var") == account.SYSTEM_FOLDER
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert account.default_state_folder(closed / "var") == closed / "var"
