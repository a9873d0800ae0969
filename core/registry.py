"""What a module plugs in. The only extension points of the product; the kernel knows no module by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Nav:
    """One line of the side menu, shown to actors who hold `permission`."""

    label: Any
    url: str
    icon: str
    group: Any
    permission: str
    order: int = 100
    count: Callable[[Any], int | None] | None = None


@dataclass(frozen=True, slots=True)
class FileSection:
    """A section of a person's file.

    `model` is a dotted `app.Model` whose `scope` leads to the person; `fields` are shown in this order.
    `primary` are the fields that name a row in one line; `applies(post_family)` hides sections that do not apply.
    """

    name: str
    label: Any
    model: str
    fields: tuple[str, ...]
    tab: str
    permission: str
    order: int = 100
    primary: tuple[str, ...] = ()
    overview: bool = True
    applies: Callable[[str], bool] = lambda _family: True


@dataclass(frozen=True, slots=True)
class Module:
    """All that one app adds to the product."""

    name: str
    label: Any
    nav: tuple[Nav, ...] = ()
    file_sections: tuple[FileSection, ...] = ()
    import_kinds: tuple[Any, ...] = ()
    import_sections: tuple[Any, ...] = ()
    searches: tuple[Any, ...] = ()
    home_numbers: tuple[Any, ...] = ()
    urls: str = ""
    api: str = ""
    demo: tuple[Callable[..., None], ...] = ()


@dataclass(slots=True)
class Registry:
    """The modules in use, in the order of `settings.MODULES`, with the kernel's own parts first."""

    modules: dict[str, Module] = field(default_factory=dict)
    pages: list[Any] = field(default_factory=list)
    jobs: dict[str, Any] = field(default_factory=dict)

    def add(self, module: Module) -> None:
        """Register a module; a second one of the same name is an error."""
        if module.name in self.modules:
            msg = f"module {module.name} is registered twice"
            raise ValueError(msg)
        self.modules[module.name] = module

    def load(self, names: Mapping[str, str] | list[str]) -> None:
        """Import `<name>.module` of each module and register its `MODULE`."""
        for name in names:
            self.add(import_module(f"{name}.module").MODULE)

    def each(self, attribute: str) -> Iterator[Any]:
        """All parts of one sort, in the order of modules, each sorted by its own `order`."""
        parts = [part for module in self.modules.values() for part in getattr(module, attribute)]
        yield from sorted(parts, key=lambda part: getattr(part, "order", 100))


registry = Registry()
