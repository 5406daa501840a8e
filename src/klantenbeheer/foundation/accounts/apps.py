from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "klantenbeheer.foundation.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page

        from . import jobs, mail, undoing

        jobs.register()
        undoing.register()
        register_place(Place(r"/(account|password|sign-in|forgot|reset|invitation)/", "account", 40))
        register_place(Place(r"/settings/(accounts|sign-ins|invitations|outbox)/", "accounts", 30))
        right = "administration"
        register_settings_page(
            SettingsPage(
                "accounts", _("Accounts and second factor"), "/settings/accounts/", 60, right,
                _("Who is signed in where, what protects each account, and which roles ask for a second factor."),
            )
        )  # fmt: skip
        register_settings_page(
            SettingsPage(
                "invitations", _("Invitations"), "/settings/invitations/", 61, right,
                _("Colleagues who make their own account behind a link by mail."),
                makes=_("Invitation"), makes_when=mail.is_set_up,
            )
        )  # fmt: skip
        register_settings_page(
            SettingsPage(
                "sign_ins", _("Log of sign-ins"), "/settings/sign-ins/", 62, right,
                _("Every sign-in, refusal and lock-out, with place and device."),
            )
        )  # fmt: skip
        if mail.is_outbox():
            register_settings_page(
                SettingsPage(
                    "outbox", _("Outbox"), "/settings/outbox/", 63, right,
                    _("The mails of this demonstration: they are kept here and go nowhere."),
                )
            )  # fmt: skip
