from django.contrib import admin
from django.http import HttpRequest

from apps.questionnaires.models import QuestionnaireVersion


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(admin.ModelAdmin):
    list_display = ["title", "key", "version", "status", "published_at", "content_hash"]
    list_filter = ["key", "status"]
    search_fields = ["key", "title", "content_hash"]
    readonly_fields = [field.name for field in QuestionnaireVersion._meta.fields]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False
