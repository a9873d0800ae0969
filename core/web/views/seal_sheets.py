"""Seals that leave the server: the sheet to print, the file of the chain, the programs that check one against the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import segno
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.records.chain import NoSuchSeals, Stretch
from core.records.models import Seal
from core.records.printed import chain_lines, checker, grouped, line_of, public_key, signature_of
from core.web.downloads import attachment
from core.web.pages import Page
from core.web.parts import Link, Stat
from core.web.views.jobs import stamp

VIEW = "records.audit"


class SealSheet(Page):
    """One seal on a sheet of paper: `seal` is its number or a day (the last seal of that day); without it the newest."""

    name = "audit_seal"
    route = "audit/seals/sheet/"
    permission = VIEW
    title = _("Seal sheet")
    template = "core/pages/seal_sheet.html"
    help = _(
        "Print the sheet and hand it to somebody who does not run the system: a county bureau, the archives, the discipline inspection. "
        "The signature shows that this system printed it; that the chain leads from it to the newest seal shows that nobody has altered "
        "anything before it. Both are checked without the server."
    )

    seal: Seal | None = None

    def get(self, request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            self.seal = Stretch.asked("", request.GET.get("seal", "").strip()).among(Seal.objects.all()).latest("pk")
        except Seal.DoesNotExist:
            self.seal = None
        except NoSuchSeals as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("audit_seals"))
        return self.render()

    def heading(self) -> Any:
        return gettext("Seal %(number)s") % {"number": f"{self.seal.pk:,}"} if self.seal else self.title

    def context(self) -> dict[str, Any]:
        crumbs = [Link(gettext("Seals"), reverse("audit_seals"))]
        seal = self.seal
        if seal is None:
            return {"crumbs": crumbs}
        return {
            "crumbs": crumbs,
            "seal": seal,
            "facts": [
                Stat(gettext("Number of the seal"), f"{seal.pk}"),
                Stat(gettext("Sealed"), stamp(seal.settled_at)),
                Stat(gettext("Positions"), f"{seal.first:,} – {seal.last:,}"),
                Stat(gettext("Changes"), f"{seal.last - seal.first + 1:,}"),
            ],
            "digests": [
                (gettext("Root over its changes"), grouped(bytes(seal.root))),
                (gettext("Digest of the chain"), grouped(bytes(seal.chain))),
            ],
            "small": [
                (gettext("Public key"), grouped(public_key())),
                (gettext("Signature (Ed25519)"), grouped(signature_of(seal))),
            ],
            "code": code_of(line_of(seal)),
        }


def code_of(line: str) -> SafeString:
    """A line as a QR code, drawn in the page."""
    drawn = segno.make_qr(line, error="m").svg_inline(omitsize=True, border=2, svgclass="sd-qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - made here of digits and capital letters


class SealChain(Page):
    """The file of the chain: `from` is the number of the seal or the day with which it begins; without it, it is whole."""

    name = "audit_chain_file"
    route = "audit/seals/chain/"
    permission = VIEW

    def get(self, request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> Any:
        try:
            stretch = Stretch.asked(request.GET.get("from", "").strip(), "")
        except NoSuchSeals as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("audit_seals"))
        newest = Seal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        response = StreamingHttpResponse(_in_one_state(stretch), content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="shidang-chain-{newest}.txt"'
        return response


def _in_one_state(stretch: Stretch) -> Iterator[str]:
    with transaction.atomic():
        for line in chain_lines(stretch.start):
            yield f"{line}\n"


class CheckerPage(Page):
    """The program that checks a sheet without the server, as one file for a browser."""

    name = "audit_checker_file"
    route = "audit/seals/checker/"
    permission = VIEW
    sort: ClassVar[str] = "html"

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return attachment(checker(self.sort).encode(), f"shidang-seal-checker.{self.sort}")


class CheckerScript(CheckerPage):
    """The same for Python."""

    name = "audit_script_file"
    route = "audit/seals/checker-script/"
    sort = "py"
