from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("draft/<uuid:assessment>/", views.draft, name="draft_pdf"),
    path("<int:review>/", views.pdf, name="pdf"),
    path("<int:review>/record/", views.record, name="record"),
    path("models/<path:slug>.pdf", views.model_pdf, name="model_pdf"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:sha256>/", views.verify_hash, name="verify_hash"),
]
