from __future__ import annotations

from django.urls import path

from . import subject_views, views

app_name = "privacy"
urlpatterns = [
    path("", views.register, name="register"),
    path("export.csv", views.export, name="export"),
    path("new/", views.new, name="new"),
    path("<int:request_id>/", views.detail, name="request"),
    path("<int:request_id>/edit/", views.edit, name="edit"),
    path("<int:request_id>/close/", views.close, name="close"),
    path("<int:request_id>/reopen/", views.reopen, name="reopen"),
    path("archives/<int:archive_id>/", subject_views.archive, name="archive"),
    path("archives/<int:archive_id>/file.zip", subject_views.archive_file, name="archive_file"),
    path("erasures/<int:erasing_id>/", subject_views.erasing, name="erasing"),
    path("customers/<str:number>/", subject_views.subject, name="subject"),
    path("customers/<str:number>/archive/", subject_views.archive_start, name="archive_start"),
    path("customers/<str:number>/erase/", subject_views.erase, name="erase"),
    path("customers/<str:number>/holds/new/", subject_views.hold_new, name="hold_new"),
    path("customers/<str:number>/holds/<int:hold_id>/lift/", subject_views.hold_lift, name="hold_lift"),
]
