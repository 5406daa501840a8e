from __future__ import annotations

from django.urls import path

from . import views

app_name = "lists"
urlpatterns = [
    path("files/<int:file_id>/", views.file_page, name="file"),
    path("files/<int:file_id>/file", views.file_get, name="file_get"),
    path("<slug:key>/columns", views.columns, name="columns"),
    path("<slug:key>/width", views.width, name="width"),
    path("<slug:key>/filter", views.filter_window, name="filter"),
    path("<slug:key>/views/new", views.view_new, name="view_new"),
    path("<slug:key>/views/<int:view_id>/", views.view_edit, name="view_edit"),
    path("<slug:key>/views/<int:view_id>/delete", views.view_delete, name="view_delete"),
]
