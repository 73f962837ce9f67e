"""The wizard: start, answer section by section, check."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_list_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import permissions
from apps.assessments import actions, fields, queries, sheets, wizard
from apps.assessments.checks import second_look
from apps.assessments.forms import RenameForm, StartForm, chosen, read_post, with_choices
from apps.assessments.models import Answer, Assessment
from apps.assessments.permissions import load_assessment
from apps.assessments.prefill import from_title
from apps.catalog.models import Model
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import definition, newest
from apps.scoring.definitions import Question, Section
from apps.ui.htmx import notice
from apps.ui.http import AuthenticatedHttpRequest


@require_safe
def assessments(request: AuthenticatedHttpRequest) -> HttpResponse:
    shown = (
        Assessment.objects.of_teams_of(request.user)
        .select_related("team", "questionnaire", "model", "review")
        .order_by("-changed_at")[:200]
    )
    context = {
        "assessments": shown,
        "questionnaires": QuestionnaireVersion.objects.offered(),
        "can_start": permissions.allowed(request.user, "assessment.start"),
    }
    return render(request, "assessments/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: AuthenticatedHttpRequest) -> HttpResponse:
    permissions.require(request.user, "assessment.start")
    key = request.GET.get("questionnaire", "risktest")[:60]
    questionnaire = newest(key)
    if questionnaire is None:
        return not_offered(request, key)
    initial = {name: request.GET[name][:200] for name in ("title", "model") if name in request.GET}
    model = Model.objects.visible_to(request.user).filter(slug=initial.get("model", "")).first()
    if initial.get("model") and model is None:
        raise Http404
    if model is not None:
        initial.setdefault("title", f"Use of {model.name}"[:200])
    form = StartForm(request.user, questionnaire, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return start_draft(request, questionnaire, model, form)
    return render_start(request, questionnaire, model, form, status=422 if form.errors else 200)


def start_draft(
    request: AuthenticatedHttpRequest, questionnaire: QuestionnaireVersion, model: Model | None, form: StartForm
) -> HttpResponse:
    start_it = actions.start if "another" in request.POST else actions.start_first
    known = from_title(questionnaire.key, form.cleaned_data["title"])
    try:
        assessment = start_it(by=request.user, questionnaire=questionnaire, prefill=known, **form.cleaned_data)
    except actions.AlreadyStarted as found:
        return render_start(request, questionnaire, model, form, existing=found.draft, status=409)
    return redirect("assessments:section", assessment.pk, wizard.first_open(sheets.sheet(assessment)))


def render_start(
    request: HttpRequest,
    questionnaire: QuestionnaireVersion,
    model: Model | None,
    form: StartForm,
    *,
    existing: Assessment | None = None,
    status: int,
) -> HttpResponse:
    context = {
        "form": form,
        "questionnaire": questionnaire,
        "definition": definition(questionnaire),
        "model": model,
        "existing": existing,
    }
    return render(request, "assessments/start.html", context, status=status)


def not_offered(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Links to a questionnaire outlive the retirement of its last version."""
    retired = get_list_or_404(QuestionnaireVersion, key=key)[0]
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/not_offered.html", {"questionnaire": retired}, status=status)


