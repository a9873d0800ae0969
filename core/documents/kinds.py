"""What a module says of a sort of paper, and the registered ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.registry import registry

# Papers are in Chinese, whoever issues them and in whatever language they read.
PAPER_LANGUAGE: Final = "zh-hans"
# All that strangers may ever be told of a paper; a kind may tell less, never more.
PUBLIC: Final = ("kind", "number", "unit", "date", "status", "name")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the context, with the size in millimetres in which it is printed. Without content nothing is printed."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a paper is filled in: its subject, who issues it, what they said in the form, whether protected values are in clear."""

    subject: Any
    actor: Any
    details: Mapping[str, Any]
    clear: bool = False


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A sort of paper that goes out.

    `template` is the shipped .docx. `subjects(actor)` are the visible rows for which one may be issued; `context(asked)` gives the values
    that the template prints: texts, `Picture`s, mappings and lists of mappings. `sample()` is a context of an invented subject with every
    name in it; own templates are checked against it. `holder(subject)` is the name of whom the paper is about.
    `form(subject, actor)` gives a form class for `details`, or none. `permission` lets issue it; with `clear` its
    holder may have protected values written in clear. `noted(actor, subject_id, reason, clear)` writes down who issued or read one.
    `page` is the URL name of the subject's page, `many` lets one be issued for each of many subjects at once. A kind that is not `offered`
    is issued by a step of a case only. `reading` is a permission without which nobody reads such papers, whosever they are;
    `withheld(actor, subject_id)` tells whether somebody does not read one whatever their role, such as whom it is about.
    `filed_under` says where whoever keeps the subject's papers files it ("": it is filed by nobody); the kernel does not read it.
    """

    name: str
    label: Any
    template: Path
    subjects: Callable[[Any], Any]
    context: Callable[[Asked], dict[str, Any]]
    sample: Callable[[], dict[str, Any]]
    holder: Callable[[Any], str]
    permission: str
    noted: Callable[..., None]
    form: Callable[[Any, Any], Any] | None = None
    clear: str = ""
    page: str = ""
    many: bool = True
    offered: bool = True
    reading: str = ""
    withheld: Callable[[Any, int], bool] | None = None
    filed_under: str = ""
    public_fields: tuple[str, ...] = PUBLIC
    order: int = 100

    def __post_init__(self) -> None:
        secret = set(self.public_fields) - set(PUBLIC)
        if secret:
            msg = f"{self.name}: nobody is told {', '.join(sorted(secret))} of a paper"
            raise ValueError(msg)


def all_kinds() -> dict[str, DocumentKind]:
    """The registered kinds by name."""
    return {kind.name: kind for kind in registry.each("document_kinds")}


def kind_label(name: str) -> str:
    """What a kind is called; its own name where no module knows it any more."""
    kind = all_kinds().get(name)
    return str(kind.label) if kind else name
