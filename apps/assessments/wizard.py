"""The pages of a questionnaire as the wizard shows them: sections as steps, questions as cards."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.forms import BoundField
from django.http import Http404, QueryDict
from django.urls import reverse

from apps.assessments import fields, queries
from apps.assessments.actions import Posted
from apps.assessments.controls import control
from apps.assessments.forms import SectionForm
from apps.assessments.models import Answer
from apps.assessments.sheets import LockedAnswer, Sheet
from apps.scoring import InvalidAnswer, SectionProgress
from apps.scoring.definitions import Question, Section
from apps.scoring.visibility import VisibleSection


@dataclass(frozen=True)
class Step:
    """One line of the task list."""

    assessment: UUID
    key: str
    title: str
    answered: int
    asked: int
    current: bool

    @property
    def state(self) -> str:
        if self.answered == self.asked:
            return "done"
        return "current" if self.current else "started" if self.answered else "todo"

    @property
    def task(self) -> dict[str, str]:
        """As the task list component wants it."""
        note = "Done" if self.state == "done" else f"{self.answered} of {self.asked}"
        url = reverse("assessments:section", args=[self.assessment, self.key])
        return {"key": self.key, "title": self.title, "url": url, "state": self.state, "note": note}


@dataclass(frozen=True)
class Card:
    """One question on the page, or an empty slot where a hidden one may appear."""

    question: Question
    visible: bool
    field: BoundField | None = None
    control: str = ""
    version: BoundField | None = None
    unknown: BoundField | None = None
    locked: LockedAnswer | None = None
    locked_text: str = ""
    saved_at: datetime | None = None
    is_unsaved: bool = False  # it shows what was typed, and something else is stored
    theirs: Answer | None = None  # what somebody else made of it in the meantime

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def is_text(self) -> bool:
        return self.question.type not in ("single", "multi")

    @property
    def params(self) -> str:
        """The form fields that belong to this card: what htmx sends when it changes."""
        return ",".join([*fields.names(self.question), fields.mine_name(self.question)])

    @property
    def theirs_text(self) -> str:
        return queries.in_words(self.question, self.theirs.value) if self.theirs else ""


@dataclass(frozen=True)
class SectionPage:
    sheet: Sheet
    section: Section
    cards: list[Card]
    form: SectionForm

    @property
    def previous(self) -> str | None:
        return neighbour(self.sheet, self.section.key, -1)

    @property
    def next(self) -> str | None:
        return neighbour(self.sheet, self.section.key, 1)

    @cached_property
    def steps(self) -> list[Step]:
        return steps(self.sheet, current=self.section.key)

    @property
    def number(self) -> int:
        return [step.current for step in self.steps].index(True) + 1

    @property
    def tasks(self) -> list[dict[str, str]]:
        return [step.task for step in self.steps]

    def card(self, key: str) -> Card:
        return next(card for card in self.cards if card.key == key)


@dataclass(frozen=True)
class Because:
    """The newest of the answers that decide whether something is asked."""

    question: Question
    answer: Answer

    @property
    def text(self) -> str:
        return queries.in_words(self.question, self.answer.value)


@dataclass(frozen=True)
class Hidden:
    """A question that a colleague's answer to another one hid while it was being answered."""

    question: Question
    typed: str
    theirs: Answer | None  # where the colleague answered it as well, otherwise
    because: Because | None

    @property
    def theirs_text(self) -> str:
        return queries.in_words(self.question, self.theirs.value) if self.theirs else ""


@dataclass(frozen=True)
class NotSaved:
    """What was sent, and by question why it was not stored: a sentence, or an answer that somebody else gave."""

    data: QueryDict
    errors: Mapping[str, str]
    theirs: Mapping[str, Answer]


def section_page(sheet: Sheet, key: str, typed: NotSaved | None = None) -> SectionPage:
    """The page of section `key`. Raises Http404 when there is no such section or it is hidden."""
    section = visible_section(sheet, key).section
    return part_of_page(sheet, section, section.questions, typed)


def part_of_page(
    sheet: Sheet, section: Section, questions: Iterable[Question], typed: NotSaved | None = None
) -> SectionPage:
    """The page with cards for these questions only."""
    asked = [q for q in questions if q.key in sheet.visibility.keys and q.key not in sheet.locked]
    form = SectionForm(asked, sheet.stored, typed.data if typed else None)
    if typed:
        form.refuse(typed.errors)
    saved_at = queries.saved_at(sheet.assessment, [q.key for q in asked if q.key in sheet.stored])
    unsaved = {q.key for q in asked if typed and q.takes_answer and not is_stored(sheet, q, form)}
    cards = [make_card(sheet, question, form, saved_at, unsaved) for question in questions]
    if typed:
        cards = [replace(card, theirs=typed.theirs.get(card.key)) for card in cards]
    return SectionPage(sheet, section, cards, form)


