"""The posts of one unit with who holds them, proposing others, taking in who stands off the ratio."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.org.errors import NotAllowed
from core.org.models import Unit, UnitProfile
from core.web.filters import day_of
from core.web.pages import ActionPage, DetailPage, FormPage
from core.web.parts import Action, Badge, Cell, Chart, Column, Finding, Link, Row, Series, Stat, Table
from personnel import rules
from personnel.forms.posts import SPECIAL_LEVELS, ProposalForm
from personnel.models.vacancies import OVER, SPECIAL
from personnel.selectors.finding_words import post_words, tier_words
from personnel.selectors.posts import (
    CHANGE,
    PROPOSE,
    VIEW,
    UnitPosts,
    holders,
    open_proposal,
    place_of,
    posts_of,
    standings,
    structure_at,
    together,
)
from personnel.services.post_settings import propose_posts, take_in
from personnel.views.posts import HELP, PostList
from personnel.workflows.posts import REFERENCES, structure_findings

MOST_TOTAL: Final = 2000


class OfUnit(DetailPage):
    """A page about the posts of a unit."""

    permission: ClassVar[str | tuple[str, ...]] = VIEW
    help = HELP
    references = REFERENCES

    def rows(self) -> Any:
        return Unit.objects.visible_to(self.actor).named(self.on).select_related("parent")

    @cached_property
    def day(self) -> Any:
        """The day of which the page tells."""
        return day_of(self.request.GET.get("on", "")) or self.on

    @property
    def posts_url(self) -> str:
        """The page of the unit's posts."""
        return reverse("unit_posts", args=[self.object.public_id])

    def crumbs(self) -> list[Link]:
        """The list, then the unit."""
        return [Link(PostList.title, reverse("posts")), Link(str(self.object), self.posts_url)]


class UnitPostsPage(OfUnit):
    """The posts of a unit; of a bureau, of all units below it together."""

    name = "unit_posts"
    route = "units/<uuid:public_id>/posts/"
    template = "personnel/unit_posts.html"

    def heading(self) -> Any:
        return _("%(unit)s: posts") % {"unit": self.object}

    @cached_property
    def posts(self) -> UnitPosts:
        """The posts of the day."""
        if self.object.is_bureau:
            return together(standings(Unit.objects.visible_to(self.actor).under(self.object), self.day).values())
        return posts_of(self.object, self.day)

    def context(self) -> dict[str, Any]:
        posts = self.posts
        held = [] if self.object.is_bureau else holders(self.actor.looking_on(self.day), self.object, self.day)
        open_one = open_proposal(self.object)
        return {
            "crumbs": [Link(PostList.title, reverse("posts")), Link(str(self.object), reverse("unit", args=[self.object.public_id]))],
            "day": self.day,
            "numbers": self._stats(posts),
            "chart_item": self._chart(posts) if posts.numbers else None,
            "levels": _level_table(posts),
            "findings": structure_findings(posts.numbers, self.object, self.day),
            "holders": _holder_table(held, self.actor),
            "bureau": self.object.is_bureau,
            "below_url": f"{reverse('posts')}?under={self.object.public_id}",
            "main_actions": self._actions(posts, open_one),
            "notices": self._notices(open_one),
        }  # fmt: skip

    def _stats(self, posts: UnitPosts) -> list[Stat]:
        total = posts.total
        found = [
            Stat(_("Approved posts"), f"{total.approved:,}"),
            Stat(_("Appointed"), f"{total.appointed:,}"),
            Stat(pgettext("posts", "Free"), f"{total.vacant:,}", tone="red" if total.vacant < 0 else ""),
            Stat(
                _("Off the ratio"),
                f"{posts.off:,}",
                sub=_("appointed before the posts were set") if posts.off else _("nobody"),
            ),
        ]
        if posts.special.approved:
            found.append(Stat(_("Special posts"), posts.special.approved, sub=_("outside the ratio")))
        return found

    def _chart(self, posts: UnitPosts) -> Chart:
        """Professional posts by level: appointed and free, with a tick for what the ratio gives."""
        structure = structure_at(self.day, self.object)
        numbers = posts.numbers
        total = sum(number for level, number in numbers.items() if level in structure.tiers)
        profile = UnitProfile._base_manager.filter(unit=self.object, valid__contains=self.day)
        laid = rules.laid_out(total, profile.values_list("office_type", flat=True).first() or "", structure)
        held = {one.level: one for one in posts.rows if not one.special}
        shown = sorted(
            (level for level in {*laid, *held} if level in structure.tiers and (laid.get(level) or numbers.get(level))),
            key=place_of,
        )
        told = [(level, held.get(level), laid.get(level, 0)) for level in shown]
        return Chart(
            key="structure", heading=_("Structure of professional posts"), kind="rows", categories=[post_words(level) for level in shown],
            series=[
                Series(_("Appointed"), [one.appointed if one else 0 for _level, one, _ratio in told], "accent", stack=True),
                Series(pgettext("posts", "Free"), [one.vacant if one else 0 for _level, one, _ratio in told], "soft", stack=True),
                Series(_("By the ratio"), [ratio for _level, _one, ratio in told], "ink", "tick"),
            ],
            note=_("%(n)s professional posts on %(day)s") % {"n": total, "day": self.day},
            head=[pgettext("posts", "Level"), _("Approved"), _("By the ratio"), _("Appointed"), pgettext("posts", "Free")],
            rows=[
                [post_words(level), one.approved if one else 0, ratio, one.appointed if one else 0, one.vacant if one else 0]
                for level, one, ratio in told
            ],
        )  # fmt: skip

    def _actions(self, posts: UnitPosts, open_one: Any) -> list[Action]:
        found = []
        key = [self.object.public_id]
        if self.actor.may(PROPOSE) and not self.object.is_bureau:
            why_not = _("A proposal waits to be decided.") if open_one is not None else ""
            found.append(
                Action(_("Propose a setting"), reverse("posts_propose", args=key), "pen", primary=True, why_not=why_not)
            )
        if posts.off and self.actor.may(CHANGE) and not self.object.is_bureau:
            found.append(Action(_("Take in who stands off the ratio"), reverse("posts_take_in", args=key), "users"))
        return found

    def _notices(self, open_one: Any) -> list[Finding]:
        if open_one is None:
            return []
        url = reverse("case", args=[open_one.case.public_id])
        heading = _("Other posts are proposed from %(day)s on.") % {"day": open_one.begins}
        return [Finding(heading, open_one.words, icon="clock", link=Link(_("Look at the proposal"), url))]


