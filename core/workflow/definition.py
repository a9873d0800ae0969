"""Workflows as data: states in which a case waits for somebody, and the transitions by which it moves on.

A module writes one `Workflow` for each sort of decision and registers it. The mechanism here knows nothing of what is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from django.utils.text import format_lazy

from core.org.errors import NotAllowed

OWNER: Final = "owner"
"""Stands for a permission: who opened the case, whatever their role."""

Comment = Literal["", "optional", "needed"]


@dataclass(frozen=True, slots=True)
class State:
    """Where a case may stand.

    `desk` is the permission of those for whom it waits there, `OWNER` where it waits for who opened it, "" where it is over.
    `days(case)` is how many working days they have (none: no day is set). `unit(case)` is the unit where it waits from then on
    (none: it stays where it is). `tone` colours its badge.
    """

    name: str
    label: Any
    desk: str = ""
    days: Callable[[Any], int] | None = None
    unit: Callable[[Any], Any] | None = None
    tone: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return not self.desk


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does with a case: the locked case, who acts, their words, the reasons named (codes), what the form said."""

    case: Any
    actor: Any
    comment: str = ""
    reasons: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one of `sources` to `target`.

    Who may take it holds the permission of the state's desk, or `permission` where one is named (`OWNER`: who opened the case).
    `guard(act)` says why it cannot be taken now, or "". `effect(act)` is the service that does what was decided, inside the change.
    `form` asks for more. `reasons` names the code list of which at least one must be chosen. `done` is what the timeline says of it.
    `own` lets who opened the case take it, too; whom it is about never does, but as who opened it (`OWNER`).
    `bulk` offers it for many cases at once; of a step with a form, `bulk_form` is what is asked once for all of them. With `together` many
    go as one set, else each in a change of its own.
    """

    name: str
    label: Any
    done: Any
    sources: tuple[str, ...]
    target: str
    permission: str = ""
    guard: Callable[[Act], str] | None = None
    effect: Callable[[Act], None] | None = None
    form: Any = None
    reasons: str = ""
    comment: Comment = "optional"
    own: bool = False
    bulk: bool = False
    bulk_form: Any = None
    together: Together | None = None
    primary: bool = False
    danger: bool = False
    icon: str = ""

    def why_not(self, act: Act) -> str:
        """Why it cannot be taken now, in words; "" where it can."""
        if self.together is not None:
            return self.together.guard([act]).get(act.case.pk, "")
        return self.guard(act) if self.guard is not None else ""

    def carry_out(self, act: Act) -> None:
        """Do what was decided, in the open change."""
        if self.together is not None:
            self.together.effect([act])
        elif self.effect is not None:
            self.effect(act)


class Unfit(NotAllowed):
    """Some cases of a set cannot take a step along with the others: `why`, in words, by the keys of these cases."""

    def __init__(self, why: Mapping[int, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(why.values())))
        self.why = why


@dataclass(frozen=True, slots=True)
class Together:
    """How a step is taken by many cases as one set, in one change, where they may stand in each other's way one by one.

    `guard(acts)` says by the key of a case why it cannot be taken along with the others, `effect(acts)` does what was decided for all; it
    may raise `Unfit`. A case alone is a set of one: such a step has no guard and no effect of its own.
    """

    guard: Callable[[Sequence[Act]], Mapping[int, str]]
    effect: Callable[[Sequence[Act]], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, in words: its title, a line below, the address of the thing."""

    title: str
    sub: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What the page of a case shows of it, for one reader: findings of rules, facts, and a template of the module's own."""

    findings: Sequence[Any] = ()
    facts: Sequence[Any] = ()
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Workflow:
    """One sort of case. `kind` is `module.noun`.

    `subjects(cases, actor)` names cases set-wise, by their keys. `people(cases)` are the users whom each is about, by its key: they
    decide nothing in it. `without(cases)` are the steps that a case has no use for as it stands (their guards refuse them), by its key:
    they are not offered. `body(case, actor)` is what its page shows. `way` are the states of the usual way, as the page draws it. Who
    opened a case sees it, and who holds the permission of one of its desks, or one of `look`; but for the cases that meet the condition
    `withheld(actor)` (a `Q` over cases), which nobody is told of whatever their role.
    """

    kind: str
    label: Any
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    subjects: Callable[[Sequence[Any], Any], Mapping[int, Subject]]
    people: Callable[[Sequence[Any]], Mapping[int, Collection[int]]]
    body: Callable[[Any, Any], Body]
    way: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    withheld: Callable[[Any], Any] | None = None
    without: Callable[[Sequence[Any]], Mapping[int, Collection[str]]] = lambda _cases: {}
    help: Any = ""
    references: tuple[Any, ...] = ()
    order: int = 100

    @cached_property
    def by_name(self) -> Mapping[str, State]:
        """The states by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def steps(self) -> Mapping[str, Transition]:
        """The transitions by name."""
        return {one.name: one for one in self.transitions}

    def state(self, name: str) -> State:
        """A state by name; KeyError for one that the workflow has not."""
        return self.by_name[name]

    def leaving(self, state: str) -> list[Transition]:
        """The transitions that begin in a state, in their order."""
        return [one for one in self.transitions if state in one.sources]

    def wanted(self, transition: Transition, state: str) -> str:
        """The permission that a transition asks for in a state."""
        return transition.permission or self.by_name[state].desk

    def change_kind(self, transition: Transition) -> str:
        """The kind of the change that a transition makes."""
        return f"{self.kind}.{transition.name}"

    @cached_property
    def desks(self) -> frozenset[str]:
        """The permissions with which its steps are taken, but for those of who opened the case."""
        return frozenset(self.wanted(one, source) for one in self.transitions for source in one.sources) - {OWNER}

    @cached_property
    def seen_with(self) -> frozenset[str]:
        """The permissions with which cases are looked at."""
        return self.desks | frozenset(self.look)

    @cached_property
    def for_who_opened(self) -> frozenset[str]:
        """The states at a desk from which a step leads that who opened the case may take as well."""
        return frozenset(
            state.name
            for state in self.states
            if any(one.own and self.wanted(one, state.name) == state.desk for one in self.leaving(state.name))
        )

    @cached_property
    def change_kinds(self) -> dict[str, Any]:
        """What its changes are called in histories: for `Module.change_kinds`."""
        return {self.change_kind(one): format_lazy("{}: {}", self.label, one.done) for one in self.transitions}


def faults_of(flow: Workflow, permissions: Collection[str]) -> list[str]:
    """What is wrong with a workflow, as sentences: states that nothing reaches or leaves, unknown names and permissions."""
    names = [state.name for state in flow.states]
    known, faults = set(names), []
    if len(known) != len(names) or len(flow.steps) != len(flow.transitions):
        faults.append("two states or two transitions have one name")
    if flow.initial not in known or flow.state(flow.initial).final:
        return [*faults, f"it begins in {flow.initial}, where nothing waits"]
    for one in flow.transitions:
        faults += [
            f"{one.name} names the unknown state {name}" for name in (*one.sources, one.target) if name not in known
        ]
        faults += [
            f"{one.name} leaves {name}, which is final"
            for name in one.sources
            if name in known and flow.state(name).final
        ]
        if one.together is not None and (one.guard is not None or one.effect is not None):
            faults.append(f"{one.name} goes as a set, but has a guard or an effect of its own")
        if one.bulk and one.form is not None and one.bulk_form is None:
            faults.append(f"{one.name} is offered for many cases at once, but asks a form")
    wanted = {*(state.desk for state in flow.states), *(one.permission for one in flow.transitions)} - {"", OWNER}
    faults += [f"the permission {name} is in no role's list" for name in sorted(wanted - set(permissions))]
    faults += [
        f"nothing leaves {state.name}" for state in flow.states if not state.final and not flow.leaving(state.name)
    ]
    faults += [f"nothing reaches {name}" for name in names if name not in _reached(flow)]
    faults += [f"the usual way passes the unknown state {name}" for name in flow.way if name not in known]
    return faults


def _reached(flow: Workflow) -> set[str]:
    reached, fresh = set(), [flow.initial]
    while fresh:
        name = fresh.pop()
        reached.add(name)
        fresh += [one.target for one in flow.leaving(name) if one.target not in reached]
    return reached
