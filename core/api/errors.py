"""Every error of the API has one shape: problem details of RFC 9457, in the reader's language.

`type` is a stable name, `code` its last word for programs that switch on it, `title` and `detail` are sentences,
`errors` lists what is wrong where. There is no `instance`: somebody else's row answers with the same bytes as an
address that does not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.jobs.services import AlreadyRunning, JobError
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord

CONTENT_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:shidang:problem:"

log = logging.getLogger("django.request")

TITLES: Final = {
    308: _("Merged into another one"),
    400: _("The request is not valid"),
    401: _("Log in first"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("This address does not do that"),
    406: _("This form of answer is not offered"),
    409: _("Not as things stand now"),
    413: _("Too large"),
    415: _("This form of content is not read"),
    422: _("A rule forbids it"),
    429: _("Too many requests"),
    500: _("An error of ours"),
}

# What the general errors of the framework mean, since some of their own sentences exist in English only.
DETAILS: Final = {
    "parse_error": _("The body cannot be read as what its Content-Type says. Check that it is complete and in UTF-8."),
    "not_authenticated": _("Send a token in the header “Authorization: Bearer …”, or log in on the pages."),
    "permission_denied": _("Your role does not allow this."),
    "not_found": _("There is nothing here that you may see."),
    "method_not_allowed": _("The header Allow names what this address does."),
    "not_acceptable": _("Answers are JSON: send “Accept: application/json”."),
    "unsupported_media_type": _("Send JSON; files go as multipart/form-data."),
    "throttled": _("Wait as many seconds as the header Retry-After says."),
    "stale": _("Somebody else saved first. Read it again and decide again."),
    "already_running": _("This is being worked on already. Wait until it is done."),
    "too_large": _("More was sent than is accepted at once."),
    "bad_request": _("The request cannot be read."),
    "server_error": _("It was written down on our side. Nothing was half done; you can try again."),
    "invalid": _("Look at “errors”: each names the place and what is wrong."),
}


class Problem(exceptions.APIException):
    """An error with a code of its own. `more` are further members of the answer; `errors` name places.

    `location` is the address where what was asked for is now.
    """

    location = ""

    def __init__(self, status: int, code: str, detail: Any, *, errors: Any = (), **more: Any) -> None:
        super().__init__(detail=detail, code=code)
        self.status_code, self.code = status, code
        self.errors, self.more = list(errors), more

    @classmethod
    def parameter(cls, name: str, detail: Any, code: str = "invalid") -> Problem:
        """A query parameter that cannot be used."""
        return cls(400, "invalid", DETAILS["invalid"], errors=[{"parameter": name, "detail": detail, "code": code}])


def respond(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for our own faults under DEBUG, so that Django shows its page for developers."""
    request = context.get("request")
    problem = _problem_of(exception)
    if problem is None:
        if settings.DEBUG:
            return None
        log.error("API error at %s", getattr(request, "path", ""), exc_info=exception)
        got_request_exception.send(sender=type(context.get("view")), request=getattr(request, "_request", request))
        problem = Problem(500, "server_error", DETAILS["server_error"])
    set_rollback()
    return Response(
        body_of(problem), status=problem.status_code, headers=_headers(exception, context), content_type=CONTENT_TYPE
    )


def body_of(problem: Problem) -> dict[str, Any]:
    """The members of the answer."""
    body = {
        "type": TYPE + problem.code, "title": TITLES[problem.status_code], "status": problem.status_code,
        "detail": problem.detail, "code": problem.code,
    }  # fmt: skip
    return body | ({"errors": problem.errors} if problem.errors else {}) | problem.more


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Problem(400, "invalid", DETAILS["invalid"], errors=places(error.get_full_details()))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, NotAllowed):
        return Problem(422, "rule", str(error))
    if isinstance(error, JobError):
        return Problem(409, "not_now", str(error))
    for sort, status, code in (
        (Http404, 404, "not_found"),
        (PermissionDenied, 403, "permission_denied"),
        (StaleRecord, 409, "stale"),
        (AlreadyRunning, 409, "already_running"),
        (RequestDataTooBig, 413, "too_large"),
        (SuspiciousOperation, 400, "bad_request"),
    ):
        if isinstance(error, sort):
            return Problem(status, code, DETAILS[code])
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    code = str(error.get_codes())
    if code in {"authentication_failed", "error"}:
        code = "not_authenticated" if error.status_code == 401 else "bad_request"
    return Problem(error.status_code, code, DETAILS.get(code, error.detail))


def _headers(error: Exception, context: dict[str, Any]) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) or 1)  # type: ignore[attr-defined]
    if isinstance(error, Problem) and error.location:
        headers["Location"] = error.location
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return headers


def places(details: Any, way: str = "#") -> Iterator[dict[str, Any]]:
    """Each faulty place of a body as a JSON pointer with its sentence and code."""
    if isinstance(details, list):
        numbered = all(isinstance(one, dict) and "message" not in one for one in details)
        for place, one in enumerate(details):
            yield from places(one, f"{way}/{place}" if numbered else way)
    elif "message" in details and "code" in details and not isinstance(details["message"], (dict, list)):
        yield {"pointer": way, "detail": details["message"], "code": details["code"]}
    else:
        for name, inner in details.items():
            yield from places(inner, way if name == "non_field_errors" else f"{way}/{name}")