def _level_table(posts: UnitPosts) -> Table | None:
    over = dict(posts.over or {})
    columns = [
        Column("level", pgettext("posts", "Level")),
        Column("approved", _("Approved"), number=True),
        Column("appointed", _("Appointed"), number=True),
        Column("vacant", pgettext("posts", "Free"), number=True),
        Column("over", _("Off the ratio"), number=True),
    ]
    rows = []
    for one in posts.rows:
        words = (
            _("%(level)s, special post") % {"level": post_words(one.level)} if one.special else post_words(one.level)
        )
        off = 0 if one.special else over.pop(one.level, 0)
        rows.append(
            Row([words, one.approved, one.appointed, Cell(one.vacant, tone="red" if one.vacant < 0 else ""), off])
        )
    rows += [Row([post_words(level), 0, 0, 0, number]) for level, number in over.items()]
    return Table(_("Posts by level"), columns, rows) if rows else None


def _holder_table(held: list[Any], actor: Any) -> Table | None:
    if not held:
        return None
    changes = actor.may(CHANGE)
    columns = [
        Column("name", _("Name")),
        Column("level", pgettext("posts", "Level")),
        Column("since", _("Since"), nowrap=True),
        Column("how", _("Counts as")),
    ]
    columns += [Column("act", _("Change"))] if changes else []
    rows = []
    for one in held:
        key = [one.teacher.public_id]
        term = _("until %(day)s") % {"day": one.term_last} if one.term_last else ""
        place = _place(one)
        cells: list[Any] = [
            Cell(one.teacher.name, reverse("teacher", args=key)),
            post_words(one.level),
            Cell(one.valid.lower, sub=term),
            place,
        ]
        rows.append(Row([*cells, Cell(_("Move or end"), reverse("post_appoint", args=key))] if changes else cells))
    return Table(_("Who holds them"), columns, rows)


def _place(one: Any) -> Any:
    if one.place == OVER:
        return Cell(badge=Badge(_("off the ratio"), "amber"))
    said = [_("special post") if one.place == SPECIAL else "", _("leads and teaches") if one.dual else ""]
    return pgettext("list separator", ", ").join(filter(None, said)) or _("within the ratio")


