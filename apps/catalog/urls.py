from django.urls import path

from apps.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.model_list, name="list"),
    path("models/<path:slug>/", views.model_profile, name="model"),
]
