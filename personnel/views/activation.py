"""Opening the account of one's own file with a slip, without a login. Whatever is wrong is answered alike."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.api.throttling import PerAddress
from core.dates import today
from core.org.errors import NotAllowed
from core.org.models import User
from core.parameters.selectors import at
from core.web import webauthn
from core.web.pages.strangers import StrangersPage
from core.web.views.passkeys import BACKEND, NO_PASSKEY, PasskeyForm
from personnel.forms.slips import ChooseForm, ProofForm
from personnel.models import ActivationSlip
from personnel.rules import Activation
from personnel.selectors.slips import free_username
from personnel.services import slips

# What a browser that proved a slip is remembered by, and for how many seconds.
PROOF: Final = "activation"
SECONDS: Final = 15 * 60
LONGEST_CODE: Final = 40
TOO_OFTEN: Final = gettext_lazy("Too many tries came from here. Wait a minute and try again.")


class PerActivation(PerAddress):
    """Tries to open an account with a slip."""

    scope = "activate"


class Activate(StrangersPage):
    """Asks for the code of the slip, the name and the number of the identity document."""

    name = "activate"
    route = "activate/"
    title = gettext_lazy("Open my account")
    template = "personnel/activate.html"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown(ProofForm(initial={"code": request.GET.get("code", "")[:LONGEST_CODE]}))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        throttle = PerActivation()
        if not throttle.allow_request(request, self):
            response = self.shown(ProofForm(), problem=TOO_OFTEN, status=429)
            response.headers["Retry-After"] = str(int(throttle.wait() or 60))
            return response
        form = ProofForm(request.POST)
        if not form.is_valid():
            return self.shown(form, status=422)
        slip = slips.prove(**form.cleaned_data)
        if slip is None:
            # Neither name nor number comes back, so that the answer is the same for everybody.
            return self.shown(
                ProofForm(initial={"code": form.cleaned_data["code"]}), problem=self._refused(), status=422
            )
        request.session.cycle_key()
        request.session[PROOF] = {"slip": slip.pk, "at": timezone.now().timestamp()}
        return HttpResponseRedirect(reverse("activate_choose"))

    def _refused(self) -> str:
        said = {"tries": at(Activation, today()).tries}
        return (
            _(
                "These three do not belong together, or the slip does not count any more. Compare each sign with the slip and with your "
                "identity document. After %(tries)s wrong tries a slip is locked. Your school hands out a new one."
            )
            % said
        )


class ActivateChoose(StrangersPage):
    """Asks for user name and password, opens the account, and leads to the own file."""

    name = "activate_choose"
    route = "activate/choose/"
    title = gettext_lazy("How do you log in from now on?")
    template = "personnel/activate_choose.html"

    @cached_property
    def slip(self) -> ActivationSlip | None:
        """The slip that this browser proved a moment ago, while it counts."""
        proof = self.request.session.get(PROOF) or {}
        fresh = timezone.now().timestamp() - proof.get("at", 0) < SECONDS
        return slips.still_open(proof["slip"]) if fresh else None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.slip is None:
            request.session.pop(PROOF, None)
            return HttpResponseRedirect(reverse("activate"), headers={"Cache-Control": "no-store, private"})
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> ChooseForm:
        """The form for the account that there is, or for a new one."""
        return ChooseForm(self.holder, data=data, initial={"username": self.holder.username})

    @property
    def holder(self) -> User:
        """The account that is let in anew, or one that is not there yet."""
        assert self.slip is not None  # noqa: S101 - `dispatch` led everybody else away
        teacher = self.slip.teacher
        return teacher.user or User(name=teacher.name, username=free_username(teacher))

    def context(self) -> dict[str, Any]:
        return {
            "slip": self.slip,
            "passkey_form": PasskeyForm(),
            "options": webauthn.begin_adding(self.request, self.holder),
        }

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown(self.form())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self._by_passkey(request) if "credential" in request.POST else self._by_password(request)

    def _by_password(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.shown(form, status=422)
        data = form.cleaned_data
        try:
            return self._opened(request, username=data["username"], password=data["new_password1"])
        except NotAllowed as error:
            form.add_error(error.field, str(error))
            return self.shown(form, status=422)

    def _by_passkey(self, request: HttpRequest) -> HttpResponse:
        form = PasskeyForm(request.POST)
        made = webauthn.complete_adding(request, request.POST["credential"])
        if not form.is_valid() or made is None:
            problem = NO_PASSKEY if made is None else ""
            return self.shown(self.form(), passkey_form=form, problem=problem, status=422)
        passkey = slips.NewPasskey(form.cleaned_data["name"], *made)
        try:
            return self._opened(request, username=self.holder.username, passkey=passkey)
        except NotAllowed as error:
            return self.shown(self.form(), passkey_form=form, problem=str(error), status=422)

    def _opened(self, request: HttpRequest, **chosen: Any) -> HttpResponse:
        """The account, opened by what was chosen; what can be chosen otherwise is `NotAllowed` with its field."""
        assert self.slip is not None  # noqa: S101 - `dispatch` led everybody else away
        try:
            user = slips.activate(slip=self.slip.pk, **chosen)
        except NotAllowed as error:
            if error.field:
                raise
            request.session.pop(PROOF, None)
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("activate"))
        return entered(request, user)


def entered(request: HttpRequest, user: User) -> HttpResponse:
    """Log the holder of a fresh account in, and lead them to their own file."""
    request.session.pop(PROOF, None)
    login(request, user, backend=BACKEND)
    messages.success(
        request, _("The account is yours. From now on you log in as “%(username)s”.") % {"username": user.username}
    )
    return HttpResponseRedirect(reverse("me"))
