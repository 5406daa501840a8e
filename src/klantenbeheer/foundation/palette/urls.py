from __future__ import annotations

from django.urls import path

from . import views

app_name = "palette"
urlpatterns = [path("", views.palette, name="palette")]
