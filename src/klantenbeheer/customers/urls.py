from __future__ import annotations

from django.urls import path

from . import further_views, hours_views, label, list_views, picture, views
from .bank import views as bank
from .bulk_edit import views as bulk
from .importing import views as importing

app_name = "customers"
# No customer number hides one of these: the addresses of the card end in a slash, these do not.
urlpatterns = [
    path("", list_views.customer_list, name="list"),
    path("suggest", views.suggest, name="suggest"),
    path("export.<str:form>", list_views.export, name="export"),
    path("export", list_views.export_view, name="export_view"),
    path("new", views.create, name="create"),
    path("mark", views.mark_many, name="mark_many"),
    path("bulk/new", bulk.new, name="bulk_new"),
    path("bulk/<int:edit_id>", bulk.page, name="bulk"),
    path("bulk/<int:edit_id>/start", bulk.start, name="bulk_start"),
    path("bulk/<int:edit_id>/undo", bulk.undo, name="bulk_undo"),
    path("<str:number>/look", list_views.look, name="look"),
    path("<str:number>/mark", views.mark, name="mark"),
    path("<str:number>/edit", views.edit, name="edit"),
    path("<str:number>/field/<str:key>", views.field, name="field"),
    path("<str:number>/label", label.label, name="label"),
    path("<str:number>/picture", picture.dialog, name="picture"),
    path("<str:number>/picture/<str:key>.webp", picture.image, name="picture_image"),
    path("<str:number>/addresses", views.addresses, name="addresses"),
    path("<str:number>/addresses/new", further_views.new, name="further_new"),
    path("<str:number>/addresses/<int:address_id>", further_views.edit, name="further_edit"),
    path("<str:number>/addresses/<int:address_id>/delete", further_views.delete, name="further_delete"),
    path("<str:number>/hours", hours_views.dialog, name="hours"),
    path("<str:number>/hours/now", hours_views.now, name="hours_now"),
    path("<str:number>/bank", bank.dialog, name="bank"),
    path("<str:number>/bank/lookup", bank.lookup, name="bank_lookup"),
    path("<str:number>/bank/confirm", bank.confirm, name="bank_confirm"),
    path("<str:number>/bank/reject", bank.reject, name="bank_reject"),
    path("<str:number>/bank/withdraw", bank.withdraw, name="bank_withdraw"),
    path("<str:number>/bank/bic", bank.bic, name="bank_bic"),
    path("import", importing.upload, name="import"),
    path("import/<int:run_id>", importing.run, name="import_run"),
    path("import/<int:run_id>/start", importing.start, name="import_start"),
    path("import/<int:run_id>/undo", importing.undo, name="import_undo"),
    path("import/<int:run_id>/refused.csv", importing.refused, name="import_refused"),
]
