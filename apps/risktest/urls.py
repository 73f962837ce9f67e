from django.urls import path

from apps.risktest import views

app_name = "risktest"
urlpatterns = [path("<uuid:pk>/", views.result, name="result")]
