"""Whether a template of a bureau may be used: each fault with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext as _
from docx import Document
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes

from core.documents.kinds import Picture
from core.documents.templating.faults import Fault
from core.documents.templating.package import package_faults
from core.documents.templating.places import Place, places_of
from core.documents.templating.rendering import CannotFill, render
from core.documents.templating.walls import MOST_LOOPS, Forbidden, Walls

TAG: Final = re.compile(r"\{\{(?P<value>.*?)\}\}|\{%(?P<step>.*?)%\}|(?P<stray>\{\{|\{%|\{#|\}\}|%\}|#\})", re.DOTALL)
# docxtpl's marks for what a step stands on: a whole row of a table, a whole paragraph.
STANDS_ON: Final = re.compile(r"^(?P<whole>tr|p)\s+(?P<rest>.*)$", re.DOTALL)
LOOP: Final = re.compile(r"^for\s+(?P<name>[A-Za-z]\w*)\s+in\s+(?P<way>.+)$", re.DOTALL)
CONDITION: Final = re.compile(r"^(?P<word>if|elif)\s+(?P<rest>.+)$", re.DOTALL)
QUOTES: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
MUST_PRINT: Final = ("paper.number", "verify.code")
MOST_FAULTS: Final = 20
LONGEST_SHOWN: Final = 60


def faults_of(content: bytes, sample: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with a template that will be given values as `sample` has them; empty where it may be used."""
    faults = package_faults(content)
    if not faults:
        faults = _text_faults(content, sample) or _hidden_faults(content) or _trial_faults(content, sample)
    return faults[:MOST_FAULTS]


def _text_faults(content: bytes, sample: Mapping[str, Any]) -> list[Fault]:
    try:
        document = Document(BytesIO(content))
        places = list(places_of(document))
    except Exception:  # noqa: BLE001 - the parser of a package that is broken in its own way may raise anything
        return [
            Fault(_("the whole document"), _("A part of the file is damaged. Save it anew in Word or WPS as .docx."))
        ]
    reading = Reading(sample)
    for place in places:
        reading.read(place)
    return [*reading.faults, *reading.left_over()]


@dataclass
class Reading:
    """Reads the marks of a template in order, and knows which names and loops hold where it is."""

    sample: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)
    open: list[tuple[str, Place, str, dict[str, Any]]] = field(default_factory=list)
    walls: Walls = field(default_factory=Walls)

    def read(self, place: Place) -> None:
        """The marks of one paragraph."""
        for found in TAG.finditer(place.text.translate(QUOTES)):
            if found["stray"]:
                self._fault(
                    place,
                    _("A mark is not closed, or a brace too many: marks are {{ name }} and {% step %}."),
                    found.group(0),
                )
            elif found["value"] is not None:
                self._value(place, found["value"].strip(), found.group(0))
            else:
                self._step(place, found["step"].strip(), found.group(0))

    def left_over(self) -> Iterator[Fault]:
        """What is missing at the end."""
        for word, place, shown, _names in self.open:
            yield Fault(
                place.words, _("It is begun here and never ended: add {%% end%(word)s %%}.") % {"word": word}, shown
            )
        missing = [name for name in MUST_PRINT if name not in self.printed]
        if missing and not self.faults:
            said = {"names": ", ".join(f"{{{{ {name} }}}}" for name in missing)}
            yield Fault(
                _("the whole document"),
                _("A paper bears its number and its verification code. Print %(names)s somewhere.") % said,
            )

    def _fault(self, place: Place, message: str, found: str) -> None:
        self.faults.append(Fault(place.words, message, found[:LONGEST_SHOWN]))

    def _value(self, place: Place, said: str, shown: str) -> None:
        for way, value in self._names(place, said, shown):
            self.printed.add(way)
            if isinstance(value, Mapping | list | tuple):
                self._fault(
                    place,
                    _("“%(name)s” is several values: print one of them, in a loop where it is a list.") % {"name": way},
                    shown,
                )

    def _step(self, place: Place, said: str, shown: str) -> None:
        whole = STANDS_ON.match(said)
        said = whole["rest"].strip() if whole else said
        if whole and whole["whole"] == "tr" and place.row is None:
            self._fault(place, _("“tr” marks a row of a table, but this paragraph stands in none."), shown)
        elif loop := LOOP.match(said):
            self._loop(place, loop["name"], loop["way"].strip(), shown)
        elif condition := CONDITION.match(said):
            self._names(place, condition["rest"], shown)
            self._turn(place, condition["word"], shown)
        elif said in {"else", "endif", "endfor"}:
            self._turn(place, said, shown)
        else:
            self._fault(place, _("This step is not known here: there are for, if, elif, else and their ends."), shown)

    def _loop(self, place: Place, name: str, way: str, shown: str) -> None:
        found = self._names(place, way, shown)
        inner: dict[str, Any] = {}
        if len(found) == 1 and found[0][0] == way and isinstance(found[0][1], list | tuple):
            inner = {name: found[0][1][0] if found[0][1] else {}}
        elif found:
            self._fault(place, _("“%(name)s” is no list, so there is nothing to repeat.") % {"name": way}, shown)
        if sum(one[0] == "for" for one in self.open) >= MOST_LOOPS:
            self._fault(place, _("Loops stand in each other at most twice."), shown)
        self.open.append(("for", place, shown, inner))

    def _turn(self, place: Place, word: str, shown: str) -> None:
        """The end or the other branch of what is open."""
        if word == "if":
            self.open.append(("if", place, shown, {}))
            return
        wanted = "for" if word == "endfor" else "if"
        if not self.open or self.open[-1][0] != wanted:
            self._fault(place, _("Nothing that it belongs to is open here."), shown)
        elif word in {"endif", "endfor"}:
            self.open.pop()

    def _names(self, place: Place, said: str, shown: str) -> list[tuple[str, Any]]:
        """The names that an expression reads, each with the value of the sample; faults are noted."""
        try:
            tree = self.walls.parsed("{{ " + said + " }}")
        except Forbidden:
            self._fault(
                place,
                _("A template prints names and loops over lists; it does not calculate and runs no program."),
                shown,
            )
            return []
        except (TemplateSyntaxError, RecursionError):
            self._fault(place, _("This cannot be read. A mark holds a name, such as {{ paper.number }}."), shown)
            return []
        outputs = [node for node in tree.body if isinstance(node, nodes.Output)]
        ways = [way for node in outputs for way in _ways(node)]
        return [(way, value) for way in ways if (value := self._known(place, way, shown)) is not None]

    def _known(self, place: Place, way: str, shown: str) -> Any:
        names: dict[str, Any] = dict(self.sample)
        for _word, _place, _shown, inner in self.open:
            names.update(inner)
        value: Any = names
        for step in way.split("."):
            if not isinstance(value, Mapping) or step not in value:
                near = difflib.get_close_matches(step, [*value] if isinstance(value, Mapping) else [], n=1)
                self._unknown(place, way, near, shown)
                return None
            value = value[step]
        return "" if value is None else value

    def _unknown(self, place: Place, way: str, near: list[str], shown: str) -> None:
        message = _("There is no “%(name)s” for this paper.") % {"name": way}
        if near:
            message += _(" Is “%(near)s” meant?") % {"near": near[0]}
        self._fault(place, message, shown)


