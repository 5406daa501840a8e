from __future__ import annotations

from django.urls import path

from . import views

app_name = "handbook"
urlpatterns = [
    path("", views.page, name="contents"),
    path("at", views.at, name="at"),
    path("pictures/<str:language>/<str:name>.webp", views.picture, name="picture"),
    path("<slug:key>/", views.page, name="page"),
]
