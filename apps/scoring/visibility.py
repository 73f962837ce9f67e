"""Which questions are asked: the one function that decides it, for the wizard, the score and everything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from apps.scoring.answers import DONT_KNOW, Answer, Answers, RawAnswers, as_answers
from apps.scoring.definitions import Question, Questionnaire, Section
from apps.scoring.language.expressions import Expression
from apps.scoring.language.operations import both
from apps.scoring.language.values import NO, YES, Env, Truth, Value, or_absent
from apps.scoring.texts import Text


@dataclass(frozen=True, slots=True)
class Scene:
    """One reading of the answers, by question key: what is visible, and what each answer is or could be."""

    visible: Mapping[str, Truth]
    env: dict[str, Value]


def settle(questionnaire: Questionnaire, answers: Answers, *, open_ends: bool) -> Scene:
    """Walks the questions once, in order. An answer that is missing counts as absent, or with `open_ends` as anything
    it could be. Hidden answers count as absent."""
    env: dict[str, Value] = {}
    visible: dict[str, Truth] = {}
    for section in questionnaire.sections:
        section_shown = is_shown(section.visible_if, YES, env)
        for question in section.questions:
            key = question.key
            visible[key] = shown = is_shown(question.visible_if, section_shown, env)
            env[key] = value_of(question, shown, answers.values.get(key), open_ends=open_ends)
    return Scene(visible, env)


def is_shown(condition: Expression | None, around: Truth, env: Env) -> Truth:
    """Whether a part with this condition is shown, inside something that is shown as `around` says."""
    return around if condition is None else both(around, condition.run(env))


def lacks_answer(question: Question, answer: Answer | None) -> bool:
    return (answer is None or answer is DONT_KNOW) and question.takes_answer


def value_of(question: Question, shown: Truth, answer: Answer | None, *, open_ends: bool) -> Value:
    """What the answer to a question is, to everything that looks at it. A text to read takes none, so it is nothing."""
    if shown == NO:
        return question.kind.nothing
    if lacks_answer(question, answer):
        value = question.kind.anything if open_ends else question.kind.nothing
    else:
        value = question.value_of_choice.get(answer) or question.kind.of(answer)
    return value if shown == YES else or_absent(value)


@dataclass(frozen=True)
class Readings:
    """The two readings of the same answers: as things stand now, and as it could be later."""

    questionnaire: Questionnaire
    given: Answers

    @cached_property
    def now(self) -> Scene:
        return settle(self.questionnaire, self.given, open_ends=False)

    @cached_property
    def counted(self) -> Answers:
        """Only the answers to questions that are asked as things stand. The others never count, not even as a promise:
        what is hidden now could be anything later."""
        values = {key: value for key, value in self.given.values.items() if self.now.visible[key] == YES}
        return Answers(values, self.given.ignored)

    @cached_property
    def later(self) -> Scene:
        """Where nothing is missing, it is `now` itself."""
        asked = (question for question in self.questionnaire.questions if self.now.visible[question.key] == YES)
        is_open = any(lacks_answer(question, self.given.values.get(question.key)) for question in asked)
        return settle(self.questionnaire, self.counted, open_ends=True) if is_open else self.now


# --- what the wizard shows


@dataclass(frozen=True, slots=True)
class VisibleSection:
    section: Section
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Visibility:
    """What `visible_questions` found: the sections to show as things stand, and the keys of the questions in them."""

    questionnaire: Questionnaire
    answers: Answers
    sections: tuple[VisibleSection, ...]
    keys: frozenset[str]

    @cached_property
    def possibly(self) -> frozenset[str]:
        """Keys of hidden questions that an answer still missing could bring up; most callers never ask."""
        later = Readings(self.questionnaire, self.answers).later
        return frozenset(key for key, shown in later.visible.items() if shown & YES) - self.keys


@dataclass(frozen=True, slots=True)
class SectionProgress:
    section: str
    title: Text
    answered: int
    asked: int
    complete: bool


def visible_questions(questionnaire: Questionnaire, answers: RawAnswers) -> Visibility:
    """Sections and questions as things stand, in order; sections with nothing to show are left out."""
    given = as_answers(questionnaire, answers)
    now = settle(questionnaire, given, open_ends=False)
    keys = frozenset(key for key, shown in now.visible.items() if shown == YES)
    sections = []
    for section in questionnaire.sections:
        questions = tuple(question for question in section.questions if question.key in keys)
        if questions:
            sections.append(VisibleSection(section, questions))
    return Visibility(questionnaire, given, tuple(sections), keys)


def progress(shown: Visibility) -> tuple[SectionProgress, ...]:
    """How far each visible section is. "I don't know" is an answer here."""
    found = []
    for part in shown.sections:
        asked = [question for question in part.questions if question.takes_answer]
        missing = [question for question in asked if question.key not in shown.answers.values]
        complete = not any(question.required for question in missing)
        key, title = part.section.key, part.section.title
        found.append(SectionProgress(key, title, len(asked) - len(missing), len(asked), complete))
    return tuple(found)
