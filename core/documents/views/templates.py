"""How the papers of a unit look: the shipped templates, and those that a bureau set instead."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import values_of
from core.documents import services
from core.documents.forms import TemplateForm
from core.documents.kinds import DocumentKind, all_kinds
from core.documents.numbering import prefix_of
from core.documents.reading import blocks_of
from core.documents.selectors import TEMPLATES, own_template, template_of
from core.documents.templating import render
from core.web.downloads import attachment
from core.web.forms import ReasonForm
from core.web.pages import FormPage, Page
from core.web.parts import Action, Cell, Column, Link, Row, Table


class KindPage(Page):
    """A page about one kind of paper."""

    permission = TEMPLATES
    kind: DocumentKind

    def load(self) -> None:
        found = all_kinds().get(self.kwargs["paper"])
        if found is None:
            raise Http404
        self.kind = found


class TemplateList(Page):
    """Each kind of paper with the template that the actor's unit uses."""

    name = "paper_templates"
    route = "papers/templates/"
    permission = TEMPLATES
    title = gettext_lazy("Templates of papers")
    template = "documents/templates.html"
    help = gettext_lazy(
        "Download a template, change it in Word or WPS, and upload it: the papers of your unit, and of the units below that have none of "
        "their own, look so from then on. Papers that are out stay as they are."
    )

    def context(self) -> dict[str, Any]:
        columns = [
            Column("kind", _("Kind of paper")), Column("from", _("Template")), Column("prefix", _("Numbers begin with")),
            Column("do", _("What to do")),
        ]  # fmt: skip
        return {"table": Table(str(self.title), columns, [self._row(kind) for kind in all_kinds().values()])}

    def _row(self, kind: DocumentKind) -> Row:
        own = own_template(self.actor.unit, kind.name)
        whose = values_of(self.actor).unit(own.unit_id) if own is not None else _("as shipped")
        return Row(
            [
                Cell(kind.label, reverse("paper_template", args=[kind.name])),
                Cell(whose, sub=own.file.name if own is not None else ""),
                Cell(prefix_of(self.actor.unit, kind.name, self.on), reverse("paper_prefix", args=[kind.name])),
                Cell(_("Upload a template"), reverse("paper_template_set", args=[kind.name])),
            ]
        )


class ShowTemplate(KindPage):
    """A template filled in for nobody, and the names that it may print."""

    name = "paper_template"
    route = "papers/templates/<slug:paper>/"
    template = "documents/template.html"
    help = TemplateList.help

    def heading(self) -> Any:
        return _("Template: %(kind)s") % {"kind": self.kind.label}

    def context(self) -> dict[str, Any]:
        own = own_template(self.actor.unit, self.kind.name)
        sample = services.sample_of(self.kind, self.actor)
        actions = [
            Action(
                _("Upload a template"), reverse("paper_template_set", args=[self.kind.name]), "upload", primary=True
            ),
            Action(_("Download the template"), reverse("paper_template_file", args=[self.kind.name]), "download"),
        ]
        if own is not None and own.unit_id == self.actor.unit.pk:
            actions.append(Action(_("Give it up"), reverse("paper_template_reset", args=[self.kind.name]), "undo"))
        return {
            "crumbs": [Link(TemplateList.title, reverse("paper_templates"))],
            "whose": values_of(self.actor).unit(own.unit_id) if own is not None else "",
            "actions": actions,
            "blocks": blocks_of(render(template_of(self.actor.unit, self.kind), sample)),
            "names": list(_names(sample)),
        }


def _names(sample: dict[str, Any], before: str = "") -> Any:
    """The marks that a template may hold, with what the sample prints there."""
    for name, value in sample.items():
        if isinstance(value, dict):
            yield from _names(value, f"{before}{name}.")
        elif isinstance(value, list):
            inner = [*value[0]] if value else []
            yield {"mark": f"{{%tr for row in {before}{name} %}}", "value": "、".join(f"row.{one}" for one in inner)}
        else:
            yield {"mark": f"{{{{ {before}{name} }}}}", "value": value if isinstance(value, str) else _("picture")}


class TemplateFile(KindPage):
    """The template in use, to be changed in Word."""

    name = "paper_template_file"
    route = "papers/templates/<slug:paper>/file/"

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return attachment(template_of(self.actor.unit, self.kind), f"{self.kind.label}.docx", services.DOCX)


class SetTemplate(KindPage, FormPage):
    """Upload a template; a bad one comes back with the place of each fault."""

    name = "paper_template_set"
    route = "papers/templates/<slug:paper>/set/"
    template = "documents/set_template.html"
    form_class = TemplateForm
    submit_label = gettext_lazy("Check and use it")
    done_message = gettext_lazy("The template is in use. Below it is filled in for an invented person.")
    help = gettext_lazy(
        "A template prints names between double braces and repeats rows of a table for lists. Begin with the one in use: it has all marks."
    )

    @property
    def cancel_url(self) -> str:
        """Back to the template in use."""
        return reverse("paper_template", args=[self.kind.name])

    def heading(self) -> Any:
        return _("Upload a template: %(kind)s") % {"kind": self.kind.label}

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(TemplateList.title, reverse("paper_templates")), Link(self.kind.label, self.cancel_url)]
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except Faulty as error:
            return self.render(form=error.form, faults=error.faults, status=422)

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        try:
            services.set_template(
                self.kind, file.read(), name=file.name, actor=self.actor, reason=form.cleaned_data["reason"]
            )
        except services.BadTemplate as error:
            raise Faulty(form, error.faults) from error
        return self.cancel_url


class Faulty(Exception):
    """An uploaded template cannot be used: the form, and the faults with their places."""

    def __init__(self, form: Any, faults: list[Any]) -> None:
        super().__init__("the template has faults")
        self.form, self.faults = form, faults


class ResetTemplate(KindPage, FormPage):
    """Go back to the template of the bureau above, or to the shipped one."""

    name = "paper_template_reset"
    route = "papers/templates/<slug:paper>/reset/"
    form_class = ReasonForm
    submit_label = gettext_lazy("Give it up")
    done_message = gettext_lazy("Your unit's own template is no longer used.")

    @property
    def cancel_url(self) -> str:
        """Back to the template."""
        return reverse("paper_template", args=[self.kind.name])

    def heading(self) -> Any:
        return _("Give up your unit's template: %(kind)s") % {"kind": self.kind.label}

    def save(self, form: Any) -> str:
        services.reset_template(self.kind, actor=self.actor, reason=form.cleaned_data["reason"])
        return self.cancel_url
