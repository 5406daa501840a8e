from __future__ import annotations

from django.urls import path

from . import views

app_name = "handbook"
urlpatterns = [
    path("", views.page, name="contents"),
    path("at", views.at, name="at"),
    path("<slug:key>/", views.page, name="page"),
]
