"""Writing territories, their rules and who sells there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.permissions import DELETE, require_delete
from klantenbeheer.customers.services import customer_update, require_edit
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Audited, remove, write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.postcodes import PostcodeRangeError, postcode_range
from klantenbeheer.kernel.text import clean

from . import selectors
from .deciding import Tree
from .handing import Spell as Spell
from .handing import spells_hand_over as spells_hand_over
from .handing import spells_of as spells_of
from .models import TerritoryOffer, TerritoryRule, TerritoryStaff
from .permissions import TERRITORIES
from .remark import changed


def require_territories(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may change territories."""
    if not actor.may(TERRITORIES, Level.EDIT):
        raise NotAllowed(_("You may not change territories."), right=TERRITORIES)


def may_delete(actor: Actor) -> bool:
    """Say whether the actor may delete territories and what belongs to them."""
    return actor.may(TERRITORIES, Level.EDIT) and actor.may(DELETE, Level.EDIT)


def _locked(model: type[Audited], key: int, version: int | None, changes: Mapping[str, Any]) -> Any:
    record: Any = model.objects.select_for_update().filter(pk=key).first()
    if record is None:
        raise NotFound(_("This does not exist any more."))
    if version is not None and record.version != version:
        raise StaleVersion(current=record, changes=changes)
    return record


