"""Words, buttons and tabs that every page uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads somewhere."""

    label: Any
    url: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a link by `url`, a form of its own when `post`, else a submit button with `name` and `value`.

    `why_not` disables it and says the reason. One primary button a page.
    """

    label: Any
    url: str = ""
    icon: str = ""
    primary: bool = False
    quiet: bool = False
    danger: bool = False
    post: bool = False
    name: str = ""
    value: str = ""
    form: str = ""
    why_not: Any = ""
    icon_only: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A word of state."""

    label: Any
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; `key` colours it like its part of the mix bar."""

    label: Any
    url: str
    current: bool = False
    count: Any = None
    tone: str = ""
    key: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice in a column chooser or a page-size list."""

    value: str
    label: Any
    chosen: bool = False
    url: str = ""