@require_safe
def overview(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Where a link to an assessment leads: the next open section, or the check page."""
    assessment = load_assessment(request.user, pk, "assessment.view")
    sheet = sheets.sheet(assessment)
    if assessment.is_draft and sheet.unanswered_required:
        return redirect("assessments:section", pk, wizard.first_open(sheet))
    return redirect("assessments:check", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: AuthenticatedHttpRequest, pk: UUID, key: str) -> HttpResponse:
    permission = "assessment.edit" if request.method == "POST" else "assessment.view"
    assessment = load_assessment(request.user, pk, permission)
    if not assessment.is_draft:
        return already_submitted(request, assessment)
    sheet = sheets.sheet(assessment)
    gone = wizard.hidden_section(sheet, key)
    if request.method == "POST":
        return save_hidden_section(request, sheet, gone) if gone else save_section(request, sheet, key)
    if gone:
        return render_hidden_section(request, sheet, gone, status=404)
    return render_section(request, assessment, wizard.section_page(sheet, key))


def save_section(request: AuthenticatedHttpRequest, sheet: sheets.Sheet, key: str) -> HttpResponse:
    assessment = sheet.assessment
    questions = wizard.visible_section(sheet, key).section.questions
    data = with_choices(questions, request.POST)
    if taken := chosen(questions, request.POST, fields.theirs_name):
        return render_taken(request, sheet, key, data, taken)
    posted, unreadable = read_post(questions, data)
    try:
        if unreadable:
            raise actions.AnswersRefused(unreadable)
        saved = actions.save_answers(by=request.user, sheet=sheet, posted=posted)
    except actions.AnswersRefused as refusal:
        return render_refused(request, assessment, key, data, refusal, posted)
    except actions.StaleAnswers as stale:
        return render_stale(request, assessment, key, data, stale)
    except actions.NotADraft:
        return already_submitted(request, assessment)
    if request.htmx:
        return render_saved(request, key, sheet, saved, posted)
    if kept := chosen(questions, request.POST, fields.mine_name):
        return redirect(f"{reverse('assessments:section', args=[assessment.pk, key])}#slot-{kept[0].key}")
    return go_on(request, key, sheet, saved)


def save_hidden_section(request: AuthenticatedHttpRequest, sheet: sheets.Sheet, section: Section) -> HttpResponse:
    """A colleague's answer hid it while it was being filled in. What was typed is kept, as hidden answers are, and
    shown; where it cannot be kept, that is said."""
    posted, unreadable = read_post(section.questions, request.POST)
    try:
        if unreadable:
            raise actions.AnswersRefused(unreadable)
        actions.save_answers(by=request.user, sheet=sheet, posted=posted)
        kept = True
    except (actions.AnswersRefused, actions.StaleAnswers):
        kept = False
    except actions.NotADraft:
        return already_submitted(request, sheet.assessment)
    return render_hidden_section(request, sheet, section, status=409, kept=kept)


def render_hidden_section(
    request: AuthenticatedHttpRequest, sheet: sheets.Sheet, section: Section, *, status: int, kept: bool = False
) -> HttpResponse:
    context = {
        "assessment": sheet.assessment,
        "section": section,
        "because": wizard.why_hidden(sheet, section.questions),
        "typed": wizard.typed_in(section.questions, request.POST),
        "kept": kept,
    }
    if request.htmx:
        return notice(request, "assessments/section_gone.html#notice", context, status=status)
    return render(request, "assessments/section_gone.html", context, status=status)


def go_on(request: HttpRequest, key: str, before: sheets.Sheet, after: sheets.Sheet) -> HttpResponse:
    """To the next section, or here again when there is more to answer here."""
    pk = after.assessment.pk
    if any(q.key not in before.visibility.keys for q in wizard.visible_section(after, key).questions):
        messages.info(request, "Your answers brought up further questions in this section.")
        return redirect("assessments:section", pk, key)
    if following := wizard.neighbour(after, key, 1):
        return redirect("assessments:section", pk, following)
    return redirect("assessments:check", pk)


def render_section(
    request: HttpRequest,
    assessment: Assessment,
    page: wizard.SectionPage,
    status: int = 200,
    hidden: Sequence[wizard.Hidden] = (),
) -> HttpResponse:
    questionnaire = queries.definition(assessment)
    context = {"assessment": assessment, "page": page, "questionnaire": questionnaire, "hidden": hidden}
    return render(request, "assessments/section.html", context, status=status)


def render_saved(
    request: AuthenticatedHttpRequest,
    key: str,
    before: sheets.Sheet,
    after: sheets.Sheet,
    posted: dict[str, actions.Posted],
) -> HttpResponse:
    """Only what changed: the state of the saved cards, cards that appeared or went, lines of the task list."""
    section, then, now = wizard.visible_section(after, key).section, before.visibility.keys, after.visibility.keys
    context = {
        "assessment": after.assessment,
        "page": wizard.part_of_page(after, section, [q for q in section.questions if q.key in now - then]),
        "saved": [(name, after.version(name)) for name in posted],
        "gone": [question.key for question in section.questions if question.key in then - now],
        "tasks": wizard.changed_tasks(before, after, current=key),
        "now": timezone.now(),
    }
    return render(request, "assessments/section.html#saved", context)


def render_taken(
    request: AuthenticatedHttpRequest, sheet: sheets.Sheet, key: str, data: QueryDict, taken: list[Question]
) -> HttpResponse:
    """A colleague's answer takes the place of what was typed; the rest of the page stays as it is. Nothing is saved."""
    if not request.htmx:
        return render_section(request, sheet.assessment, wizard.section_page(sheet, key, wizard.NotSaved(data, {}, {})))
    section, now = wizard.visible_section(sheet, key).section, sheet.visibility.keys
    then = {question.key for question in section.questions if fields.version_name(question) in request.POST}
    shown = [q for q in section.questions if q in taken or q.key in now - then]
    context = {
        "assessment": sheet.assessment,
        "page": wizard.part_of_page(sheet, section, shown),
        "gone": then - now - {question.key for question in taken},
        "tasks": None,
    }
    return render(request, "assessments/section.html#saved", context)


def render_refused(
    request: AuthenticatedHttpRequest,
    assessment: Assessment,
    key: str,
    data: QueryDict,
    refusal: actions.AnswersRefused,
    posted: dict[str, actions.Posted],
) -> HttpResponse:
    """Where a colleague changed other answers of the page meanwhile, both are shown with what was refused."""
    if request.htmx:
        errors = [{"key": name, "message": message} for name, message in refusal.errors.items()]
        return render(request, "assessments/section.html#refused", {"errors": errors}, status=422)
    sheet = sheets.sheet(assessment)
    fine = {name: post for name, post in posted.items() if name not in refusal.errors}
    page, hidden = page_of_unsaved(sheet, key, data, wizard.changed_meanwhile(sheet, fine), refusal.errors)
    return render_section(request, assessment, page, status=422, hidden=hidden)


def render_stale(
    request: AuthenticatedHttpRequest,
    assessment: Assessment,
    key: str,
    data: QueryDict,
    stale: actions.StaleAnswers,
) -> HttpResponse:
    """Both answers are shown, and what was typed stays. Until one is chosen, saving it again is refused again.
    Where a colleague's answer hid the question, there is nothing to choose, but what was typed is still shown."""
    page, hidden = page_of_unsaved(sheets.sheet(assessment), key, data, stale.current)
    if request.htmx:
        context = {"assessment": assessment, "page": page, "hidden": hidden}
        return render(request, "assessments/section.html#conflict", context, status=409)
    return render_section(request, assessment, page, status=409, hidden=hidden)


def page_of_unsaved(
    sheet: sheets.Sheet,
    key: str,
    data: QueryDict,
    theirs: Mapping[str, Answer],
    errors: Mapping[str, str] | None = None,
) -> tuple[wizard.SectionPage, list[wizard.Hidden]]:
    """The page as it was typed, with the colleague's answers, and the questions that are gone, with what was typed."""
    sentence = "Not saved: somebody else changed this answer in the meantime. Choose which one stays."
    hidden = wizard.hidden_meanwhile(sheet, key, data, theirs)
    gone = {item.question.key for item in hidden}  # what is wrong in them cannot be mended any more
    wrong = {name: message for name, message in (errors or {}).items() if name not in gone}
    told = dict.fromkeys((name for name in theirs if name in sheet.visibility.keys), sentence) | wrong
    return wizard.section_page(sheet, key, wizard.NotSaved(data, told, theirs)), hidden


def already_submitted(request: AuthenticatedHttpRequest, assessment: Assessment) -> HttpResponse:
    if request.htmx:
        return notice(request, "assessments/already_submitted.html#notice", {"assessment": assessment}, status=409)
    if request.method == "POST":
        return render(request, "assessments/already_submitted.html", {"assessment": assessment}, status=409)
    return redirect("assessments:check", assessment.pk)


@require_safe
def check(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    return render_check(request, load_assessment(request.user, pk, "assessment.view"))


def render_check(
    request: AuthenticatedHttpRequest, assessment: Assessment, rename_form: RenameForm | None = None, status: int = 200
) -> HttpResponse:
    sheet = sheets.sheet(assessment)
    context = {
        "assessment": assessment,
        "questionnaire": sheet.questionnaire,
        "rows": queries.answers_in_words(sheet.questionnaire, sheet.raw),
        "tasks": [step.task for step in wizard.steps(sheet)],
        "missing": sheet.unanswered_required,
        "second_look": second_look(sheet) if assessment.is_draft else None,
        "locked": sheet.locked,
        "newer": queries.newer_version(assessment) if assessment.is_draft else None,
        "can_submit": permissions.allowed(request.user, "assessment.submit", assessment.team),
        "can_delete": permissions.allowed(request.user, "assessment.delete", assessment.team),
        "was_submitted": assessment.snapshots.exists(),
        "can_edit": permissions.allowed(request.user, "assessment.edit", assessment.team),
        "rename_form": rename_form or RenameForm.of(assessment),
    }
    return render(request, "assessments/check.html", context, status=status)


@require_POST
def rename(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    assessment = load_assessment(request.user, pk, "assessment.edit")
    form = RenameForm(request.POST)
    if not form.is_valid():
        return render_check(request, assessment, form, status=422)
    try:
        actions.rename(by=request.user, assessment=assessment, **form.cleaned_data)
    except actions.StaleTitle as stale:
        return render_check(request, load_assessment(request.user, pk, "assessment.edit"), form.after(stale.title), 409)
    except actions.NotADraft:
        return already_submitted(request, assessment)
    return redirect("assessments:check", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def migrate(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Shows what moving the draft to the newest version would do, and does it when confirmed."""
    assessment = load_assessment(request.user, pk, "assessment.edit")
    to = queries.newer_version(assessment)
    if to is None or not assessment.is_draft:
        return redirect("assessments:check", pk)
    if request.method == "POST":
        if request.POST.get("to") != to.content_hash:
            return render_migration(request, assessment, to, status=409)
        return move(request, assessment, to)
    return render_migration(request, assessment, to)


def move(request: AuthenticatedHttpRequest, assessment: Assessment, to: QuestionnaireVersion) -> HttpResponse:
    try:
        actions.migrate(by=request.user, assessment=assessment, to=to)
    except actions.NotADraft:
        return already_submitted(request, assessment)
    except actions.NotNewer:  # a second tab was faster
        return redirect("assessments:check", assessment.pk)
    messages.success(request, f"This draft now uses version {to.version}.")
    return redirect(assessment)


def render_migration(
    request: HttpRequest, assessment: Assessment, to: QuestionnaireVersion, status: int = 200
) -> HttpResponse:
    context = {"assessment": assessment, "to": to, "migration": queries.migration(assessment, to)}
    return render(request, "assessments/migrate.html", context, status=status)


@require_POST
def delete(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    assessment = load_assessment(request.user, pk, "assessment.delete")
    try:
        actions.delete_draft(by=request.user, assessment=assessment)
    except actions.NotADraft as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments:check", pk)
    messages.success(request, f"The draft “{assessment.title}” was deleted.")
    return redirect("assessments:list")
