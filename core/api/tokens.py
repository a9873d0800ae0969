"""Get a token for a user name and a password, see one's tokens, revoke them."""

from __future__ import annotations

from typing import Any, ClassVar

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api.errors import Problem
from core.api.models import ApiToken
from core.api.permissions import ANYONE, SIGNED_IN
from core.api.schema import TOKEN, TOKEN_WITH_TEXT
from core.api.services import MOST_DAYS, USUAL_DAYS, issue_token, revoke_tokens
from core.api.throttling import PerAddress
from core.api.values import role_of, unit_of
from core.api.viewsets import ApiViewSet
from core.codes.values import Values
from core.dates import today
from core.org.actor import assignments_of
from core.org.models import RoleAssignment, User


class TokenRequest(serializers.Serializer[Any]):
    """Who wants a token, in which role, what for and for how long."""

    username = serializers.CharField(max_length=60, label=_("user name"))
    password = serializers.CharField(max_length=128, trim_whitespace=False, label=_("password"))
    name = serializers.CharField(max_length=60, help_text=_("What the token is for, such as “payroll export”."))
    assignment = serializers.UUIDField(
        required=False,
        help_text=_("Which role it acts in; needed when the user holds several (the refusal lists them)."),
    )
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS, help_text=_("How long it lives.")
    )


@extend_schema(tags=[_("Tokens")])  # type: ignore[list-item]
class Tokens(ApiViewSet):
    """Tokens of the user who asks."""

    permissions: ClassVar = {"list": SIGNED_IN, "create": ANYONE, "destroy": SIGNED_IN}
    pagination_class = None
    refusals: ClassVar = {"create": (401,)}

    def get_authenticators(self) -> list[Any]:
        """A password needs nothing beside it: an old token in the header is no hindrance to a new one."""
        return [] if getattr(self.request, "method", "") == "POST" else super().get_authenticators()

    def get_throttles(self) -> list[Any]:
        return [PerAddress()] if self.action == "create" else super().get_throttles()

    @extend_schema(summary=_("My tokens"), responses={200: TOKEN})
    def list(self, request: Any) -> Response:
        now = timezone.now()
        rows: Any = list(
            ApiToken.objects.filter(user=request.user).live(now).select_related("assignment__unit").order_by("-id")
        )
        if request.actor is None:
            return Response([])
        self.values.prime(units=[token.assignment.unit_id for token in rows])
        return Response([token_row(self.values, token) | {"current": token == request.auth} for token in rows])

    @extend_schema(
        summary=_("Get a token"),
        description=_(
            "The text of the token is in this answer only. Too many wrong passwords lock the user out (429)."
        ),
        request=TokenRequest,
        responses={201: TOKEN_WITH_TEXT},
        auth=[],
    )
    def create(self, request: Any) -> Response:
        wanted = TokenRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        user = _user_of(request, given["username"], given["password"])
        assignment = _assignment_of(user, given.get("assignment"))
        token, text = issue_token(
            assignment=assignment, name=given["name"], days=given["days"], now=timezone.now(), on=today()
        )
        row = token_row(Values(None, today()), token)
        return Response({"token": text, **row}, status=201)

    @extend_schema(
        summary=_("Revoke a token"), responses={204: OpenApiResponse(description=_("It opens nothing any more."))}
    )
    def destroy(self, request: Any, id: Any) -> Response:  # noqa: A002 - the name in the address
        mine = ApiToken.objects.filter(user=request.user, public_id=id)
        if not revoke_tokens(mine, by=request.user, now=timezone.now()):
            raise Http404
        return Response(status=204)


def token_row(values: Values, token: ApiToken) -> dict[str, Any]:
    """A token as JSON, without its text."""
    assignment = token.assignment
    return {
        "id": str(token.public_id), "name": token.name, **role_row(values, assignment),
        "created_at": token.created_at.isoformat(), "expires_at": token.expires_at.isoformat(),
        "used_at": token.used_at.isoformat() if token.used_at else None,
    }  # fmt: skip


def role_row(values: Values, assignment: Any) -> dict[str, Any]:
    """The role and the unit of an assignment as JSON."""
    return {"role": role_of(assignment.role), "unit": unit_of(values, assignment.unit)}


def _user_of(request: Any, username: str, password: str) -> User:
    plain = request._request
    user = authenticate(plain, username=username, password=password)
    if getattr(plain, "axes_locked_out", False):
        plain.axes_locked_out = False  # our own answer, in the form of all others
        wait = int(get_cool_off(plain).total_seconds())
        raise Locked(wait)
    if user is None:
        raise Problem(401, "wrong_password", _("The user name or the password is wrong, or this user may not log in."))
    user_logged_in.send(sender=type(user), request=plain, user=user)
    return user


class Locked(Problem):
    """Too many wrong passwords."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            429, "locked_out", _("Too many wrong passwords. Wait as many seconds as the header Retry-After says.")
        )
        self.wait = wait


def _assignment_of(user: User, wanted: Any) -> RoleAssignment:
    held = list(assignments_of(user, today()))
    if wanted is not None:
        held = [one for one in held if one.public_id == wanted]
    if len(held) == 1:
        found: RoleAssignment = held[0]
        return found
    if not held:
        raise Problem(422, "no_role", _("This user does not hold that role today."))
    values = Values(None, today())
    listed = [{"assignment": str(one.public_id), **role_row(values, one)} for one in held]
    raise Problem(422, "choose_role", _("This user holds several roles; name one as “assignment”."), assignments=listed)
