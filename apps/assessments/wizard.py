"""The pages of a questionnaire as the wizard shows them: sections as steps, questions as cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.forms import BoundField
from django.http import Http404, QueryDict
from django.urls import reverse

from apps.assessments import fields, queries
from apps.assessments.forms import SectionForm
from apps.assessments.models import Answer
from apps.assessments.sheets import LockedAnswer, Sheet, StoredAnswer
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
    version: BoundField | None = None
    unknown: BoundField | None = None
    locked: LockedAnswer | None = None
    locked_text: str = ""
    answer: StoredAnswer | None = None

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def is_text(self) -> bool:
        return self.question.type not in ("single", "multi")

    @property
    def params(self) -> str:
        """The form fields that belong to this card: what htmx sends when it changes."""
        names = [fields.field_name(self.question), fields.version_name(self.question)]
        return ",".join([*names, fields.unknown_name(self.question)])


@dataclass(frozen=True)
class SectionPage:
    section: Section
    cards: list[Card]
    form: SectionForm
    steps: list[Step]
    previous: str | None
    next: str | None

    @property
    def number(self) -> int:
        return [step.current for step in self.steps].index(True) + 1

    @property
    def tasks(self) -> list[dict[str, str]]:
        return [step.task for step in self.steps]

    def card(self, key: str) -> Card:
        return next(card for card in self.cards if card.key == key)


def section_page(sheet: Sheet, key: str, data: QueryDict | None = None) -> SectionPage:
    """The page of section `key`. Raises Http404 when there is no such section or it is hidden."""
    shown = visible_section(sheet, key)
    form = SectionForm([q for q in shown.questions if q.key not in sheet.locked], sheet.stored, data)
    return SectionPage(
        section=shown.section,
        cards=[make_card(q, shown, form, sheet.stored, sheet.locked) for q in shown.section.questions],
        form=form,
        steps=steps(sheet, current=key),
        previous=neighbour(sheet, key, -1),
        next=neighbour(sheet, key, 1),
    )


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
    question: Question,
    shown: VisibleSection,
    form: SectionForm,
    stored: Mapping[str, StoredAnswer],
    locked: Mapping[str, LockedAnswer],
) -> Card:
    visible = question in shown.questions
    if question.key in locked:
        text = queries.in_words(question, locked[question.key].value)
        return Card(question, visible, locked=locked[question.key], locked_text=text)
    if not visible or question.type == "static":
        return Card(question, visible)
    unknown = fields.unknown_name(question)
    return Card(
        question,
        visible,
        field=form[fields.field_name(question)],
        version=form[fields.version_name(question)],
        unknown=form[unknown] if unknown in form.fields else None,
        answer=stored.get(question.key),
    )


@dataclass(frozen=True)
class Conflict:
    """An answer somebody else changed in the meantime."""

    card: Card
    answer: Answer
    theirs: str


def conflict(card: Card, answer: Answer) -> Conflict:
    return Conflict(card, answer, queries.in_words(card.question, answer.value))


def steps(sheet: Sheet, current: str = "") -> list[Step]:
    return [
        Step(
            assessment=sheet.assessment.pk,
            key=line.section,
            title=str(line.title),
            answered=line.answered,
            asked=line.asked,
            current=line.section == current,
        )
        for line in sheet.progress
    ]


def changed_tasks(before: list[Step], after: list[Step]) -> list[dict[str, str]] | None:
    """The lines of the task list that are new to a page showing `before`; None when sections came or went."""
    if [step.key for step in before] != [step.key for step in after]:
        return None
    return [new.task for old, new in zip(before, after, strict=True) if old != new]


def first_open(sheet: Sheet) -> str:
    """Where to resume: the first section with something left to answer, else the first one."""
    return next((line.section for line in sheet.progress if not line.complete), sheet.progress[0].section)
