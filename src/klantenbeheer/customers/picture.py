"""The customer's picture or logo (H5)."""

from __future__ import annotations

from typing import IO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.foundation.pictures.reencode import Crop
from klantenbeheer.foundation.pictures.services import picture_response, picture_store
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from . import selectors
from .models import Customer
from .permissions import CUSTOMERS
from .refreshing import refresh_derived
from .services import locked_customer, require_edit

# Shown at 56 pixels, sharp on a screen of four times the density and in the dialog.
SIDE = 256


def picture_set(
    *, actor: Actor, customer_id: int, seen: str, file: IO[bytes] | None, crop: Crop | None = None
) -> Customer:
    """Give the customer a picture, or with no file none; ``seen`` is the key of the one that the user looked at.

    Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``, ``StaleVersion``.
    """
    require_edit(actor)
    with acting(actor, "customer.picture"):
        customer = locked_customer(actor, customer_id)
        if customer.picture != seen:
            raise StaleVersion(current=customer, changes={})
        key = picture_store(file, side=SIDE, crop=crop) if file is not None else ""
        if key == customer.picture:
            return customer
        customer.picture = key
        customer.version += 1
        write([customer], new=False)
        refresh_derived(customer, actor=actor)
    return customer


def _crop(request: HttpRequest) -> Crop | None:
    """Read the square that the dialog sent; none when it could not draw one (no script, an unknown format)."""
    texts = [request.POST.get(f"crop_{part}", "") for part in ("left", "top", "length")]
    if not all(texts):
        return None
    try:
        left, top, length = (float(text) for text in texts)
    except ValueError:
        return None
    inside = 0 <= left <= 100 and 0 <= top <= 100 and 0 < length <= 1
    return Crop(left, top, length) if inside else None


@needs(CUSTOMERS, Level.EDIT)
def dialog(request: HttpRequest, number: str) -> HttpResponse:
    """The dialog of the picture: choose, drop or paste one, cut it, remove it."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    problems: list[str] = []
    is_stale = False
    if request.method == "POST":
        remove = request.POST.get("remove") == "1"
        file = request.FILES.get("picture")
        try:
            if file is None and not remove:
                raise InvalidInput({"picture": [_("Choose a picture first.")]})
            picture_set(
                actor=actor, customer_id=customer.pk, seen=request.POST.get("seen", ""),
                file=None if remove else file, crop=_crop(request),
            )  # fmt: skip
        except StaleVersion:
            is_stale = True
            customer.refresh_from_db(fields=["picture"])
            problems = [
                _(
                    "Somebody else changed the picture meanwhile: look at it, and save again if yours is to stay."
                )
            ]
        except InvalidInput as error:
            problems = [str(reason) for reasons in error.problems.values() for reason in reasons]
        else:
            response = htmx.redirect(request, f"/customers/{customer.number}/")
            return htmx.toast(response, _("Picture removed.") if remove else _("Picture saved."))
    context = {
        "customer": customer,
        "problems": problems,
        "is_stale": is_stale,
        "form_url": f"/customers/{customer.number}/picture",
    }
    return htmx.render(request, "customers/picture.html", context, status=422 if problems else 200)


@needs(CUSTOMERS)
@require_GET
def image(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """The picture itself; an address with another key than the customer's is of nobody."""
    customer = selectors.customer_by_number(actor_of(request), number)
    if key != customer.picture:
        raise Http404
    return picture_response(key)
