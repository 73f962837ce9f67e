from django.urls import path

from apps.assessments import views

app_name = "assessments"
urlpatterns = [
    path("", views.assessments, name="list"),
    path("new/", views.start, name="start"),
    path("<uuid:pk>/", views.overview, name="overview"),
    path("<uuid:pk>/sections/<slug:key>/", views.section, name="section"),
    path("<uuid:pk>/check/", views.check, name="check"),
    path("<uuid:pk>/title/", views.rename, name="rename"),
    path("<uuid:pk>/newer-version/", views.migrate, name="migrate"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
]
