from __future__ import annotations

from django.urls import path

from . import views

app_name = "conditions"
urlpatterns = [
    path("", views.group_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:group_id>/", views.group, name="group"),
    path("<int:group_id>/edit/", views.edit, name="edit"),
    path("<int:group_id>/delete/", views.delete, name="delete"),
]
