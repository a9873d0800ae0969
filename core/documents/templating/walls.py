"""The walls within which a template is filled in: names and loops over what it is given, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jinja2 import StrictUndefined, nodes
from jinja2.environment import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

# The longest text that one part of a paper may become.
MOST_OUTPUT: Final = 20 * 1024 * 1024
MOST_LOOPS: Final = 2
ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If, nodes.Not, nodes.And,
    nodes.Or, nodes.Compare, nodes.Operand,
)  # fmt: skip
# A constant is a word or a whole number; nothing can be multiplied, but a comparison needs no long ones.
LONGEST_CONSTANT: Final = 200


class TooLong(ValueError):
    """What a template became is longer than any paper."""


class Forbidden(ValueError):
    """A template does more than print names and loop over lists; the argument is the sort of node."""


class _Bounded(Template):
    def render(self, *args: Any, **kwargs: Any) -> str:
        pieces, size = [], 0
        for piece in self.generate(*args, **kwargs):
            size += len(piece)
            if size > MOST_OUTPUT:
                raise TooLong
            pieces.append(piece)
        return "".join(pieces)


class Walls(ImmutableSandboxedEnvironment):
    """No functions, filters, tests, includes or attributes of objects: only what stands in the given mappings."""

    template_class = _Bounded

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True, loader=None)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The entry of a mapping; attributes of objects do not exist here."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, argument) if isinstance(argument, str) else self.undefined(name=str(argument))

    def parsed(self, source: str) -> nodes.Template:
        """The tree of a template that stays within the walls. Raises `Forbidden`, and TemplateSyntaxError of Jinja."""
        tree = self.parse(source)
        for node in within(tree):
            if not isinstance(node, ALLOWED):
                raise Forbidden(type(node).__name__)
            if isinstance(node, nodes.Getattr | nodes.Name) and _name_of(node).startswith("_"):
                raise Forbidden(_name_of(node))
            if isinstance(node, nodes.Const) and len(str(node.value)) > LONGEST_CONSTANT:
                raise Forbidden("Const")
            if isinstance(node, nodes.For) and (node.recursive or node.test is not None or node.else_):
                raise Forbidden("For")
        if depth(tree) > MOST_LOOPS:
            raise Forbidden("For")
        return tree


def within(node: nodes.Node) -> Iterator[nodes.Node]:
    """A node and all below it."""
    yield node
    for child in node.iter_child_nodes():
        yield from within(child)


def depth(node: nodes.Node) -> int:
    """How many loops stand in each other."""
    below = max((depth(child) for child in node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _name_of(node: Any) -> str:
    return str(node.attr if isinstance(node, nodes.Getattr) else node.name)
