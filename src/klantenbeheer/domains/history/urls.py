from __future__ import annotations

from django.urls import path

from . import views

app_name = "history"
urlpatterns = [
    path("undo/<int:action_id>/", views.undo, name="undo"),
    path("undo/<int:action_id>/<slug:kind>/<int:key>/", views.undo_one, name="undo_one"),
]
