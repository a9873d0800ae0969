"""One paper: what it says, whether it counts, its file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core.codes.values import values_of
from core.documents import services
from core.documents.kinds import all_kinds, kind_label
from core.documents.models import IssuedDocument
from core.documents.office import NoPdf, can_convert, pdf_of
from core.documents.reading import blocks_of
from core.documents.rules import written_code
from core.documents.selectors import ISSUE, VIEW, papers
from core.documents.tasks import ISSUE_MANY
from core.documents.views.listing import PaperList
from core.jobs.models import Job
from core.org.errors import NotAllowed
from core.records.models import StoredFile
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.pages import DetailPage
from core.web.parts import Action, Fact, Link

PDF = "application/pdf"


class PaperBase(DetailPage):
    """What pages about one paper share."""

    permission = VIEW

    def rows(self) -> Any:
        return papers(self.actor)

    def heading(self) -> Any:
        return f"{kind_label(self.object.kind)} {self.object.number}"


class PaperPage(PaperBase):
    """A paper with its preview, its state and what can be done with it."""

    name = "paper"
    route = "papers/<uuid:public_id>/"
    template = "documents/paper.html"
    help = PaperList.help

    def context(self) -> dict[str, Any]:
        document = self.object
        return {
            "crumbs": [Link(PaperList.title, reverse("papers"))],
            "facts": self._facts(document),
            "actions": self._actions(document),
            "pdf_missing": not can_convert(),
            **preview_of(document, self.actor),
        }

    def _facts(self, document: IssuedDocument) -> list[Fact]:
        following = document.replaced_by.first()
        facts = [
            Fact(_("State"), document.get_state_display(), sub=document.state_on or ""),
            Fact(_("Holder of the paper"), document.holder, url=self._subject_url(document)),
            Fact(_("Issued by"), values_of(self.actor).unit(document.unit_id), sub=document.issued_on),
            Fact(
                _("Verification code"),
                written_code(document.code),
                url=f"{reverse('verify')}?code={written_code(document.code)}",
            ),
            Fact(_("Protected values"), _("in clear") if document.clear else _("masked")),
            Fact(_("Fingerprint (SHA-256)"), document.digest),
            Fact(_("Settled position"), document.position),
        ]
        if document.replaces is not None:
            facts.append(
                Fact(_("Replaces"), document.replaces.number, url=reverse("paper", args=[document.replaces.public_id]))
            )
        if following is not None:
            facts.append(Fact(_("Replaced by"), following.number, url=reverse("paper", args=[following.public_id])))
        return facts

    def _subject_url(self, document: IssuedDocument) -> str:
        kind = all_kinds().get(document.kind)
        if kind is None or not kind.page or not self.actor.may(kind.permission):
            return ""
        found = kind.subjects(self.actor).filter(pk=document.subject_id).first()
        return reverse(kind.page, args=[found.public_id]) if found is not None else ""

    def _actions(self, document: IssuedDocument) -> list[Action]:
        actions = downloads("paper_file", [document.public_id]) if services.may_open(document, self.actor) else []
        if self.actor.may(ISSUE) and document.state == IssuedDocument.State.VALID:
            actions += [
                Action(_("Replace"), reverse("paper_replace", args=[document.public_id]), "swap"),
                Action(_("Withdraw"), reverse("paper_withdraw", args=[document.public_id]), "no"),
            ]
        return actions


def downloads(name: str, key: list[Any]) -> list[Action]:
    """Buttons that give a paper as Word and, where LibreOffice is there, as PDF."""
    url = reverse(name, args=key)
    found = [Action(_("Download as Word"), url, "download", primary=True)]
    return [*found, Action(_("Download as PDF"), f"{url}?form=pdf", "download")] if can_convert() else found


def preview_of(document: IssuedDocument, actor: Any) -> dict[str, Any]:
    """The blocks of a paper for the page, or why they are not shown. That somebody read it is written down."""
    try:
        return {"blocks": blocks_of(services.opened(document, actor=actor))}
    except NotAllowed as error:
        return {"blocks": [], "unseen": str(error)}
    except ErasedValue:
        return {"blocks": [], "unseen": _("This paper was erased by a lawful erasure.")}
    except FileNotFoundError as error:
        raise Http404 from error


def file_response(document: IssuedDocument, request: HttpRequest, actor: Any, *, back: str) -> HttpResponse:
    """The file of a paper, as Word or (`?form=pdf`) as PDF; where there is no PDF, the way back with the reason."""
    try:
        content = services.opened(document, actor=actor)
    except (ErasedValue, FileNotFoundError) as error:
        raise Http404 from error
    except NotAllowed as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(back)
    if request.GET.get("form") != "pdf":
        return attachment(content, document.file.name, document.file.content_type)
    try:
        return attachment(pdf_of(content), f"{document.file.name.removesuffix('.docx')}.pdf", PDF)
    except NoPdf as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(back)


class PaperFile(PaperBase):
    """Download a paper."""

    name = "paper_file"
    route = "papers/<uuid:public_id>/file/"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return file_response(self.object, request, self.actor, back=reverse("paper", args=[self.object.public_id]))


class BatchFile(DetailPage):
    """The zip of papers that a job issued, for who asked for it, in the role in which they did."""

    name = "papers_file"
    route = "papers/jobs/<uuid:public_id>/file/"
    permission = ISSUE

    def rows(self) -> Any:
        own = Job.objects.filter(user=self.actor.user, assignment=self.actor.assignment, assignment__isnull=False)
        return own.filter(kind=ISSUE_MANY, state=Job.State.DONE)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = StoredFile.objects.filter(public_id=self.object.result["file"]).select_related("key").first()
        if stored is None:
            raise Http404
        try:
            return attachment(content_of(stored), stored.name, stored.content_type)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
