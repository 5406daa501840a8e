"""A program at work through a token: it reaches whom the owner of the token reaches, and signs as he does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.customers.services import customer_update
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts.tokens import token_create, token_verify
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Actor, Reach
from klantenbeheer.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_a_token_reaches_whom_its_owner_reaches_and_signs_as_he_does(
    people: dict[str, User], make_customer: Callable[..., Customer]
) -> None:
    seller = people["verkoop"]
    make_customer(number="K1")
    own = make_customer(number="K2", salesperson=seller)
    seller.roles.update(reach=Reach.OWN)
    tomorrow = timezone.localdate() + timedelta(days=1)
    _token, text = token_create(
        actor=User.objects.get(pk=seller.pk), name="Koppeling", scope="write", until=tomorrow
    )
    actor = token_verify(text)
    assert isinstance(actor, Actor)
    assert list(Customer.objects.visible_to(actor).values_list("number", flat=True)) == ["K2"]
    with pytest.raises(NotFound):
        customer_by_number(actor, "K1")
    customer_update(actor=actor, customer_id=own.pk, version=own.version, values={"phone": "030 2345678"})
    action = Action.objects.latest("pk")
    assert (action.user_id, action.actor_label) == (seller.pk, "Verkoop")
