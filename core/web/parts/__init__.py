"""The values that the component templates show: plain, frozen, without models, so that every component is testable.

A template tag of `sd` takes one of these, or a mapping with the same keys. Labels are shown as they come: translated
by the caller. `tone` is "" (neutral), "red" (blocked, overdue, refused), "amber" (due, undecided) or "green" (settled).
"""

from core.web.parts.files import (
    Axis,
    Entry,
    Fact,
    Mark,
    Pair,
    Reveal,
    Sheet,
    SheetCell,
    SheetRow,
    Span,
)
from core.web.parts.lists import (
    Cell,
    Chip,
    Column,
    Meter,
    Pager,
    Row,
    Stat,
    Table,
)
from core.web.parts.words import (
    Action,
    Badge,
    Choice,
    Link,
    Tab,
)
from core.web.parts.work import (
    CellInput,
    Chart,
    Finding,
    Part,
    Problem,
    Progress,
    Series,
    Side,
    Step,
)

__all__ = [
    "Action",
    "Axis",
    "Badge",
    "Cell",
    "CellInput",
    "Chart",
    "Chip",
    "Choice",
    "Column",
    "Entry",
    "Fact",
    "Finding",
    "Link",
    "Mark",
    "Meter",
    "Pager",
    "Pair",
    "Part",
    "Problem",
    "Progress",
    "Reveal",
    "Row",
    "Series",
    "Sheet",
    "SheetCell",
    "SheetRow",
    "Side",
    "Span",
    "Stat",
    "Step",
    "Tab",
    "Table",
]
