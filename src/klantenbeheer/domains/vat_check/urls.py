from __future__ import annotations

from django.urls import path

from . import views

app_name = "vat_check"
urlpatterns = [
    path("vat-check/", views.page, name="page"),
    path("vat-check/start", views.start, name="start"),
    path("vat-check/answers.csv", views.export, name="export"),
    path("customers/<str:number>/vat", views.evidence, name="evidence"),
    path("customers/<str:number>/vat/check", views.check, name="check"),
]
