"""Where admins publish questionnaires. Here and not in their own room, because publishing replays all submissions."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.assessments.candidates import Examined, examine, next_source, quoted
from apps.assessments.forms import CandidateForm
from apps.assessments.models import Snapshot
from apps.audit.admin import ReadOnlyAdmin
from apps.questionnaires import actions
from apps.questionnaires.models import QuestionnaireVersion, Status
from apps.questionnaires.queries import cases_of


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(admin.ModelAdmin):
    list_display = ["title", "key", "version", "status", "published_at"]
    list_filter = ["key", "status"]
    search_fields = ["key", "title", "content_hash"]
    fields = ("title", "key", "version", "status", "published_at", "content_hash", "cases", "document")
    readonly_fields = ("cases", "document")  # nothing can be changed here
    change_form_template = "admin/questionnaires/version.html"
    actions = ["retire"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="Questionnaire")
    def document(self, version: QuestionnaireVersion) -> SafeString:
        return yaml_box("Questionnaire", version.source)

    @admin.display(description="Golden cases")
    def cases(self, version: QuestionnaireVersion) -> SafeString | str:
        kept = cases_of(version)
        return yaml_box("Golden cases", kept) if kept else "None were given when it was published."

    def get_urls(self) -> list[Any]:
        own = [
            path(
                "<int:pk>/questionnaire.yaml", self.admin_site.admin_view(self.document_file), name="questionnaire_yaml"
            ),
            path("<int:pk>/cases.yaml", self.admin_site.admin_view(self.cases_file), name="questionnaire_cases_yaml"),
        ]
        return own + super().get_urls()

    def document_file(self, _request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(QuestionnaireVersion, pk=pk)
        return yaml_file(f"{version.key}-v{version.version}.yaml", version.source)

    def cases_file(self, _request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(QuestionnaireVersion, pk=pk)
        if not (cases := cases_of(version)):
            raise Http404
        return yaml_file(f"{version.key}-v{version.version}-cases.yaml", cases)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Check, preview and replay a candidate; publish it when everything holds. Nothing is stored before that."""
        form = CandidateForm(request.POST or None, request.FILES or None, initial=self.beginning(request))
        problems: list[str] = []
        examined = None
        if form.is_valid():
            try:
                if "publish" in request.POST:
                    return self.publish(request, form)
                examined = examine(form.cleaned_data["raw"], form.cleaned_data["cases"], timezone.localdate())
            except actions.PublishingRefused as refusal:
                problems = refusal.problems
        context = {
            **self.admin_site.each_context(request),
            "media": self.media,
            "title": "Publish a questionnaire version",
            "opts": self.opts,
            "form": self.shown(form, examined),
            "problems": quoted(problems, form.text),
            "examined": examined,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "admin/questionnaires/publish.html", context, status=status)

    def beginning(self, request: HttpRequest) -> dict[str, str]:
        """`?from=` a version: its text and golden cases, to be changed into the next one."""
        pk = request.GET.get("from", "")
        version = QuestionnaireVersion.objects.filter(pk=pk).first() if pk.isdecimal() else None
        return {"source": next_source(version), "cases": cases_of(version)} if version else {}

    def shown(self, form: CandidateForm, examined: Examined | None) -> CandidateForm:
        """An uploaded file comes back as text, so that what was checked is what is published."""
        if not form.text:
            return form
        cases = examined.cases_source if examined else form.cleaned_data["cases"]
        again = CandidateForm({**form.data, "source": form.text, "cases": cases})
        again.is_valid()
        return again

    def publish(self, request: HttpRequest, form: CandidateForm) -> HttpResponse:
        """Raises PublishingRefused."""
        person: Any = request.user
        data = form.cleaned_data
        version = actions.publish(by=person, source=data["raw"], cases=data["cases"])
        messages.success(request, f"{version} is published. New assessments use it; drafts stay on their version.")
        if cases_of(version).strip() != data["cases"].strip():
            messages.warning(request, "It was published before with other golden cases; those stay.")
        return redirect("admin:questionnaires_questionnaireversion_change", version.pk)

    @admin.action(description="Retire: no new assessments start on it")
    def retire(self, request: HttpRequest, queryset: QuerySet[QuestionnaireVersion]) -> None:
        person: Any = request.user
        for version in queryset.filter(status=Status.PUBLISHED):
            actions.retire(by=person, version=version)
            messages.success(request, f"{version} is retired.")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """What was submitted and when; the answers are for the team and its reviewers."""

    list_display = ["assessment", "number", "level", "taken_at", "taken_by"]
    list_select_related = ["assessment", "taken_by"]
    search_fields = ["assessment__title", "assessment__team__name", "sha256"]
    fields = ["assessment", "team", "questionnaire", "number", "level", "taken_at", "taken_by", "sha256"]
    show_full_result_count = False

    @admin.display
    def team(self, snapshot: Snapshot) -> str:
        return str(snapshot.assessment.team)

    @admin.display
    def questionnaire(self, snapshot: Snapshot) -> str:
        return str(snapshot.assessment.questionnaire)


def yaml_box(label: str, text: str) -> SafeString:
    return format_html(
        '<textarea readonly rows="16" class="vLargeTextField yaml" aria-label="{}">{}</textarea>', label, text
    )


def yaml_file(name: str, text: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)