def is_stored(sheet: Sheet, question: Question, form: SectionForm) -> bool:
    """Whether what the page shows for this question is what is stored."""
    try:
        raw = fields.raw_from_post(question, cast("QueryDict", form.data))
    except ValueError:
        return False
    return holds(sheet, question, raw)


def holds(sheet: Sheet, question: Question, raw: Any) -> bool:
    stored = sheet.stored.get(question.key)
    try:
        return bool(queries.stored_value(question, raw) == (stored.value if stored else None))
    except InvalidAnswer:
        return False


def changed_meanwhile(sheet: Sheet, posted: Mapping[str, Posted]) -> dict[str, Answer]:
    """By question, what a colleague made of it since the page was opened, where it is not what was posted."""
    keys = [
        key
        for key, post in posted.items()
        if sheet.version(key) > post.seen_version and not holds(sheet, sheet.questionnaire.question(key), post.raw)
    ]
    return {
        each.question: each for each in sheet.assessment.answers.filter(question__in=keys).select_related("changed_by")
    }


def hidden_meanwhile(sheet: Sheet, key: str, data: QueryDict, theirs: Mapping[str, Answer]) -> list[Hidden]:
    """Of the questions that were filled in on this section's page, those that are not asked any more."""
    questions = [q for q in visible_section(sheet, key).section.questions if q.key not in sheet.visibility.keys]
    return [
        Hidden(question, text, theirs.get(question.key), why_hidden(sheet, [question]))
        for question, text in typed_in(questions, data)
        if question.key in theirs or text != stored_text(sheet, question)
    ]


def stored_text(sheet: Sheet, question: Question) -> str:
    stored = sheet.stored.get(question.key)
    return queries.in_words(question, stored.value) if stored else ""


def why_hidden(sheet: Sheet, questions: Iterable[Question]) -> Because | None:
    conditions = [each for question in questions for each in sheet.questionnaire.conditions[question.key]]
    deciding = {name for condition in conditions for name in condition.names}
    answers = sheet.assessment.answers.filter(question__in=deciding).select_related("changed_by")
    newest = answers.order_by("-changed_at").first()
    return Because(sheet.questionnaire.question(newest.question), newest) if newest else None


def hidden_section(sheet: Sheet, key: str) -> Section | None:
    """None when it is visible. Raises Http404 when there is no such section."""
    for section in sheet.questionnaire.sections:
        if section.key == key:
            return None if any(shown.section is section for shown in sheet.visibility.sections) else section
    raise Http404


def typed_in(questions: Iterable[Question], post: QueryDict) -> list[tuple[Question, str]]:
    """What was typed, in words, also where it cannot be read as an answer."""
    found = [(question, fields.typed_text(question, post)) for question in questions if question.takes_answer]
    return [(question, text) for question, text in found if text]


def visible_section(sheet: Sheet, key: str) -> VisibleSection:
    """Raises Http404 when there is no such section or it is hidden."""
    for shown in sheet.visibility.sections:
        if shown.section.key == key:
            return shown
    raise Http404


def neighbour(sheet: Sheet, key: str, distance: int) -> str | None:
    """The visible section before (-1) or after (1) this one."""
    order = [shown.section.key for shown in sheet.visibility.sections]
    position = order.index(key) + distance
    return order[position] if 0 <= position < len(order) else None


def make_card(
    sheet: Sheet, question: Question, form: SectionForm, saved_at: Mapping[str, datetime], unsaved: Container[str]
) -> Card:
    visible = question.key in sheet.visibility.keys
    if locked := sheet.locked.get(question.key):
        return Card(question, visible, locked=locked, locked_text=queries.in_words(question, locked.value))
    if not visible or question.type == "static":
        return Card(question, visible)
    field, unknown = form[fields.field_name(question)], fields.unknown_name(question)
    return Card(
        question,
        visible,
        field=field,
        control=control(sheet.questionnaire.hash, question, field),
        version=form[fields.version_name(question)],
        unknown=form[unknown] if unknown in form.fields else None,
        saved_at=saved_at.get(question.key),
        is_unsaved=question.key in unsaved,
    )


def steps(sheet: Sheet, current: str = "") -> list[Step]:
    return [make_step(sheet, line, current) for line in sheet.progress]


def make_step(sheet: Sheet, line: SectionProgress, current: str) -> Step:
    return Step(
        assessment=sheet.assessment.pk,
        key=line.section,
        title=str(line.title),
        answered=line.answered,
        asked=line.asked,
        current=line.section == current,
    )


def changed_tasks(before: Sheet, after: Sheet, current: str) -> list[dict[str, str]] | None:
    """The lines of the task list that are new to a page showing `before`; None when sections came or went."""
    if [line.section for line in before.progress] != [line.section for line in after.progress]:
        return None
    changed = [new for old, new in zip(before.progress, after.progress, strict=True) if old != new]
    return [make_step(after, line, current).task for line in changed]


def first_open(sheet: Sheet) -> str:
    """Where to resume: the first section with something left to answer, else the first one."""
    return next((line.section for line in sheet.progress if not line.complete), sheet.progress[0].section)
