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
from apps.assessments.forms import CandidateForm, seal
from apps.assessments.models import Snapshot
from apps.assessments.retiring import retirements
from apps.audit.admin import ReadOnlyAdmin
from apps.questionnaires import actions
from apps.questionnaires.models import QuestionnaireVersion, Status
from apps.questionnaires.queries import cases_of, newest


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(admin.ModelAdmin):
    list_display = ["title", "key", "version", "status", "published_at"]
    list_filter = ["key", "status"]
    search_fields = ["key", "title", "content_hash"]
    fields = ("title", "key", "version", "status", "published_at", "content_hash", "cases", "document")
    readonly_fields = ("cases", "document")  # nothing can be changed here
    change_form_template = "admin/questionnaires/version.html"
    actions = ["retire", "reinstate"]

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
        if version is None:
            return {}
        source = next_source(version)
        return {"source": source, "cases": cases_of(version), "shown": seal(source)}

    def shown(self, form: CandidateForm, examined: Examined | None) -> CandidateForm:
        """An uploaded file comes back as text, so that what was checked is what is published."""
        if not form.text:
            return form
        cases = examined.cases_source if examined else form.cleaned_data["cases"]
        again = CandidateForm({**form.data, "source": form.text, "shown": seal(form.text), "cases": cases})
        again.is_valid()
        return again

    def publish(self, request: HttpRequest, form: CandidateForm) -> HttpResponse:
        """Raises PublishingRefused."""
        person: Any = request.user
        data = form.cleaned_data
        version = actions.publish(by=person, source=data["raw"], cases=data["cases"])
        level, sentence = said_of(version)
        messages.add_message(request, level, sentence)
        if cases_of(version).strip() != data["cases"].strip():
            messages.warning(request, "It was published before with other golden cases; those stay.")
        return redirect("admin:questionnaires_questionnaireversion_change", version.pk)

    @admin.action(description="Retire…")
    def retire(self, request: HttpRequest, queryset: QuerySet[QuestionnaireVersion]) -> HttpResponse | None:
        """First shows the page that says what will happen."""
        chosen = list(queryset.filter(status=Status.PUBLISHED))
        if not chosen:
            messages.warning(request, "Nothing to retire: what you ticked is retired already.")
            return None
        planned = retirements(chosen)
        if "confirmed" in request.POST:
            for one in planned:
                actions.retire(by=request.user, version=one.version)  # type: ignore[arg-type]
                messages.success(request, f"{one.version} is retired. {one.next_sentence}")
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Retire questionnaire versions",
            "opts": self.opts,
            "retirements": planned,
        }
        return TemplateResponse(request, "admin/questionnaires/retire.html", context)

    @admin.action(description="Take back the retirement")
    def reinstate(self, request: HttpRequest, queryset: QuerySet[QuestionnaireVersion]) -> None:
        chosen = list(queryset.filter(status=Status.RETIRED))
        if not chosen:
            messages.warning(request, "Nothing to take back: what you ticked is not retired.")
        for version in chosen:
            actions.reinstate(by=request.user, version=version)  # type: ignore[arg-type]
            messages.add_message(request, *said_of(version))


def said_of(version: QuestionnaireVersion) -> tuple[int, str]:
    """What holds after publishing: the level of the message, and its sentence."""
    if version.status == Status.RETIRED:
        way = "To offer it again, tick it in the list and choose “Take back the retirement”."
        return messages.WARNING, f"{version} was published before and then retired; it stays retired. {way}"
    offered = newest(version.key)
    if offered and offered.version > version.version:
        return messages.SUCCESS, f"{version} is published. New assessments use version {offered.version}, the newest."
    return messages.SUCCESS, f"{version} is published. New assessments use it; drafts stay on their version."


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
