"""What every request passes: as whom one looks, the user's language, and the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from klantenbeheer.foundation.ui import errors, htmx
from klantenbeheer.kernel.errors import NotAllowed

from . import seeing
from .guard import Guard
from .models import User


class SeenAs:
    """Lets a manager who looks at the product as a role look with that role's rights."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if seeing.KEY in request.session and isinstance(request.user, User):
            seeing.look(request, request.user)
        return self.get_response(request)


class UserLocale:
    """Speaks the language of the signed-in user; before signing in, the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = user.language if isinstance(user, User) else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.setdefault("Content-Language", language)
        return response


class Gate:
    """Refuses what the view's declaration does not allow; a view without one is never served."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            # Pages hold customers' data: a shared computer's back button must not show them after signing out.
            response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if "\0" in request.path or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            raise BadRequest("NUL in the address")  # PostgreSQL would answer it with an error
        guard = getattr(view, "guard", None)
        if not isinstance(guard, Guard):
            raise ImproperlyConfigured(f"{view!r} declares no guard")
        if guard.public:
            return None
        if not isinstance(request.user, User):
            if getattr(request, "htmx", False):
                return self._signed_out(request)
            return redirect_to_login(request.get_full_path())
        if guard.right and not request.user.may(guard.right, guard.level_for(request.method)):
            raise PermissionDenied(guard.right)
        if (
            request.user.seen_as
            and request.method not in ("GET", "HEAD", "OPTIONS")
            and not guard.while_seeing
        ):
            refusal = NotAllowed(
                _("You see the product as “%(role)s”; nothing is changed meanwhile. End that first.")
                % {"role": request.user.seen_as}
            )
            return errors.answer(request, "ui/refused.html", 403, {"error": refusal})
        return None

    @staticmethod
    def _signed_out(request: HttpRequest) -> HttpResponse:
        """Send a reader to the sign-in page; who is saving something stays where it stands and is told."""
        response = HttpResponse(status=401)
        if request.method in ("GET", "HEAD"):
            response["HX-Redirect"] = "/sign-in/"
            return response
        response["HX-Reswap"] = "none"
        message = _(
            "You were signed out. Sign in again in another tab, and save again: what you typed is still here."
        )
        return htmx.toast(response, message, tone="danger")
