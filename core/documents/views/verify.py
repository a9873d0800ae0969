"""Whether a paper is genuine: a page for anybody, who tells nothing of themselves and is told no more than the paper says in public."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any, Final

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from core.api.throttling import PerVisitor
from core.documents.rules import read_code, written_code
from core.documents.verifying import verify
from core.web.pages import ANYONE, Page

MOST_BYTES: Final = 20 * 1024 * 1024
LONGEST_CODE: Final = 60
FILE, CODE = "file", "code"


class Fingerprint(FileUploadHandler):
    """Counts and digests a file while it comes in; nothing of it is kept, in memory or on disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest, self.size = hashlib.sha256(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > MOST_BYTES:
            raise StopUpload(connection_reset=False)
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Any:
        empty = InMemoryUploadedFile(BytesIO(), self.field_name, self.file_name, "application/octet-stream", 0, None)
        empty.digest = self.digest.hexdigest() if file_size else ""  # type: ignore[attr-defined]
        return empty


@method_decorator(csrf_exempt, name="dispatch")
class Verify(Page):
    """Asks for the code of a paper, and compares a file with the paper. It changes nothing, so that no token of a form is needed."""

    name = "verify"
    route = "verify/"
    permission = ANYONE
    title = _("Is this paper genuine?")
    template = "documents/verify.html"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        asked = request.GET.get(CODE, "")[:LONGEST_CODE]
        return self._answered(asked, "") if asked.strip() else self._shown()

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        request.upload_handlers = [Fingerprint(request)]
        sent = request.FILES.get(FILE)
        asked = request.POST.get(CODE, "")[:LONGEST_CODE]
        digest = getattr(sent, "digest", "")
        if not asked.strip() and not digest:
            return self._shown(nothing=True)
        return self._answered(asked, digest)

    def _answered(self, asked: str, digest: str) -> HttpResponse:
        throttle = PerVisitor()
        if not throttle.allow_request(self.request, self):
            response = self._shown(asked=asked, wait=True, status=429)
            response.headers["Retry-After"] = str(int(throttle.wait() or 60))
            return response
        code = read_code(asked)
        return self._shown(asked=written_code(code) if code else asked, answer=verify(asked, digest))

    def _shown(self, *, status: int = 200, **more: Any) -> HttpResponse:
        response = self.render(status=status, **more)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
