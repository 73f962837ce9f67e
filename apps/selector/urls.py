from django.urls import path

from apps.selector import views

app_name = "selector"
urlpatterns = [
    path("<uuid:pk>/", views.result, name="result"),
    path("<uuid:pk>/use-cases/<slug:key>/risk-test/", views.test_risk, name="test_risk"),
    path("<uuid:pk>/own-idea/", views.own_idea, name="own_idea"),
    path("<uuid:pk>/own-idea/risk-test/", views.test_own_idea, name="test_own_idea"),
]
