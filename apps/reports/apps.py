from django.apps import AppConfig

from apps.reviews import renderers


class ReportsConfig(AppConfig):
    name = "apps.reports"

    def ready(self) -> None:
        renderers.register("apps.reports.documents.SUBMITTED")
