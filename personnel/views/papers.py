"""The papers about a person: those that were issued, a new one with its preview, and one for each of many people."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import values_of
from core.documents import services as papers
from core.documents.forms import issue_form
from core.documents.kinds import all_kinds, kind_label
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of
from core.documents.selectors import ISSUE, kinds_for, papers_about
from core.documents.tasks import ISSUE_MANY
from core.documents.templating import CannotFill
from core.documents.views.listing import state_badge
from core.documents.views.paper import downloads, file_response, preview_of
from core.jobs.services import enqueue
from core.org.errors import NotAllowed
from core.web.filters import is_uuid
from core.web.pages import FormPage
from core.web.parts import Action, Cell, Column, Link, Row, Table
from personnel.selectors.teachers import teachers_on
from personnel.views.person import FilePage
from personnel.views.teachers import CHOSEN


class TeacherPapers(FilePage):
    """All papers about a person, whichever unit issued them, and what can be issued."""

    name = "teacher_papers"
    route = "teachers/<uuid:public_id>/papers/"
    title = gettext_lazy("Papers")
    template = "personnel/papers.html"
    help = gettext_lazy(
        "Certificates and forms that were issued about this person. Each bears a number and a code by which anybody can verify it. What is "
        "on file may change afterwards; the paper stays as it was."
    )

    def context(self) -> dict[str, Any]:
        rows = list(papers_about(self.object, self.actor))
        values_of(self.actor).prime(units=[row.unit_id for row in rows])
        columns = [
            Column("number", _("Number of the paper")), Column("kind", _("Kind of paper")), Column("unit", _("Issued by")),
            Column("issued", _("Issued"), nowrap=True), Column("state", _("State")),
        ]  # fmt: skip
        key = self.object.public_id
        kinds = kinds_for(self.actor)
        return {
            "person": self.person(),
            "table": Table(str(self.title), columns, [self._row(row) for row in rows]),
            "issues": [
                Action(kind.label, reverse("teacher_paper_new", args=[key, kind.name]), "plus") for kind in kinds
            ],
            "file_url": self.file_url(),
        }

    def _row(self, row: IssuedDocument) -> Row:
        url = reverse("teacher_paper", args=[self.object.public_id]) + f"?paper={row.public_id}"
        return Row(
            [
                Cell(row.number, url), kind_label(row.kind), values_of(self.actor).unit(row.unit_id), row.issued_on,
                Cell(badge=state_badge(row)),
            ]
        )  # fmt: skip


class OnePaper(FilePage):
    """A paper about a person: `?paper=` names which, by its public id."""

    def load(self) -> None:
        super().load()
        asked = self.request.GET.get("paper", "")
        found = papers_about(self.object, self.actor).filter(public_id=asked).first() if is_uuid(asked) else None
        if found is None:
            raise Http404
        self.paper: IssuedDocument = found


class TeacherPaper(OnePaper):
    """The paper with its preview, for who may see the person's file."""

    name = "teacher_paper"
    route = "teachers/<uuid:public_id>/paper/"
    template = "documents/paper.html"

    def heading(self) -> Any:
        return f"{kind_label(self.paper.kind)} {self.paper.number}"

    def context(self) -> dict[str, Any]:
        key, paper = self.object.public_id, self.paper
        actions = []
        if papers.may_open(paper, self.actor):
            actions = [
                Action(
                    one.label,
                    f"{one.url}{'&' if '?' in one.url else '?'}paper={paper.public_id}",
                    one.icon,
                    primary=one.primary,
                )
                for one in downloads("teacher_paper_file", [key])
            ]
        elsewhere = IssuedDocument.objects.visible_to(self.actor).filter(pk=paper.pk)
        if self.actor.may("documents.view") and elsewhere.exists():
            actions.append(Action(_("All about this paper"), reverse("paper", args=[paper.public_id]), "paper"))
        return {
            "crumbs": [
                Link(self.object.name, self.file_url()),
                Link(_("Papers"), reverse("teacher_papers", args=[key])),
            ],
            "facts": [],
            "actions": actions,
            **preview_of(paper, self.actor),
        }