def _ways(node: nodes.Node) -> Iterator[str]:
    """The dotted names that stand below a node."""
    if isinstance(node, nodes.Name | nodes.Getattr):
        yield _dotted(node)
        return
    for child in node.iter_child_nodes():
        yield from _ways(child)


def _dotted(node: Any) -> str:
    if isinstance(node, nodes.Name):
        return str(node.name)
    return f"{_dotted(node.node)}.{node.attr}" if isinstance(node, nodes.Getattr) else ""


def _hidden_faults(content: bytes) -> list[Fault]:
    """Whatever would be run that does not stand in a paragraph: in attributes, notes, the properties of the file."""
    paper, walls = DocxTemplate(BytesIO(content)), Walls()
    paper.init_docx()
    for source in _sources(paper):
        try:
            walls.parsed(source)
        except (Forbidden, TemplateSyntaxError, RecursionError) as error:
            message = _(
                "A mark stands where none may stand (in a note, in the properties of the file), or is cut in two by the layout."
            )
            return [
                Fault(
                    _("the whole document"), message, "" if isinstance(error, Forbidden) else str(error)[:LONGEST_SHOWN]
                )
            ]
    return []


def _sources(paper: DocxTemplate) -> Iterator[str]:
    yield paper.patch_xml(paper.get_xml())
    for uri in (paper.HEADER_URI, paper.FOOTER_URI):
        for _key, part in paper.get_headers_footers(uri):
            yield paper.patch_xml(paper.get_part_xml(part))
    for part in paper.docx.part.package.parts:
        if "footnotes" in part.content_type or "endnotes" in part.content_type:
            text = bytes(part.blob).decode("utf-8", "replace")
            if "{{" in text or "{%" in text:
                yield "{% include text %}"
    properties = paper.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        if set("{}") & set(getattr(properties, name) or ""):
            yield "{% include text %}"


def _trial_faults(content: bytes, sample: Mapping[str, Any]) -> list[Fault]:
    try:
        Document(BytesIO(render(content, sample)))
    except CannotFill as error:
        return [Fault(_("the whole document"), str(error))]
    except Exception:  # noqa: BLE001 - a package that is broken in its own way
        return [Fault(_("the whole document"), _("The template cannot be filled in."))]
    return []


__all__ = ["Fault", "Picture", "faults_of"]
