"""To look, not to touch: what was decided is changed by nobody, and status only by the steps of a review."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.reviews.models import ApprovalCondition, ConditionStep, Decision, Review, SubmittedReport


class ReadOnly:
    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class ConditionInline(ReadOnly, admin.TabularInline):
    model = ApprovalCondition
    fields = ["text", "due_on", "state"]
    extra = 0


@admin.register(Review)
class ReviewAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["assessment", "status", "level", "submitted_at", "claimed_by"]
    list_filter = ["status", "uncertain"]
    list_select_related = ["assessment", "claimed_by", "snapshot"]
    search_fields = ["assessment__title", "assessment__team__name"]
    date_hierarchy = "submitted_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return super().get_queryset(request).defer("snapshot__content", "snapshot__answers")

    @admin.display(ordering="risk_rank")
    def level(self, review: Review) -> str:
        parts = {"forbidden by a rule": review.is_forbidden, "uncertain": review.uncertain}
        return ", ".join([review.snapshot.level or "no level", *(words for words, holds in parts.items() if holds)])


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["review", "outcome", "by_name", "by_role", "at", "valid_until"]
    list_filter = ["outcome"]
    list_select_related = ["review__assessment"]
    search_fields = ["review__assessment__title", "by_name", "snapshot_sha256", "report_sha256"]
    date_hierarchy = "at"
    inlines = [ConditionInline]


@admin.register(ConditionStep)
class ConditionStepAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["condition", "number", "state", "text", "due_on", "by", "at"]
    list_filter = ["state"]
    list_select_related = ["condition", "by"]
    search_fields = ["condition__text", "text", "condition__decision__review__assessment__title"]
    date_hierarchy = "at"


@admin.register(SubmittedReport)
class SubmittedReportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["snapshot", "sha256", "renderer", "made_at"]
    list_select_related = ["snapshot__assessment"]
    search_fields = ["sha256", "snapshot__sha256"]
    fields = ["snapshot", "sha256", "renderer", "made_at"]  # not the bytes
