from __future__ import annotations

from django.urls import path

from . import managing, sign_in_views, token_views, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in_views.sign_in, name="sign_in"),
    path("sign-in/second/", sign_in_views.second, name="second"),
    path("sign-in/passkey/ask/", sign_in_views.passkey_ask, name="passkey_ask"),
    path("sign-in/passkey/", sign_in_views.passkey_sign_in, name="passkey_sign_in"),
    path("sign-out/", sign_in_views.sign_out, name="sign_out"),
    path("forgot/", sign_in_views.forgot, name="forgot"),
    path("reset/<str:token>/", sign_in_views.reset, name="reset"),
    path("invitation/<str:token>/", sign_in_views.accept, name="accept"),
    path("password/", views.password, name="password"),
    path("account/", views.profile, name="profile"),
    path("account/edit/", views.profile_edit, name="profile_edit"),
    path("account/look/", views.look, name="look"),
    path("account/confirm/", views.confirm, name="confirm"),
    path("account/security/", views.security, name="security"),
    path("account/security/app/", views.app, name="app"),
    path("account/security/app/remove/", views.app_remove, name="app_remove"),
    path("account/security/codes/", views.recovery_codes, name="recovery_codes"),
    path("account/security/passkeys/ask/", views.passkey_ask, name="own_passkey_ask"),
    path("account/security/passkeys/", views.passkey_add, name="passkey_add"),
    path("account/security/passkeys/<int:key>/remove/", views.passkey_remove, name="passkey_remove"),
    path("account/sessions/", views.session_list, name="sessions"),
    path("account/sessions/end/", views.session_end, name="session_end"),
    path("account/tokens/", token_views.token_list, name="tokens"),
    path("account/tokens/new/", token_views.token_new, name="token_new"),
    path("account/tokens/<int:key>/revoke/", token_views.token_revoke, name="token_revoke"),
    path("account/sign-ins/", views.sign_ins, name="sign_ins"),
    path("settings/accounts/", managing.accounts, name="accounts"),
    path("settings/accounts/second-factor/", managing.rules_save, name="rules_save"),
    path("settings/accounts/<int:user_id>/", managing.account, name="account"),
    path("settings/accounts/<int:user_id>/sessions/", managing.account_sessions, name="account_sessions"),
    path(
        "settings/accounts/<int:user_id>/tokens/<int:key>/revoke/",
        token_views.account_token_revoke,
        name="account_token_revoke",
    ),
    path("settings/accounts/<int:user_id>/second-factor/", managing.account_factor, name="account_factor"),
    path("settings/sign-ins/", managing.sign_ins, name="all_sign_ins"),
    path("settings/invitations/", managing.invitation_list, name="invitations"),
    path("settings/invitations/new/", managing.invitation_new, name="invitation_new"),
    path("settings/invitations/<int:key>/again/", managing.invitation_again, name="invitation_again"),
    path(
        "settings/invitations/<int:key>/withdraw/", managing.invitation_withdraw, name="invitation_withdraw"
    ),
    path("settings/outbox/", managing.outbox, name="outbox"),
]
