"""Passkeys (WebAuthn): what the browser is asked, and checking what it answers."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.errors import InvalidInput, Refused

from .factor import recovery_codes_first
from .models import Passkey

_STATE = "kb_passkey"
MOST = 20
_NAME_LENGTH = 60


def possible(request: HttpRequest) -> bool:
    """Say whether browsers do passkeys at this address: by name, and over HTTPS unless it is this machine."""
    host = _host(request)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host if host.endswith("]") else host.rsplit(":", 1)[0] if ":" in host else host


def _server(request: HttpRequest) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name="Klantenbeheer", id=_host(request))
    own = f"{request.scheme}://{request.get_host()}"
    return Fido2Server(entity, verify_origin=lambda origin: origin == own)


def _stored(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))


def refusal() -> Refused:
    """Give what is said of a passkey that does not fit; it does not tell why."""
    return Refused(_("The passkey was not accepted. Try again, or use another way."), code="passkey")


def ask_new(request: HttpRequest, user: User) -> dict[str, Any]:
    """Give what the browser needs to make a passkey, and keep the challenge in the session."""
    known = [_stored(one) for one in Passkey.objects.filter(user=user)]
    person = PublicKeyCredentialUserEntity(
        name=user.username, id=str(user.pk).encode(), display_name=str(user)
    )
    options, state = _server(request).register_begin(
        person, credentials=known, resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )  # fmt: skip
    request.session[_STATE] = state
    return dict(options)


def add(request: HttpRequest, user: User, name: str, answer: Mapping[str, Any]) -> list[str]:
    """Store a passkey that the browser made; gives the recovery codes when these are the first.

    Raises ``InvalidInput`` at ``name``, ``Refused`` for an answer that does not fit the question.
    """
    state = request.session.pop(_STATE, None)
    name = " ".join(name.split())
    if not name or len(name) > _NAME_LENGTH:
        raise InvalidInput({"name": [_("Give the passkey a name of at most 60 characters.")]})
    if state is None:
        raise refusal()
    try:
        made = _server(request).register_complete(state, answer)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refusal() from error
    if made.credential_data is None:
        raise refusal()
    with acting(user, "account.passkey", reason=name):
        if Passkey.objects.filter(user=user).count() >= MOST:
            raise Refused(_("You have twenty passkeys; remove one first."), code="too_many")
        key = websafe_encode(made.credential_data.credential_id)
        if Passkey.objects.filter(credential_id=key).exists():
            raise refusal()
        Passkey.objects.create(
            user=user, name=name, credential_id=key, credential=bytes(made.credential_data),
            sign_count=made.counter,
        )  # fmt: skip
        return recovery_codes_first(user)


def ask_known(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """Give what the browser needs to show a passkey: one of this user's, or, for nobody yet, any of this product.

    Without a password before it the authenticator must know its owner (PIN, finger, face).
    """
    known = [_stored(one) for one in Passkey.objects.filter(user=user)] if user else None
    needed = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    options, state = _server(request).authenticate_begin(known, user_verification=needed)
    request.session[_STATE] = state
    return dict(options)


def check(request: HttpRequest, user: User | None, answer: Mapping[str, Any]) -> User:
    """Give whose passkey this is. Raises ``Refused`` for a wrong, old, copied or somebody else's one.

    The challenge counts once, whatever comes of it.
    """
    state = request.session.pop(_STATE, None)
    if state is None:
        raise refusal()
    try:
        told = AuthenticationResponse.from_dict(answer)
        key = websafe_encode(told.raw_id)
        counter = told.response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refusal() from error
    found = Passkey.objects.select_related("user").filter(credential_id=key, user__is_active=True).first()
    if found is None or (user is not None and found.user_id != user.pk):
        raise refusal()
    try:
        _server(request).authenticate_complete(state, [_stored(found)], answer)
    except (ValueError, TypeError, KeyError) as error:
        raise refusal() from error
    # An authenticator that counts never counts back: a lower number is a copy of it.
    if (counter or found.sign_count) and counter <= found.sign_count:
        raise refusal()
    moved = Passkey.objects.filter(pk=found.pk, sign_count=found.sign_count)
    if not moved.update(sign_count=counter, used_at=timezone.now()):
        raise refusal()
    return found.user
