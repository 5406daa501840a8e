"""What can be opened and done on every page: read from the registries of applications, settings pages and actions."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.ui.navigation import applications_for
from klantenbeheer.foundation.ui.settings_pages import settings_pages

from .registry import ACTIONS, Action, Asked, Entry, Mode, Source, register_action, register_source


def _actions(asked: Asked) -> list[Entry]:
    made = [
        Entry(
            f"new.{one.key}",
            _("New: %(kind)s") % {"kind": one.makes},
            f"{one.url}new/",
            "add",
            dialog=True,
            words=_("add"),
        )
        for one in settings_pages(asked.actor)
        if one.makes and one.makes_when()
    ]
    return made + [one.entry for one in ACTIONS if not one.page and one.is_for(asked.actor)]


def _pages(asked: Asked) -> Sequence[Entry]:
    found = [
        Entry(f"application.{one.key}", one.label, one.url, "chevron-right")
        for one in applications_for(asked.actor)
    ]
    found += [one.entry for one in ACTIONS if one.page and one.is_for(asked.actor)]
    found += [
        Entry(f"settings.{one.key}", one.label, one.url, "settings", detail=_("Settings"), words=one.help)
        for one in settings_pages(asked.actor)
    ]
    return found


def _here(asked: Asked) -> list[Entry]:
    """Give what stands on the page itself: who may press it there, may here, for the page has nothing else."""
    return [
        Entry(f"here.{place}", label, url, "chevron-right", press=f"here:{place}")
        for place, (label, url) in enumerate(asked.here)
        if label
    ]


def register() -> None:
    """Register the groups, and the actions of the app bar: the palette presses what stands there."""
    both = frozenset({Mode.ALL, Mode.ACTIONS})
    register_source(Source("here", _("On this page"), 15, _here, both, yields=True))
    register_source(Source("actions", _("Actions"), 20, _actions, both))
    register_source(Source("pages", _("Pages"), 30, _pages, both))
    themes = (("system", _("Theme: as the system")), ("light", _("Theme: light")), ("dark", _("Theme: dark")))
    for place, (key, label) in enumerate(themes):
        icon = {"system": "system", "light": "sun", "dark": "moon"}[key]
        entry = Entry(
            f"theme.{key}",
            label,
            icon=icon,
            press=f'.app-bar [data-theme-choice="{key}"]',
            words=_("colours display"),
        )
        register_action(Action(entry, 80 + place))
    leave = Entry(
        "sign_out",
        _("Sign out"),
        icon="sign-out",
        press='.app-bar form[action$="sign-out/"] button',
        words=_("log off stop"),
    )
    register_action(Action(leave, 99))
    handbook = Entry(
        "help", _("Handbook of this page"), icon="help", press="#help", hint="?", words=_("help manual")
    )
    register_action(Action(handbook, 70))
    settings = Entry("settings", _("Settings"), "/settings/", "settings")
    register_action(Action(settings, 60, page=True, when=lambda actor: bool(settings_pages(actor))))
    register_action(
        Action(Entry("handbook", _("Handbook"), "/handbook/", "help", words=_("help manual")), 70, page=True)
    )
    keys = Entry(
        "handbook.keys", _("Sheet of all keys"), "/handbook/keys/", "key", words=_("shortcuts keyboard")
    )
    register_action(Action(keys, 71, page=True))
    password = Entry("password", _("Change password"), "/password/", "key")
    register_action(Action(password, 75, page=True))
    own = (
        ("account", _("My account"), "/account/", "user", _("profile language density time zone")),
        (
            "account.security",
            _("Second factor"),
            "/account/security/",
            "lock",
            _("passkey app recovery codes"),
        ),
        ("account.sessions", _("Sessions"), "/account/sessions/", "lock", ""),
        ("account.tokens", _("API tokens"), "/account/tokens/", "key", _("program")),
        ("account.sign_ins", _("Sign-ins"), "/account/sign-ins/", "history", ""),
    )
    for place, (key, label, url, icon, words) in enumerate(own):
        detail = _("My account") if place else ""
        register_action(
            Action(Entry(key, label, url, icon, detail=detail, words=words), 76 + place, page=True)
        )
    yourself = Entry("seeing.end", _("Look as yourself again"), icon="eye", press=".seeing button")
    register_action(Action(yourself, 1, when=lambda actor: getattr(actor, "seen_as", None) is not None))
    register_action(Action(Entry("start", _("Start page"), "/", "building", words=_("home")), 5, page=True))
