from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from apps.accounts.views import admin_sign_in

urlpatterns = [
    path("", include("apps.dashboard.urls")),
    path("account/", include("apps.accounts.urls")),
    path("catalog/", include("apps.catalog.urls")),
    path("assessments/", include("apps.assessments.urls")),
    path("use-cases/", include("apps.selector.urls")),
    path("risk-test/", include("apps.risktest.urls")),
    path("reviews/", include("apps.reviews.urls")),
    path("reports/", include("apps.reports.urls")),
    path("admin/login/", admin_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="accounts:change_password")),
    path("admin/", admin.site.urls),
]
if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", include("apps.ui.urls")))

handler400 = "apps.ui.errors.bad_request"
handler403 = "apps.ui.errors.permission_denied"
handler404 = "apps.ui.errors.page_not_found"
handler500 = "apps.ui.errors.server_error"
