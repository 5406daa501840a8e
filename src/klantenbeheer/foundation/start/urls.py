from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.start, name="start"),
    path("start/<slug:key>/", views.block, name="start_block"),
]
