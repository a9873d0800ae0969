"""How the numbers of a unit's papers begin."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents import services
from core.documents.forms import PrefixForm
from core.documents.numbering import prefix_of
from core.documents.views.templates import KindPage
from core.web.pages import FormPage
from core.web.parts import Link


class SetPrefix(KindPage, FormPage):
    """Set the prefix of a kind for the actor's unit."""

    name = "paper_prefix"
    route = "papers/templates/<slug:paper>/prefix/"
    form_class = PrefixForm
    title = gettext_lazy("Number prefix")
    done_message = gettext_lazy("The prefix is set.")
    help = gettext_lazy(
        "Numbers count from 1 in each year, for each unit and prefix. Papers that are out keep their numbers. Without a prefix of its own, "
        "a unit's numbers begin with its name."
    )

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("paper_templates")

    def initial(self) -> dict[str, Any]:
        return {"begins": prefix_of(self.actor.unit, self.kind.name, self.on), "on": self.on}

    def heading(self) -> Any:
        return _("Number prefix: %(kind)s") % {"kind": self.kind.label}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(_("Templates of papers"), self.cancel_url)]}

    def save(self, form: Any) -> str:
        given = dict(form.cleaned_data)
        services.set_prefix(self.kind, given.pop("begins"), actor=self.actor, **given)
        return self.cancel_url
