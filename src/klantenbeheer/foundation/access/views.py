"""Signing in and out, and the own password."""

from __future__ import annotations

from django.contrib.auth import views as auth_views
from django.urls import reverse_lazy

from .forms import ChangePasswordForm, SignInForm
from .guard import public, signed_in

sign_in = public(
    auth_views.LoginView.as_view(
        template_name="access/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
    )
)
sign_out = public(auth_views.LogoutView.as_view())
password = signed_in(
    auth_views.PasswordChangeView.as_view(
        template_name="access/password.html",
        form_class=ChangePasswordForm,
        success_url=reverse_lazy("access:password_done"),
    )
)
password_done = signed_in(
    auth_views.PasswordChangeDoneView.as_view(template_name="access/password_done.html")
)
