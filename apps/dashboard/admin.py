from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.dashboard.models import Notice
from apps.reviews.admin import ReadOnly


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "state", "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("waits", "waits"), ("failed", "failed at least once, waits"), ("sent", "sent")]

    def queryset(self, _request: HttpRequest, notices: Any) -> Any:
        match self.value():
            case "waits":
                return notices.filter(sent_at=None)
            case "failed":
                return notices.filter(sent_at=None, tries__gt=0)
            case "sent":
                return notices.exclude(sent_at=None)
        return notices


@admin.register(Notice)
class NoticeAdmin(ReadOnly, admin.ModelAdmin):
    """To see whether mail gets through; sending and trying again is the housekeeping's work."""

    list_display = ["person", "sentence", "made_at", "sent_at", "tries", "error"]
    list_filter = [StateFilter]
    list_select_related = ["person"]
    search_fields = ["person__username", "person__name", "person__email", "sentence"]
    ordering = ["-pk"]
