"""What browsers and this site say to each other about passkeys (WebAuthn), by fido2. The challenge lies in the session and counts once."""

from __future__ import annotations

import json
import secrets
import struct
from typing import Any, Final

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.org.models import Passkey, User

NAME: Final = "师档"
ADDING, ENTERING = "passkey_adding", "passkey_entering"
LONGEST: Final = 8000
# Bytes by which a device tells accounts apart that have no number yet.
HANDLE: Final = 32
# What a text or bytes of any shape make the reading of them raise.
WRONG: Final = (ValueError, TypeError, AttributeError, LookupError, RecursionError, struct.error)


def _server(request: Any) -> Fido2Server:
    """For the very address under which the browser knows this site."""
    host = request.get_host()
    origin = f"{request.scheme}://{host}"
    entity = PublicKeyCredentialRpEntity(name=NAME, id=host.partition(":")[0])
    return Fido2Server(entity, verify_origin=lambda said: said == origin)


def begin_adding(request: Any, user: User) -> str:
    """What the browser is asked to make a passkey for a user with, as JSON; the account may be one that is about to be opened."""
    known = [AttestedCredentialData(bytes(one.credential)) for one in Passkey.objects.filter(user=user.pk)]
    handle = str(user.pk).encode() if user.pk is not None else secrets.token_bytes(HANDLE)
    entity = PublicKeyCredentialUserEntity(id=handle, name=user.username, display_name=user.name)
    options, state = _server(request).register_begin(
        entity, known, resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    request.session[ADDING] = state
    return json.dumps(dict(options))


def complete_adding(request: Any, said: str) -> tuple[bytes, bytes] | None:
    """The id and the data of the passkey that the browser made; None for anything else than the answer to the last question."""
    state = request.session.pop(ADDING, None)
    if state is None or len(said) > LONGEST:
        return None
    try:
        made = _server(request).register_complete(state, json.loads(said)).credential_data
    except WRONG:
        return None
    return (made.credential_id, bytes(made)) if made is not None else None


def begin_entering(request: Any) -> str:
    """What the browser is asked to log somebody in with, whoever it is, as JSON."""
    options, state = _server(request).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    request.session[ENTERING] = state
    return json.dumps(dict(options))


def complete_entering(request: Any, said: str) -> Passkey | None:
    """The passkey with which the last question was answered, of a user who may log in; None for anything else."""
    state = request.session.pop(ENTERING, None)
    if state is None or len(said) > LONGEST:
        return None
    try:
        answer = AuthenticationResponse.from_dict(json.loads(said))
        found = Passkey.objects.select_related("user").filter(key_id=answer.raw_id, user__is_active=True).first()
        if found is None:
            return None
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(found.credential))], answer)
    except WRONG:
        return None
    return found
