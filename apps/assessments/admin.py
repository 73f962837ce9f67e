"""Where admins publish questionnaires. Here and not in their own room, because publishing replays all submissions."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from apps.assessments.candidates import Examined, examine
from apps.assessments.forms import CandidateForm
from apps.questionnaires import actions
from apps.questionnaires.models import QuestionnaireVersion, Status


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(admin.ModelAdmin):
    list_display = ["title", "key", "version", "status", "published_at", "content_hash"]
    list_filter = ["key", "status"]
    search_fields = ["key", "title", "content_hash"]
    readonly_fields = [field.name for field in QuestionnaireVersion._meta.fields]
    actions = ["retire"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Check, preview and replay a candidate; publish it when everything holds. Nothing is stored before that."""
        form = CandidateForm(request.POST or None, request.FILES or None)
        problems: list[str] = []
        examined = None
        if form.is_valid():
            try:
                examined = examine(form.cleaned_data["raw"], form.cleaned_data["cases"].encode(), timezone.localdate())
                if "publish" in request.POST:
                    return self.publish(request, form, examined)
            except actions.PublishingRefused as refusal:
                problems = refusal.problems
        context = {
            **self.admin_site.each_context(request),
            "title": "Publish a questionnaire version",
            "opts": self.opts,
            "form": self.shown(form, examined),
            "problems": problems,
            "examined": examined,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "admin/questionnaires/publish.html", context, status=status)

    def shown(self, form: CandidateForm, examined: Examined | None) -> CandidateForm:
        """An uploaded file comes back as text, so that what was checked is what is published."""
        raw = form.cleaned_data.get("raw", b"") if form.is_bound else b""
        if not form.files or not raw:
            return form
        again = CandidateForm({**form.data, "source": raw.decode("utf-8", "replace")})
        again.is_valid()
        return again

    def publish(self, request: HttpRequest, form: CandidateForm, examined: Examined) -> HttpResponse:
        """Raises PublishingRefused."""
        person: Any = request.user
        version = actions.publish(by=person, source=form.cleaned_data["raw"], cases=examined.cases)
        messages.success(request, f"{version} is published. New assessments use it; drafts stay on their version.")
        return redirect("admin:questionnaires_questionnaireversion_change", version.pk)

    @admin.action(description="Retire: no new assessments start on it")
    def retire(self, request: HttpRequest, queryset: QuerySet[QuestionnaireVersion]) -> None:
        person: Any = request.user
        for version in queryset.filter(status=Status.PUBLISHED):
            actions.retire(by=person, version=version)
            messages.success(request, f"{version} is retired.")
