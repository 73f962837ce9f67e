"""The pages of a questionnaire as the wizard shows them: sections as steps, questions as cards."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.forms import BoundField
from django.http import Http404, QueryDict
from django.urls import reverse

from apps.assessments import fields, queries
from apps.assessments.forms import SectionForm
from apps.assessments.models import Answer
from apps.assessments.sheets import LockedAnswer, Sheet
from apps.scoring.definitions import Question, Section
from apps.scoring.visibility import VisibleSection


@dataclass(frozen=True)
class Step:
    """One line of the task list."""

    key: str
    title: str
    answered: int
    asked: int
    current: bool

    url: str

    @property
    def state(self) -> str:
        if self.answered == self.asked:
            return "done"
        return "current" if self.current else "started" if self.answered else "todo"

    @property
    def task(self) -> dict[str, str]:
        """As the task list component wants it."""
        note = "Done" if self.state == "done" else f"{self.answered} of {self.asked}"
        return {"title": self.title, "url": self.url, "state": self.state, "note": note}


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
    answer: Answer | None = None

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

    @property
    def visible_keys(self) -> set[str]:
        return {card.key for card in self.cards if card.visible}

    def card(self, key: str) -> Card:
        return next(card for card in self.cards if card.key == key)


def section_page(sheet: Sheet, key: str, data: QueryDict | None = None) -> SectionPage:
    """The page of section `key`. Raises Http404 when there is no such section or it is hidden."""
    visible = {shown.section.key: shown for shown in sheet.visibility.sections}
    if key not in visible:
        raise Http404
    shown = visible[key]
    form = SectionForm([q for q in shown.questions if q.key not in sheet.locked], sheet.stored, data)
    order = list(visible)
    position = order.index(key)
    return SectionPage(
        section=shown.section,
        cards=[make_card(q, shown, form, sheet.stored, sheet.locked) for q in shown.section.questions],
        form=form,
        steps=steps(sheet, current=key),
        previous=order[position - 1] if position else None,
        next=order[position + 1] if position + 1 < len(order) else None,
    )


def make_card(
    question: Question,
    shown: VisibleSection,
    form: SectionForm,
    stored: Mapping[str, Answer],
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
            key=line.section,
            title=str(line.title),
            answered=line.answered,
            asked=line.asked,
            current=line.section == current,
            url=reverse("assessments:section", args=[sheet.assessment.pk, line.section]),
        )
        for line in sheet.progress
    ]


def first_open(sheet: Sheet) -> str:
    """Where to resume: the first section with something left to answer, else the first one."""
    return next((line.section for line in sheet.progress if not line.complete), sheet.progress[0].section)
