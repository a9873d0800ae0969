"""The system account that servers run under, and the folders that this account may use.

PostgreSQL refuses to run as root. When we are root, a system account of our own runs the servers. No folder that
we did not make is ever given another mode or owner: where the account cannot go, we say so or take another place.
"""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT_NAME = "shidang-data"
SYSTEM_FOLDER = Path("/var/lib/shidang")
SHARED_PROGRAMS = SYSTEM_FOLDER / "programs"


class FolderUnreachable(RuntimeError):
    """The servers' account may not enter a folder on the way to its data."""


@dataclass(frozen=True)
class Account:
    """A system account: its name and numbers."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account that runs the servers when we are root (made on first use); None: they run as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", ACCOUNT_NAME], check=True, capture_output=True)
        entry = pwd.getpwnam(ACCOUNT_NAME)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def may_enter(folder: Path, account: Account) -> bool:
    """True when `account` has the right to pass through `folder` itself."""
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def closed_folder(path: Path, account: Account | None) -> Path | None:
    """The first existing folder on the way to `path` (itself included) that `account` may not enter, or None."""
    if account is None:
        return None
    path = path.resolve()
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            return None
        if folder.is_dir() and not may_enter(folder, account):
            return folder
    return None


def require_reachable(path: Path, account: Account | None) -> None:
    """Raise `FolderUnreachable`, naming the folder that is closed, unless `account` can get to `path`."""
    closed = closed_folder(path, account)
    if account is not None and closed is not None:
        message = (
            f"The account {account.name}, which runs the servers, may not enter {closed}, so it cannot use {path}. "
            "Set SHIDANG_VAR to a folder that every account may enter, such as /var/lib/shidang."
        )
        raise FolderUnreachable(message)


def default_state_folder(preferred: Path) -> Path:
    """`preferred`, or the system's folder when we are root and no other account may enter the preferred one."""
    nobody_special = Account("others", uid=-1, gid=-1)
    if os.geteuid() == 0 and closed_folder(preferred, nobody_special) is not None:
        return SYSTEM_FOLDER
    return preferred


def make_folder(path: Path, *, mode: int = 0o755) -> Path:
    """Make `path` and what lacks above it; only folders made here get a mode, those that exist stay as they are."""
    if path.is_dir():
        return path
    if not path.parent.is_dir():
        make_folder(path.parent)
    path.mkdir(exist_ok=True)
    path.chmod(mode)
    return path


def make_private_folder(path: Path, account: Account | None) -> Path:
    """Make a folder that nobody enters but us and the servers' account; one that exists stays as it is."""
    if path.is_dir():
        return path
    make_folder(path, mode=0o700)
    if account is not None:
        os.chown(path, os.geteuid(), account.gid)
        path.chmod(0o710)
    return path


def identity(account: Account | None) -> dict[str, Any]:
    """Arguments for subprocess that make a child run under `account`; none when it runs as ourselves."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def hand_over(path: Path, account: Account | None) -> None:
    """Give `path`, which we made, to the servers' account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read, replacing an older one at once and never half."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    draft.replace(path)


def reachable_programs(packages: Path, parts: Sequence[str], name: str, account: Account | None) -> Path:
    """The folder `packages`, or a copy of its `parts` in a place that `account` may enter.

    A checkout under a closed home folder (such as root's) is not opened for the account: what it has to run is copied.
    `name` tells one version of the programs from another.
    """
    if account is None or all(closed_folder(packages / part, account) is None for part in parts):
        return packages
    copy = SHARED_PROGRAMS / name
    if not copy.exists():
        make_folder(SHARED_PROGRAMS)
        draft = make_folder(SHARED_PROGRAMS / f".{name}.{os.getpid()}")
        for part in parts:
            if (packages / part).exists():
                make_folder((draft / part).parent)
                shutil.copytree(packages / part, draft / part, symlinks=True)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return copy
