"""The audit log in Django admin, to read only; and the mixin that puts every admin write into it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest

from apps.audit.actions import record
from apps.audit.models import AuditEvent
from apps.audit.subjects import subjects_of, told


class AuditedAdmin(admin.ModelAdmin):
    """What an admin adds, changes or removes is recorded like everything else, beside Django's own log."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        record(by=request.user, verb="admin.added", subject=obj, details={"changes": message})
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        record(by=request.user, verb="admin.changed", subject=obj, details={"changes": message})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            record(by=request.user, verb="admin.removed", subject=obj, details={"was": str(obj)})
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(admin.ModelAdmin):
    """For records that nobody may edit, admins included."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AuditChangeList(ChangeList):
    """Looks the subjects of a page up together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Any] = list(self.result_list)
        found = subjects_of(self.result_list)
        for event in self.result_list:
            event.found = found.get((event.subject_type, event.subject_id))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by_name", "verb", "subject"]
    list_filter = ["verb", "subject_type"]
    search_fields = ["by_name", "subject_id"]
    ordering = ["-pk"]
    fields = ["at", "by", "by_name", "verb", "subject", "details", "previous_hash", "hash"]
    # Counting the whole log on every page gains nothing.
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AuditChangeList

    @admin.display(description="about")
    def subject(self, event: Any) -> str:
        if not hasattr(event, "found"):  # a page of its own
            event.found = next(iter(subjects_of([event]).values()), None)
        return told(event, event.found)
