"""Numbers of customers that were merged into another: they go on leading to him, and nobody gets them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Moved
from klantenbeheer.kernel.text import normalise

if TYPE_CHECKING:
    from .models import Customer

_IN = 900


class FormerNumber(models.Model):
    """The number of a merged customer. ``customer`` is who he is now, through further merges as well.

    ``former_id`` is the key that he had: history and evidence about him still carry it.
    """

    number = models.CharField(gettext_lazy("number"), max_length=20)
    former_id = models.BigIntegerField(unique=True)
    name = models.CharField(gettext_lazy("name"), max_length=200)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="former_numbers"
    )
    action = models.ForeignKey("audit.Action", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(Upper("number"), name="customers_former_number_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


def _by_number(key: Any) -> models.QuerySet[FormerNumber]:
    return FormerNumber.objects.annotate(key=Upper("number")).filter(key=key)


def _visible(actor: Actor) -> Any:
    customers: Any = FormerNumber._meta.get_field("customer").related_model
    return customers.objects.visible_to(actor)


def moved(actor: Actor, number: str) -> Moved | None:
    """Say where an old number leads to, when the actor may see that customer."""
    former = _by_number(number.upper()).first()
    if former is None:
        return None
    now = _visible(actor).filter(pk=former.customer_id).values_list("number", flat=True).first()
    if not now:
        return None
    text = _("%(former)s was merged with this customer, %(number)s.")
    return Moved(text % {"former": former, "number": now}, former=former.number, number=now)


def leading_to(numbers: Iterable[str]) -> dict[str, int]:
    """Give the customers (by key) that old numbers (in capitals) lead to; no such number is given out again."""
    keys, found = sorted({number.upper() for number in numbers}), {}
    for start in range(0, len(keys), _IN):
        keyed = FormerNumber.objects.annotate(key=Upper("number")).filter(key__in=keys[start : start + _IN])
        found.update(dict(keyed.values_list("key", "customer_id")))
    return found


def holders(number: Any) -> models.QuerySet[Any]:
    """Give whom an old number (in capitals, or an expression for it) leads to, as a subquery of keys."""
    return _by_number(number).values("customer_id")


def former_of(customer: Customer) -> list[FormerNumber]:
    """Give who was merged into this customer, through others as well. One query."""
    return list(FormerNumber.objects.filter(customer_id=customer.pk).order_by("pk"))


def keys_of(customer: Customer) -> list[int]:
    """Give the key of this customer and those of everybody merged into him. One query."""
    return [customer.pk, *(former.former_id for former in former_of(customer))]


def owners_of(keys: Iterable[int]) -> dict[int, int]:
    """Give who these keys stand for: the customer himself, or the one whom he was merged into. One query."""
    wanted = list(keys)
    found = {key: key for key in wanted}
    return found | dict(
        FormerNumber.objects.filter(former_id__in=wanted).values_list("former_id", "customer_id")
    )


def words_of(customer_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Give the old numbers as words to find customers by."""
    found: dict[int, list[str]] = {}
    rows = FormerNumber.objects.filter(customer_id__in=customer_ids).order_by("pk")
    for key, number in rows.values_list("customer_id", "number"):
        found.setdefault(key, []).append(normalise(number).replace(" ", ""))
    return found
