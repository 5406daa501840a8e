from __future__ import annotations

from django.urls import path

from . import views

app_name = "leaving"
urlpatterns = [
    path("<int:user_id>/", views.leave, name="leave"),
    path("<int:user_id>/undo/<int:key>/", views.undo, name="undo_leave"),
]
