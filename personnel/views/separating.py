"""Taking a merge back: both files are as they were, or what changed since is named."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import reason_words
from core.records.errors import StaleRecord
from core.web.pages import FormPage
from core.web.pages.forms import refuse
from core.web.parts import Finding, Link
from personnel import services
from personnel.choices import UNDO
from personnel.forms import WhyForm
from personnel.selectors.changes import visible_change
from personnel.services.merging import Separation, may_separate, plan_separation
from personnel.services.merging.plan import PERMISSION
from personnel.services.why import groups_of
from personnel.views.marks import kind_label, said_by


class UndoMerge(FormPage):
    """Take a merge back: both files are as they were."""

    name = "merge_undo"
    route = "changes/<uuid:public_id>/separate/"
    permission = PERMISSION
    form_class = WhyForm
    template = "personnel/merge_undo.html"
    submit_label = gettext_lazy("Undo this merge")
    done_message = gettext_lazy("Undone by a new change: there are two files again, as before.")
    help = gettext_lazy(
        "Nothing is erased: both files say again what they said before the merge, field by field, by a new change. It is done as long as "
        "the merged file has not changed since; what changed is named and goes first (Personal Information Protection Law, article 8)."
    )

    def load(self) -> None:
        """Find the merge among the changes of which the actor sees something."""
        found = visible_change(self.actor, self.kwargs["public_id"]) if self.actor else None
        made = plan_separation(found) if found is not None and self.actor.may(PERMISSION) else None
        if found is None or (self.actor.may(PERMISSION) and not may_separate(self.actor, made)):
            raise Http404
        self.object, self.plan = found, made

    plan: Separation | None = None

    @property
    def record(self) -> Any:
        """The form shows no record."""
        return None

    def entered(self) -> None:
        if self.plan is not None:
            services.note_looks(actor=self.actor, teachers=[self.plan.stays.pk])

    def heading(self) -> str:
        return _("Undo: %(what)s") % {"what": kind_label(self.object)}

    @property
    def cancel_url(self) -> str:
        """Back to the merged file."""
        return reverse("teacher", args=[self.plan.stays.public_id]) if self.plan else ""

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "groups": groups_of(UNDO)}

    def context(self) -> dict[str, Any]:
        plan = self.plan
        if plan is None:
            return {}
        obstacles = [
            Finding(
                kind_label(one), reason_words(one), "red", aside=said_by(one),
                link=Link(_("The change"), reverse("change", args=[one.public_id])),
            )
            for one in plan.later
        ]  # fmt: skip
        return {
            "crumbs": [Link(plan.stays.name, self.cancel_url), Link(_("Undo"))],
            "obstacles": obstacles,
            "undone_list": [Finding(kind_label(self.object), reason_words(self.object), icon="history", aside=said_by(self.object))],
            "names": {"stays": plan.stays.name, "goes": plan.goes.name},
        }  # fmt: skip

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form: Any = self.form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.render(form=form, status=422)
        try:
            services.separate_files(actor=self.actor, change=self.object, **form.why)
        except self.refusals as error:
            refuse(form, error)
            return self.render(form=form, status=422)
        except StaleRecord:
            messages.warning(request, _("Somebody changed this file meanwhile. Look at it as it is now, then decide."))
            return self.render(form=form, status=409)
        messages.success(request, self.done_message)
        return self._lead(request, self.cancel_url)
