"""What the recogniser must know of a kind of sheet: its fields with the headings people give them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from core.exchange.recognition.groups import NO_GROUP, FieldGroup

FieldKind = Literal[
    "text", "name", "id_number", "date", "yes_no", "integer", "decimal", "phone", "code", "codes", "serial"
]
# A heading, or a heading below another one: ("专业技术职务", "取得时间").
Alias = str | tuple[str, str]


class HeadingKey(NamedTuple):
    """What a heading has in common in all workbooks of a sender: `header_key` of its text and of the one above it.

    `nth` tells columns apart that are headed alike: the first of them is 1.
    """

    parent: str
    label: str
    nth: int


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column that a kind of sheet may have.

    `codes` maps `header_key` of each accepted word to its code, `code_names` a code to its official name (kind "code").
    `empty_words` mean "nothing here" beside the usual ones; `words` never do, even where they usually would (无 as an
    answer). `suffixes` are units that may follow a number (学时). A "serial" column holds no data. `group` holds the fields
    that speak of the same thing.
    """

    name: str
    aliases: tuple[Alias, ...]
    kind: FieldKind = "text"
    required: bool = False
    max_length: int | None = None
    codes: Mapping[str, str] = field(default_factory=dict, repr=False)
    code_names: Mapping[str, str] = field(default_factory=dict, repr=False)
    empty_words: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    group: FieldGroup = NO_GROUP


@dataclass(frozen=True, slots=True)
class KindSpec:
    """A kind of sheet, such as units or teachers.

    A sheet is of this kind only with the columns in `needs` (a tuple inside means: one of these) and with at least
    `at_least` known columns.
    A row with none of the `keys` filled may be a note, a total or a heading; with one of them it is data.
    `chosen` says by hand what headings mean, before all aliases: the name of a field, or nothing for a column to be left out.
    """

    name: str
    fields: tuple[FieldSpec, ...]
    needs: tuple[str | tuple[str, ...], ...]
    keys: tuple[str, ...]
    at_least: int = 3
    chosen: Mapping[HeadingKey, str] = field(default_factory=dict)

    def missing(self, found: set[str]) -> list[tuple[str, ...]]:
        """The needs that these fields do not meet, each with its alternatives."""
        needs = [(need,) if isinstance(need, str) else need for need in self.needs]
        return [need for need in needs if not found.intersection(need)]
