from django.urls import path

from apps.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.model_list, name="list"),
    path("changes/", views.changes, name="changes"),
    path("compare/", views.compare, name="compare"),
    path("cost/", views.cost, name="cost"),
    path("export.csv", views.export_csv, name="export_csv"),
    path("export.json", views.export_json, name="export_json"),
    path("history/<path:slug>/", views.model_history, name="history"),
    path("models/<path:slug>/", views.model_profile, name="model"),
]
