from __future__ import annotations

from django.urls import path

from . import merge_views, views

app_name = "duplicates"
urlpatterns = [
    path("", views.page, name="list"),
    path("find/", views.find, name="find"),
    path("decide/", views.decide, name="decide"),
    path("decisions/<int:decision_id>/revoke/", views.revoke, name="revoke"),
    path("merge/", merge_views.merge, name="merge"),
    path("merges/<int:merge_id>/", merge_views.merged, name="merged"),
    path("merges/<int:merge_id>/undo/", merge_views.undo, name="merge_undo"),
]
