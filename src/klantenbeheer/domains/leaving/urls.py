from __future__ import annotations

from django.urls import path

from . import views

app_name = "leaving"
urlpatterns = [
    path("<int:user_id>/leave/", views.leave, name="leave"),
]