class TeacherPaperFile(OnePaper):
    """Download a paper about a person."""

    name = "teacher_paper_file"
    route = "teachers/<uuid:public_id>/paper/file/"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        back = reverse("teacher_paper", args=[self.object.public_id]) + f"?paper={self.paper.public_id}"
        return file_response(self.paper, request, self.actor, back=back)


class NewPaper(FilePage, FormPage):
    """Fill in, look at the paper, issue it. The preview has masks and no number; nothing is kept of it."""

    name = "teacher_paper_new"
    route = "teachers/<uuid:public_id>/papers/new/<slug:paper>/"
    permission = ISSUE
    template = "personnel/new_paper.html"
    submit_label = gettext_lazy("Issue the paper")
    done_message = gettext_lazy("The paper is issued.")
    refusals = (NotAllowed,)

    def load(self) -> None:
        super().load()
        kind = all_kinds().get(self.kwargs["paper"])
        if (
            kind is None
            or not kind.offered
            or (self.object is not None and not kind.subjects(self.actor).filter(pk=self.object.pk).exists())
        ):
            raise Http404
        self.kind = kind

    @property
    def record(self) -> Any:
        """A paper changes nothing of the person."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the papers of the person."""
        return reverse("teacher_papers", args=[self.object.public_id])

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.kind.label), str(self.object.name)])

    def form(self, **given: Any) -> Any:
        return issue_form(self.kind, self.object, self.actor)(**given)

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(self.object.name, self.file_url()), Link(_("Papers"), self.cancel_url)],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.form(data=request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        try:
            content = papers.previewed(self.kind, self.object, actor=self.actor, details=form.details)
            return self.render(form=form, blocks=blocks_of(content))
        except (NotAllowed, CannotFill) as error:
            form.add_error(None, str(error))
            return self.render(form=form, status=422)

    def save(self, form: Any) -> str:
        made = papers.issue(
            self.kind,
            self.object,
            actor=self.actor,
            reason=form.cleaned_data["reason"],
            details=form.details,
            clear=form.clear_values,
        )
        return reverse("teacher_paper", args=[self.object.public_id]) + f"?paper={made.public_id}"


class IssueMany(FormPage):
    """A paper of one kind for each of the people that were ticked in the list, as a job."""

    name = "papers_many"
    route = "teachers/papers/<slug:paper>/"
    permission = ISSUE
    submit_label = gettext_lazy("Issue the papers")
    help = gettext_lazy(
        "Each person gets a paper with a number of its own; all come in one zip. Whoever cannot get one is named in it with the reason."
    )

    def load(self) -> None:
        kind = all_kinds().get(self.kwargs["paper"])
        if kind is None or not (kind.many and kind.offered):
            raise Http404
        self.kind = kind

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("teachers")

    @cached_property
    def chosen(self) -> list[Any]:
        """The people who were ticked and whom the actor sees."""
        kept = self.request.session.get(CHOSEN, [])
        return list(teachers_on(self.actor, self.on).filter(public_id__in=kept).order_by("pinyin", "pk"))

    def heading(self) -> Any:
        return str(self.kind.label)

    def form(self, **given: Any) -> Any:
        return issue_form(self.kind, None, self.actor)(**given)

    def context(self) -> dict[str, Any]:
        number = len(self.chosen)
        said = ngettext("for %(n)s person", "for %(n)s people", number) % {"n": number}
        return {"crumbs": [Link(_("Teachers"), reverse("teachers")), Link(said)]}

    def save(self, form: Any) -> str:
        if not self.chosen:
            raise NotAllowed(_("Nobody is ticked. Tick people in the list of teachers first."))
        job = enqueue(
            ISSUE_MANY, actor=self.actor,
            arguments={
                "kind": self.kind.name, "subjects": [str(one.public_id) for one in self.chosen], "reason": form.cleaned_data["reason"],
                "details": form.details, "clear": form.clear_values,
            },
        )  # fmt: skip
        self.request.session.pop(CHOSEN, None)
        return reverse("job", args=[job.public_id])
