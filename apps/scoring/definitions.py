"""What a questionnaire is once it has been read: frozen, typed, with its expressions compiled.

    Questionnaire
        sections    Section: visible_if, and questions
                        Question: type, visible_if, choices; the points it gives on dimensions, the gap it may be
        derived     numbers made of points, shares, answers and earlier derived values
        levels      bands of one derived value or dimension, from best to worst
        flags, contradictions       conditions that raise the level or tell a duty, and that ask for a second look

What is worked out of these once and then looked up often is cached beside them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from apps.scoring.language.compiler import OF_DIMENSIONS
from apps.scoring.language.expressions import Expression
from apps.scoring.language.operations import rounder
from apps.scoring.language.values import Kind, Range, exact_sum, exactly
from apps.scoring.texts import Text

FORBID, NOTICE = "forbid", "notice"  # what a flag does where it sets no lowest level
WORST, AS_IT_STANDS = "worst", "as_it_stands"


@dataclass(frozen=True, slots=True)
class Dimension:
    key: str
    title: Text
    path: str
    group: str | None = None  # exposure or control
    domain: str | None = None
    over_all: bool = False  # maximum_over: all


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    title: Text
    path: str  # in a list with a name, several questions have it
    help: Text | None
    exclusive: bool
    not_applicable: bool  # choosing it takes the question out of the maximum
    points: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class GapDefinition:
    closed_by: tuple[str, ...]
    title: Text
    why: Text
    action: Text
    owner: str
    effort: int
    due_days: int
    references: tuple[str, ...]
    applies_from: date | None
    domain: str


@dataclass(frozen=True, slots=True)
class Fact:
    """The catalog field that answers a question, and how its values map to choices."""

    field: str
    map: Mapping[str, str]


@dataclass(frozen=True)
class PointsRule:
    """What one question can give on one dimension: by its choices, or by a formula of a number."""

    dimension: str
    maximum: Decimal
    by_choice: Mapping[str, Decimal] = field(default_factory=dict)
    formula: Expression | None = None
    weight: Decimal = Decimal(1)  # for the formula; in `maximum` and `by_choice` it is included

    @cached_property
    def of_known_choice(self) -> Mapping[Any, Range]:
        """What each choice of a single gives, by the value that it is; no answer gives nothing."""
        nothing = {frozenset({None}): exactly(0)}
        return nothing | {frozenset({key}): exactly(worth) for key, worth in self.by_choice.items()}


@dataclass(frozen=True)
class Question:
    key: str
    title: Text
    type: str  # single, multi, number, date, short_text, long_text, static
    path: str
    section: str
    help: Text | None
    why: Text | None
    required: bool
    dont_know: bool
    visible_if: Expression | None
    choices: tuple[Choice, ...]
    points: tuple[PointsRule, ...]
    unit: Text | None
    minimum: Decimal | date | None
    maximum: Decimal | date | None
    places: int
    max_length: int
    fact: Fact | None
    gap: GapDefinition | None
    kind: Kind

    @property
    def takes_answer(self) -> bool:
        return self.type != "static"

    @cached_property
    def value_of_choice(self) -> Mapping[Any, Any]:
        """The value that each choice of a single is; empty for other types."""
        return {choice.key: self.kind.of(choice.key) for choice in self.choices} if self.type == "single" else {}

    @cached_property
    def not_applicable(self) -> frozenset[str]:
        return frozenset(choice.key for choice in self.choices if choice.not_applicable)

    @property
    def formulas(self) -> tuple[Expression, ...]:
        return tuple(rule.formula for rule in self.points if rule.formula is not None)

    @cached_property
    def choice_by_key(self) -> Mapping[str, Choice]:
        return {choice.key: choice for choice in self.choices}

    def choice(self, key: str) -> Choice:
        return self.choice_by_key[key]


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: Text
    path: str
    intro: Text | None
    visible_if: Expression | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Rounding:
    places: int
    mode: str


@dataclass(frozen=True)
class Derived:
    key: str
    title: Text
    path: str
    value: Expression
    rounding: Rounding | None
    unit: Text | None
    bands: tuple["Band", ...] = ()  # from low to high, to say what the number means; they decide nothing

    @cached_property
    def rounded(self) -> Callable[[Range], Range]:
        return rounder(self.rounding.mode, self.rounding.places) if self.rounding else lambda value: value


@dataclass(frozen=True, slots=True)
class Band:
    """Reaches from its lower to its upper bound; None is open. `*_included`: the bound itself belongs to it."""

    key: str
    title: Text
    lower: Decimal | None
    lower_included: bool
    upper: Decimal | None
    upper_included: bool


@dataclass(frozen=True, slots=True)
class Levels:
    of: str  # the key of a derived value or a dimension
    name: str  # the same as expressions call it: `rest`, or `points(exposure)`
    when_missing: str  # WORST or AS_IT_STANDS
    bands: tuple[Band, ...]  # from best to worst

    def index(self, key: str) -> int:
        return next(i for i, band in enumerate(self.bands) if band.key == key)


@dataclass(frozen=True, slots=True)
class Flag:
    key: str
    title: Text
    path: str
    when: Expression
    effect: str  # the key of the lowest level it allows, FORBID or NOTICE
    minimum: int  # the place of that level among the bands; forbidding allows only the worst, a notice every one
    because: Text
    action: Text | None
    references: tuple[str, ...]
    applies_from: date | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    key: str
    title: Text
    path: str
    when: Expression
    ask: Text


@dataclass(frozen=True, eq=False)
class Questionnaire:
    key: str
    version: int
    hash: str
    languages: tuple[str, ...]
    title: Text
    summary: Text
    result: str  # use_cases or risk
    minutes: int | None
    roles: Mapping[str, Text]
    references: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    sections: tuple[Section, ...]
    derived: tuple[Derived, ...]
    levels: Levels | None
    flags: tuple[Flag, ...]
    contradictions: tuple[Contradiction, ...]
    # By a question's old key and None, its new key; by the key of a question and the old one of a choice, that one's.
    renames: Mapping[tuple[str, str | None], str]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}

    @cached_property
    def scored(self) -> Mapping[str, Sequence[tuple[Question, PointsRule]]]:
        """By dimension: every rule that gives points on it, with its question."""
        found: dict[str, list[tuple[Question, PointsRule]]] = {dimension.key: [] for dimension in self.dimensions}
        for question in self.questions:
            for rule in question.points:
                found[rule.dimension].append((question, rule))
        return found

    @cached_property
    def titles(self) -> Mapping[str, Text]:
        """Of dimensions and derived values, by the names that expressions have for what is counted there."""
        titles = {derived.key: derived.title for derived in self.derived}
        return titles | {f"{function}({d.key})": d.title for d in self.dimensions for function in OF_DIMENSIONS}

    @cached_property
    def conditions(self) -> Mapping[str, tuple[Expression, ...]]:
        """What has to hold for a question to be asked: its section's condition and its own."""
        both = {q.key: (section.visible_if, q.visible_if) for section in self.sections for q in section.questions}
        return {key: tuple(part for part in parts if part is not None) for key, parts in both.items()}

    @cached_property
    def watched(self) -> frozenset[str]:
        """Questions that decide what is visible, what another question gives or what a maximum is."""
        found = {question.key for question in self.questions if question.not_applicable}
        for question in self.questions:
            looking = (*self.conditions[question.key], *question.formulas)
            found.update(name for each in looking for name in each.names if name != question.key)
        return frozenset(found)

    @property
    def rules(self) -> tuple[Expression, ...]:
        """What is looked at once all questions are: of derived values, flags and contradictions."""
        values = (derived.value for derived in self.derived)
        return (*values, *(flag.when for flag in self.flags), *(rule.when for rule in self.contradictions))

    @cached_property
    def remarks(self) -> frozenset[str]:
        """Texts that may stay empty and that no rule looks at: leaving one out leaves nothing unknown."""
        used = self.watched.union(*(rule.names for rule in self.rules))
        texts = [question for question in self.questions if question.type in ("short_text", "long_text")]
        return frozenset(question.key for question in texts if not question.required) - used

    @property
    def missing_is_worst(self) -> bool:
        """Whether the level that is shown takes what is not answered for the worst it could be."""
        return self.levels is None or self.levels.when_missing == WORST

    @cached_property
    def whole_maximum(self) -> Mapping[str, Decimal]:
        """What all questions together could give, by dimension."""
        return {dimension: exact_sum(rule.maximum for _, rule in rules) for dimension, rules in self.scored.items()}

    def question(self, key: str) -> Question:
        return self.by_key[key]
