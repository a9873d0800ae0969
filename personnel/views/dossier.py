"""The dossier of a person: catalogue, keeper, what it lacks, its cases; and what all forms about it share."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.selectors import label as code_label
from core.codes.values import period_words, values_of
from core.web.pages import FormPage
from core.web.parts import Action, Fact, Finding, Link, Tab
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases, subjects
from core.workflow.views.telling import due_badge, state_badge
from personnel.models import Material
from personnel.selectors import versions as past
from personnel.selectors.dossier import (
    BORROW,
    KEEP,
    SECTIONS,
    TAB,
    VIEW,
    Entry,
    Group,
    cases_of,
    catalogue,
    keeper_of,
    keeping_of,
    keepings_of,
    kin_of,
    materials_of,
    missing,
    opens_dossier,
    out_now,
)
from personnel.services import dossier as verbs
from personnel.services.dossier_transfers import why_not_transfer
from personnel.views.person import FilePage, paged_tabs
from personnel.views.telling import Telling, prime

OWN: Final = "personnel.view_own"
LATEST: Final = 5
MOST_CASES: Final = 10
REFERENCES: Final = (
    Link(gettext_lazy("Regulation on cadre dossiers (2018)")),
    Link(gettext_lazy("Rules on collecting materials of cadre dossiers (2009)")),
)
HELP: Final = gettext_lazy(
    "The dossier is the paper file in ten categories. Here stands its catalogue: each material with its day, pages and scans, "
    "numbered in its category by day. Papers that this system issues enter it by themselves. It is sealed: opening it is written down, and "
    "nobody reads their own or a relative's."
)


class DossierPage(FilePage):
    """The dossier of a person. Who may open it is asked here; whose it is sees what the rules say."""

    name = "teacher_dossier"
    route = "teachers/<uuid:public_id>/dossier/"
    permission: ClassVar[str | tuple[str, ...]] = (VIEW, BORROW, OWN)
    template = "personnel/dossier.html"
    title = gettext_lazy("Dossier")
    help = HELP
    references = REFERENCES

    def allowed(self) -> bool:
        return super().allowed() and opens_dossier(self.object, self.actor)

    def entered(self) -> None:
        super().entered()
        if self.actor.may(VIEW):
            verbs.note_dossier(actor=self.actor, teachers=[self.object.pk])

    @property
    def keeps(self) -> bool:
        """Whether the reader keeps dossiers; nobody opens their own in a role that does."""
        return bool(self.actor.may(KEEP))

    @cached_property
    def seen(self) -> bool:
        """Whether the reader sees the catalogue."""
        return self.actor.may(VIEW) or (self.is_own and materials_of(self.object, self.actor).exists())

    @cached_property
    def materials(self) -> list[Material]:
        """The materials that the reader sees."""
        return list(materials_of(self.object, self.actor).select_related("paper"))

    @cached_property
    def kin(self) -> str:
        """Whether the reader is the person or a relative."""
        return kin_of(self.actor.user, self.object)

    def context(self) -> dict[str, Any]:
        groups = catalogue(self.materials, self.on, self.actor.unit) if self.seen else []
        return {
            "person": self.person(),
            "tabs": self._tabs(),
            "groups": [self._group(group) for group in groups],
            "seen": self.seen,
            "own": self.is_own,
            "counted": self._counted(groups),
            "lacks": self._lacks() if self.actor.may(VIEW) else [],
            "keeping": self._keeping(),
            "keepers": self._keepers() if self.actor.may(VIEW) else [],
            "cases": self._cases(),
            "latest": self._latest() if self.actor.may(VIEW) else [],
            "notices": self._notices(),
            "main_actions": self._actions(),
            "keeping_action": self._keeping_action(),
        }

    def _tabs(self) -> list[Tab]:
        sections = past.sections_for(self.actor, self.object.post_family)
        plain = sorted({section.tab for section in sections}, key=lambda tab: tab.order)
        here = self.file_url()
        found = [Tab(gettext_lazy("Overview"), here), *(Tab(tab.label, f"{here}?tab={tab.name}") for tab in plain)]
        return [*found, *paged_tabs(self.object, self.actor, current=TAB.name)]

    def _group(self, group: Group) -> dict[str, Any]:
        add = f"{reverse('material_new', args=[self.object.public_id])}?category={group.code}"
        return {
            "code": group.code, "label": group.label.removeprefix(group.code).strip(),
            "part": bool(group.within),
            "rows": [self._row(entry) for entry in group.entries],
            "add": Action(_("Enter a material"), add, "plus", icon_only=True, quiet=True) if self.keeps else None,
        }  # fmt: skip

    def _row(self, entry: Entry) -> dict[str, Any]:
        one = entry.material
        form = code_label("material_form", one.form) if one.form not in ("", "original") else ""
        said = [form, one.place, one.note]
        return {
            "mark": entry.mark, "title": one.title, "dated": one.dated or "", "pages": one.pages, "copies": one.copies,
            "sub": pgettext("list separator", ", ").join(filter(None, said)),
            "scans": [(scan.file.name, reverse("material_scan_file", args=[scan.public_id])) for scan in entry.scans],
            "paper": self._paper(one),
            "says": any(getattr(one, name) for name in verbs.FIELDS if name.startswith("says_")),
            "change": Action(_("Change"), reverse("material_change", args=[one.public_id]), "pen", quiet=True, icon_only=True)
            if self.keeps else None,
        }  # fmt: skip

    def _paper(self, one: Material) -> str:
        if one.paper is None:
            return ""
        return reverse("teacher_paper", args=[self.object.public_id]) + f"?paper={one.paper.public_id}"

    def _counted(self, groups: list[Group]) -> str:
        number = sum(len(group.entries) for group in groups)
        if not number:
            return ""
        materials = ngettext("%(n)s material", "%(n)s materials", number) % {"n": number}
        pages = sum(group.pages for group in groups)
        counted = ngettext("%(n)s page", "%(n)s pages", pages) % {"n": pages}
        return pgettext("list separator", ", ").join([materials, counted] if pages else [materials])

    def _lacks(self) -> list[Finding]:
        english = self.request.LANGUAGE_CODE.startswith("en")
        found = []
        for paper, finding in missing(self.object, self.materials, self.on) if self.materials else []:
            name = paper.name_en if english else paper.name
            where = pgettext("list separator", ", ").join(paper.categories)
            absent, some = (
                _("Not there; it belongs in category %(where)s."),
                _("Missing for %(years)s; it belongs in category %(where)s."),
            )
            text = (some if finding.actual else absent) % {"years": finding.actual, "where": where}
            asked = urlencode({"category": paper.categories[0]})
            add = Link(_("Enter it"), f"{reverse('material_new', args=[self.object.public_id])}?{asked}")
            found.append(
                Finding(
                    name[:1].upper() + name[1:], text, "amber", "alert", reference=finding.reference,
                    link=add if self.keeps else None,
                )
            )  # fmt: skip
        return found

    def _keeping(self) -> list[Fact]:
        kept = keeping_of(self.object, self.on)
        values = values_of(self.actor)
        if kept is None:
            keeper = keeper_of(self.object, self.on)
            said = values.unit(keeper.pk) if keeper is not None else ""
            return [
                Fact(
                    _("Keeper"), _("not recorded"),
                    sub=_("requests go to %(unit)s") % {"unit": said} if said and not self.is_own else "",
                )
            ]  # fmt: skip
        facts = [Fact(_("Keeper"), kept.keeper or values.unit(kept.unit_id), sub=period_words(kept.valid))]
        if self.actor.may(VIEW):
            facts += [Fact(_("Shelf number"), kept.shelf), Fact(_("Volumes"), kept.volumes), Fact(_("Note"), kept.note)]
        return [fact for fact in facts if fact.value]

    def _keepers(self) -> list[dict[str, str]]:
        rows = keepings_of(self.object)[1:]
        values = values_of(self.actor)
        values.prime(units=[row.unit_id for row in rows])
        return [{"who": row.keeper or values.unit(row.unit_id), "when": period_words(row.valid)} for row in rows]

    def _cases(self) -> list[dict[str, Any]]:
        if self.is_own:
            return []
        rows = cases(self.actor).filter(pk__in=cases_of(self.object).values("pk")).order_by("-pk")
        if not self.actor.may(VIEW):
            rows = rows.filter(opened_by=self.actor.user)
        found = list(rows[:MOST_CASES])
        named = subjects(found, self.actor)
        return [
            {
                "label": flow.label if (flow := workflow_of(case.kind)) else case.kind, "badge": state_badge(flow, case),
                "due": due_badge(case, self.on), "url": reverse("case", args=[case.public_id]), "sub": named[case.pk].sub,
                "at": case.opened_at,
            }
            for case in found
        ]  # fmt: skip

    def _latest(self) -> list[Any]:
        found = past.versions(SECTIONS, [self.object.pk])
        prime(self.actor, found)
        telling = Telling(self.actor)
        return [telling.entry(act, briefly=True) for act in past.acts(found)[:LATEST]]

    def _notices(self) -> list[Finding]:
        found = []
        out = out_now(self.object)
        if out is not None and self.actor.may(VIEW):
            late = bool(out.due and out.due < self.on)
            flow = workflow_of(out.kind)
            heading = capfirst(flow.state(out.state).label) if flow else out.state
            text = _("the dossier, or its receipt, is due by %(day)s") % {"day": out.due.isoformat()} if out.due else ""
            link = Link(_("Open the case"), reverse("case", args=[out.public_id]))
            heading += pgettext("after a label", ": ").rstrip() if text else ""
            found.append(Finding(heading, text, "red" if late else "amber", "alert", link=link))
        if self.kin == "relative":
            found.append(
                Finding(
                    _("A relative's dossier"),
                    _("Nobody borrows or decides on it themself. Let a colleague do it."),
                    "amber",
                    "alert",
                )
            )
        return found

    def _actions(self) -> list[Action]:
        key = [self.object.public_id]
        if self.is_own:
            return []
        found = []
        if self.keeps:
            found.append(Action(_("Enter a material"), reverse("material_new", args=key), "plus", primary=True))
        why_not = _("Nobody borrows their own or a relative's dossier.") if self.kin else ""
        if self.actor.may(BORROW):
            found.append(
                Action(
                    _("Read or borrow"),
                    reverse("dossier_borrow", args=key),
                    "eye",
                    why_not=why_not,
                    primary=not self.keeps,
                )
            )
        if self.keeps:
            found += [
                Action(
                    _("Send to another keeper"),
                    reverse("dossier_send", args=key),
                    "mail",
                    why_not=why_not_transfer(actor=self.actor, teacher=self.object),
                ),
                Action(_("Review ages and histories"), reverse("dossier_review", args=key), "compare", why_not=why_not),
                Action(
                    _("Print the catalogue"), reverse("teacher_paper_new", args=[*key, "dossier_catalogue"]), "print"
                ),
            ]
        return found

    def _keeping_action(self) -> Action | None:
        return (
            Action(_("Change"), reverse("dossier_keeping", args=[self.object.public_id]), "pen") if self.keeps else None
        )

    def head_actions(self) -> list[Action]:
        return [Action(_("Back to the file"), self.file_url(), "left")]


class DossierForm(FilePage, FormPage):
    """A form about the dossier of a person."""

    permission: ClassVar[str | tuple[str, ...]] = KEEP
    help = HELP
    references = REFERENCES

    def allowed(self) -> bool:
        return super().allowed() and opens_dossier(self.object, self.actor)

    @property
    def record(self) -> Any:
        """The person is not what changes."""
        return None

    @property
    def dossier_url(self) -> str:
        """The address of the dossier."""
        return reverse("teacher_dossier", args=[self.object.public_id])

    @property
    def cancel_url(self) -> str:
        """Back to the dossier."""
        return self.dossier_url

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.title), str(self.object.name)])

    def initial(self) -> dict[str, Any]:
        return {}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.name, self.file_url()), Link(TAB.label, self.dossier_url)]}

    def entered(self) -> None:
        super().entered()
        verbs.note_dossier(actor=self.actor, teachers=[self.object.pk])