class ProposePosts(OfUnit, FormPage):
    """Propose how many posts of each level a unit is to have."""

    name = "posts_propose"
    route = "units/<uuid:public_id>/posts/propose/"
    permission = PROPOSE
    template = "personnel/posts_propose.html"
    form_class = ProposalForm
    submit_label = gettext_lazy("Send the proposal")
    done_message = gettext_lazy("Sent. The bureau above looks at it.")

    def heading(self) -> Any:
        return _("%(unit)s: propose posts") % {"unit": self.object}

    @property
    def record(self) -> Any:
        """The unit is not what changes."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the posts of the unit."""
        return self.posts_url

    @cached_property
    def posts(self) -> UnitPosts:
        """The posts of today."""
        return posts_of(self.object, self.on)

    @cached_property
    def laid(self) -> dict[str, int]:
        """What the ratio gives of the number of professional posts asked for, or of those approved now."""
        structure = structure_at(self.on, self.object)
        return rules.laid_out(self.total, self.object.office_type or "", structure)

    @cached_property
    def total(self) -> int:
        """The number of professional posts that is laid out."""
        asked = self.request.GET.get("total", "")
        if asked.isascii() and asked.isdigit() and int(asked) <= MOST_TOTAL:
            return int(asked)
        return sum(
            number for level, number in self.posts.numbers.items() if rules.family_of(level) == rules.PROFESSIONAL
        )

    def initial(self) -> dict[str, Any]:
        now = {("s_" if one.special else "n_") + one.level: one.approved for one in self.posts.rows if one.approved}
        if "total" in self.request.GET:
            kept = {name: number for name, number in now.items() if not name.startswith("n_p")}
            now = {**kept, **{f"n_{level}": number for level, number in self.laid.items() if number}}
        return {**now, "begins": self.on.isoformat()}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self) -> dict[str, Any]:
        return {"crumbs": self.crumbs(), "total": self.total}

    def render(self, *, status: int = 200, **more: Any) -> Any:
        form = more.get("form")
        return super().render(status=status, **more, groups=self._groups(form) if form is not None else [])

    def _groups(self, form: Any) -> list[dict[str, Any]]:
        """The levels by family, each with what is approved, appointed and given by the ratio, and its fields."""
        held = {(one.level, one.special): one for one in self.posts.rows}
        over = self.posts.over or {}
        groups: dict[str, list[dict[str, Any]]] = {}
        for code in form.codes:
            one = held.get((code, False))
            groups.setdefault(rules.family_of(code), []).append(
                {
                    "label": post_words(code), "approved": one.approved if one else 0,
                    "appointed": (one.appointed if one else 0) + over.get(code, 0), "ratio": self.laid.get(code),
                    "number": form[f"n_{code}"], "special": form[f"s_{code}"] if code in SPECIAL_LEVELS else None,
                }
            )  # fmt: skip
        return [{"label": tier_words(family), "rows": rows} for family, rows in groups.items()]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        proposal = propose_posts(
            actor=self.actor, unit=self.object, begins=data["begins"], numbers=form.numbers, words=data["words"],
            document=data["document"],
        )  # fmt: skip
        return reverse("case", args=[proposal.case.public_id])


class TakeIn(OfUnit, ActionPage):
    """Take in who stands off the ratio, as far as posts are free."""

    name = "posts_take_in"
    route = "units/<uuid:public_id>/posts/take-in/"
    permission = CHANGE
    template = "core/pages/action.html"
    question = gettext_lazy(
        "Those who were appointed before the posts were set are given a free post of their level, the longest appointed first. Whoever "
        "finds none stays off the ratio."
    )
    submit_label = gettext_lazy("Take them in")

    def heading(self) -> Any:
        return _("%(unit)s: take in who stands off the ratio") % {"unit": self.object}

    def context(self) -> dict[str, Any]:
        return {"crumbs": self.crumbs()}

    def back(self) -> str:
        return self.posts_url

    def act(self) -> str:
        if self.object.is_bureau:
            raise NotAllowed(_("Choose a school: a bureau has no people off the ratio of its own."))
        take_in(actor=self.actor, unit=self.object, reason=str(_("Taken in as far as posts are free")))
        return self.posts_url
