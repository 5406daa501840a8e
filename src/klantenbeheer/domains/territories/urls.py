from __future__ import annotations

from django.urls import path

from . import offers, views

app_name = "territories"
urlpatterns = [
    path("", views.overview, name="list"),
    path("new/", views.new, name="new"),
    path("report/", views.report_page, name="report"),
    path("assign/", views.assign, name="assign"),
    path("<int:territory_id>/", views.territory, name="territory"),
    path("<int:territory_id>/edit/", views.edit, name="edit"),
    path("<int:territory_id>/delete/", views.delete, name="delete"),
    path("<int:territory_id>/move/", views.move, name="move"),
    path("<int:territory_id>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:territory_id>/rules/new/", views.rule_new, name="rule_new"),
    path("<int:territory_id>/staff/new/", views.staff_new, name="staff_new"),
    path("rules/<int:key>/", views.rule_edit, name="rule_edit"),
    path("staff/<int:key>/", views.staff_edit, name="staff_edit"),
    path("<str:part>/<int:key>/delete/", views.part_delete, name="part_delete"),
    path("offers/<str:number>/take/", offers.take, name="take"),
    path("offers/<str:number>/leave/", offers.leave, name="leave"),
]
