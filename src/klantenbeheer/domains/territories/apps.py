from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoriesConfig(AppConfig):
    name = "klantenbeheer.domains.territories"
    label = "territories"
    verbose_name = _("Territories")

    def ready(self) -> None:
        from klantenbeheer.card.offers import register_offer
        from klantenbeheer.customers import display, merging
        from klantenbeheer.customers.derive import on_place_changed
        from klantenbeheer.customers.importing.parts import FOLLOWERS
        from klantenbeheer.customers.permissions import CUSTOMERS
        from klantenbeheer.customers.reach import register_territories
        from klantenbeheer.foundation.access.explaining import register_reach
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.palette.registry import Action, Entry, register_action
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application
        from klantenbeheer.kernel.actors import Level

        from . import jobs, offers, permissions, remark, selectors, services, undoing
        from .models import TerritoryOffer

        permissions.register()
        # An offer follows from the address; the survivor gets one anew when he comes to lie elsewhere.
        merging.register(
            merging.Belonging(
                "territories.territoryoffer", _("Offered territories"), permissions.TERRITORIES, 55,
                lambda one: merging.drop_rows(TerritoryOffer, one), counted=False,
                undo=lambda one: merging.undo_dropped(TerritoryOffer, one),
            )
        )  # fmt: skip
        jobs.register()
        undoing.register()
        APPLICATIONS.register(
            Application("territories", _("Territories"), "/territories/", 30, permissions.TERRITORIES)
        )
        register_place(Place(r"/territories/", "territories", 40))
        new = Entry("territories.new", _("New territory"), "/territories/new/", "add", dialog=True)
        register_action(Action(new, 30, permissions.TERRITORIES, Level.EDIT))
        assign = Entry(
            "territories.assign",
            _("Assign by the rules"),
            "/territories/assign/",
            "users",
            dialog=True,
            words=_("territory"),
        )
        may_move = lambda actor: actor.may(CUSTOMERS, Level.EDIT)  # noqa: E731 - one line
        register_action(Action(assign, 31, permissions.TERRITORIES, Level.EDIT, when=may_move))
        report = Entry(
            "territories.report",
            _("Overlaps and gaps"),
            "/territories/report/",
            "filter",
            words=_("territory"),
        )
        register_action(Action(report, 32, permissions.TERRITORIES, page=True))
        register_offer(offers.offer)
        display.register_remark("salesperson", remark.remark)
        on_place_changed(services.place_changed)
        register_reach(selectors.held_lines)
        register_territories(selectors.keys_held_by)
        FOLLOWERS.append(offers.after_import)
