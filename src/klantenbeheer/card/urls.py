from __future__ import annotations

from django.urls import re_path

from . import order_views, views

app_name = "card"
_NUMBER = r"(?P<number>[A-Za-z0-9._-]{1,20})"
urlpatterns = [
    re_path(rf"^{_NUMBER}/$", views.card, name="card"),
    re_path(rf"^{_NUMBER}/tab-order$", order_views.own_order, name="tab_order"),
    re_path(rf"^{_NUMBER}/badges/$", views.badges, name="badges"),
    re_path(rf"^{_NUMBER}/around/$", views.around, name="around"),
    re_path(rf"^{_NUMBER}/(?P<key>[a-z_]+)/$", views.tab, name="tab"),
    re_path(rf"^{_NUMBER}/(?P<key>[a-z_]+)/(?P<rest>.+)$", views.below, name="below"),
]