def _store(record: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        setattr(record, key, value)
    record.version += 1
    write([record], new=False)


# -- the tree -------------------------------------------------------------------------------------------------------


def _clean_territory(values: Mapping[str, Any], but: int | None) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    code, name = clean(str(values.get("code") or "")), clean(str(values.get("name") or ""))
    parent: Territory | None = values.get("parent")
    if not code:
        problems["code"] = [_("A territory needs a code.")]
    elif len(code) > 20:
        problems["code"] = [
            _("The code has %(length)d characters; at most %(most)d fit.") % {"length": len(code), "most": 20}
        ]
    elif Territory.objects.annotate(key=Upper("code")).filter(key=code.upper()).exclude(pk=but or 0).exists():
        problems["code"] = [_("There is a territory “%(value)s” already.") % {"value": code}]
    if not name:
        problems["name"] = [_("A territory needs a name.")]
    elif len(name) > 80:
        problems["name"] = [
            _("The name has %(length)d characters; at most %(most)d fit.") % {"length": len(name), "most": 80}
        ]
    if parent is not None and but is not None:
        # Under a lock on all of them: two moves at once could each be right and make a ring together.
        regions = Tree(Territory.objects.select_for_update().order_by("pk"))
        if parent.pk == but:
            problems["parent"] = [_("“%(value)s” cannot be part of itself.") % {"value": parent}]
        elif parent.pk in regions.within(but):
            problems["parent"] = [
                _("“%(value)s” lies within this territory; it cannot be around it too.") % {"value": parent}
            ]
    if problems:
        raise InvalidInput(problems)
    return {"code": code, "name": name, "parent": parent}


def territory_create(*, actor: Actor, values: Mapping[str, Any]) -> Territory:
    """Make a territory. Raises ``InvalidInput``, ``NotAllowed``."""
    require_territories(actor)
    with acting(actor, "territory.create"):
        changed()
        territory = Territory(**_clean_territory(values, None))
        write([territory], new=True)
    return territory


def territory_update(
    *, actor: Actor, territory_id: int, version: int, values: Mapping[str, Any]
) -> Territory:
    """Change a territory or move it in the tree.

    Raises ``InvalidInput`` also when it would come to lie within itself, ``StaleVersion``, ``NotAllowed``.
    """
    require_territories(actor)
    with acting(actor, "territory.update"):
        changed()
        territory: Territory = _locked(Territory, territory_id, version, values)
        _store(territory, _clean_territory(values, territory_id))
    return territory


def territory_delete(*, actor: Actor, territory_id: int) -> None:
    """Delete a territory that nothing hangs on; its rules and salespersons go with it.

    Raises ``Refused`` while it has customers or regions within it: they would vanish from view.
    """
    require_territories(actor)
    require_delete(actor)
    with acting(actor, "territory.delete"):
        changed()
        territory = _locked(Territory, territory_id, None, {})
        customers = Customer.objects.filter(territory=territory).count()
        if customers:
            text = _("“%(value)s” has %(count)d customers. Move them to another territory first.")
            raise Refused(text % {"value": territory, "count": customers}, code="in_use")
        children = [str(child) for child in territory.children.all()[:5]]
        if children:
            text = _("“%(value)s” has regions in it: %(regions)s. Move or delete those first.")
            raise Refused(text % {"value": territory, "regions": ", ".join(children)}, code="in_use")
        remove(list(territory.rules.all()))
        remove(list(territory.staff.all()))
        remove([territory])


# -- where it lies --------------------------------------------------------------------------------------------------


def _clean_rule(territory_id: int, values: Mapping[str, Any], but: int | None) -> dict[str, Any]:
    country = str(values.get("country") or "").upper()
    if len(country) != 2 or country_name(country, "nl") == country:
        raise InvalidInput({"country": [_("“%(value)s” is no known country.") % {"value": country}]})
    try:
        found = postcode_range(country, str(values.get("low_text") or ""), str(values.get("high_text") or ""))
    except PostcodeRangeError as error:
        raise InvalidInput({f"{error.field}_text": [str(error)]}) from error
    same = TerritoryRule.objects.filter(
        territory_id=territory_id, country=country, low=found.low, high=found.high
    ).exclude(pk=but or 0)
    if same.exists():
        raise InvalidInput({"low_text": [_("This territory has this rule already.")]})
    return {
        "country": country, "low_text": found.low_text, "high_text": found.high_text, "low": found.low,
        "high": found.high,
    }  # fmt: skip


def rule_create(*, actor: Actor, territory_id: int, values: Mapping[str, Any]) -> TerritoryRule:
    """Give a territory a country or a stretch of postcodes.

    Raises ``InvalidInput`` at ``country``, ``low_text`` or ``high_text``: no such country, no beginning of a postcode
    of that country, upside down, double.
    """
    require_territories(actor)
    with acting(actor, "territory.rule"):
        territory = _locked(Territory, territory_id, None, {})
        rule = TerritoryRule(territory=territory, **_clean_rule(territory_id, values, None))
        write([rule], new=True)
    return rule


def rule_update(*, actor: Actor, rule_id: int, version: int, values: Mapping[str, Any]) -> TerritoryRule:
    """Change a rule; raises as :func:`rule_create`, and ``StaleVersion``."""
    require_territories(actor)
    with acting(actor, "territory.rule"):
        rule: TerritoryRule = _locked(TerritoryRule, rule_id, version, values)
        _store(rule, _clean_rule(rule.territory_id, values, rule_id))
    return rule


# -- who sells there ------------------------------------------------------------------------------------------------


def staff_at_that_time(territory_id: int, since: date, until: date | None) -> QuerySet[TerritoryStaff]:
    """Give who sells in a territory on a day of this period."""
    rows: QuerySet[TerritoryStaff] = TerritoryStaff.objects.filter(
        Q(until__isnull=True) | Q(until__gte=since), territory_id=territory_id
    )
    return rows.filter(since__lte=until) if until else rows


def _clean_staff(territory_id: int, values: Mapping[str, Any], but: int | None) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    salesperson: User | None = values.get("salesperson")
    deputy: User | None = values.get("deputy")
    since: date | None = values.get("since")
    until: date | None = values.get("until")
    if salesperson is None:
        problems["salesperson"] = [_("Choose who sells here.")]
    elif deputy == salesperson:
        problems["deputy"] = [_("“%(value)s” cannot stand in for himself.") % {"value": deputy}]
    if since is None:
        problems["since"] = [_("Say from when.")]
    elif until and until < since:
        problems["until"] = [
            _("The end %(until)s lies before the begin %(since)s.")
            % {"until": until.strftime("%d-%m-%Y"), "since": since.strftime("%d-%m-%Y")}
        ]
    else:
        rows = staff_at_that_time(territory_id, since, until)
        other = rows.exclude(pk=but or 0).select_related("salesperson").first()
        if other is not None:
            problems["since"] = [
                _("%(name)s sells here in that time already (from %(since)s). End that first.")
                % {"name": other.salesperson, "since": other.since.strftime("%d-%m-%Y")}
            ]
    if problems:
        raise InvalidInput(problems)
    return {"salesperson": salesperson, "deputy": deputy, "since": since, "until": until}


def staff_create(*, actor: Actor, territory_id: int, values: Mapping[str, Any]) -> TerritoryStaff:
    """Say who sells in a territory from when until when.

    Raises ``InvalidInput``: nobody, the deputy is the same, the end before the begin, somebody else at that time.
    """
    require_territories(actor)
    with acting(actor, "territory.staff"):
        changed()
        territory = _locked(Territory, territory_id, None, {})
        staff = TerritoryStaff(territory=territory, **_clean_staff(territory_id, values, None))
        write([staff], new=True)
    return staff


def staff_update(*, actor: Actor, staff_id: int, version: int, values: Mapping[str, Any]) -> TerritoryStaff:
    """Change who sells in a territory; raises as :func:`staff_create`, and ``StaleVersion``."""
    require_territories(actor)
    with acting(actor, "territory.staff"):
        changed()
        staff: TerritoryStaff = _locked(TerritoryStaff, staff_id, version, values)
        _store(staff, _clean_staff(staff.territory_id, values, staff_id))
    return staff


PARTS: dict[str, type[TerritoryRule] | type[TerritoryStaff]] = {
    "rules": TerritoryRule,
    "staff": TerritoryStaff,
}


def part_delete(*, actor: Actor, part: str, key: int) -> int:
    """Delete a rule or a salesperson's time; gives the territory's key."""
    require_territories(actor)
    require_delete(actor)
    with acting(actor, f"territory.{part}.delete"):
        changed()
        record = _locked(PARTS[part], key, None, {})
        remove([record])
    return int(record.territory_id)


# -- one customer ---------------------------------------------------------------------------------------------------


def place_changed(customer: Customer) -> None:
    """Remember what the rules say of a customer who moved, when it is another territory than his."""
    TerritoryOffer.objects.filter(customer=customer).delete()
    if customer.territory_id is None or not customer.country:
        return
    decision = selectors.decision_for(customer.country, customer.postcode_key)
    if decision.rule and decision.rule.territory_id != customer.territory_id:
        TerritoryOffer.objects.create(
            customer=customer, territory_id=decision.rule.territory_id, instead_of_id=customer.territory_id
        )


def offer_take(*, actor: Actor, customer: Customer, version: int) -> Customer:
    """Give a customer the territory that the rules offer, and who sells there when he has no salesperson.

    Raises ``Refused`` when nothing is offered any more, and as ``customer_update``.
    """
    offered = selectors.offer_for(customer)
    if offered is None:
        raise Refused(_("Nothing is offered any more; reload the page."), code="no_offer")
    values: dict[str, Any] = {"territory": offered.territory}
    if customer.salesperson_id is None:
        person = selectors.salesperson_of(offered.territory.pk)
        if person is not None:
            values["salesperson"] = person
    updated = customer_update(actor=actor, customer_id=customer.pk, version=version, values=values)
    TerritoryOffer.objects.filter(customer=customer).delete()
    return updated


def offer_leave(*, actor: Actor, customer: Customer) -> None:
    """Leave a customer who moved in the territory he is in. Raises ``NotAllowed``."""
    require_edit(actor)
    TerritoryOffer.objects.filter(customer=customer).delete()
