"""The use case library: what a use case is once its file has been read. Frozen, typed, conditions compiled; no Django.

The files are described in docs/use-cases.md and read by library_parse.parse_library.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from apps.scoring.language.expressions import Expression

ANY_FUNCTION = "any"
OWN_IDEA = "own_idea"
# A use case describes itself in the words of these questions: attribute -> question whose choices it uses.
SETS = {"functions": "team_function", "goals": "goal_first", "data_kinds": "data_kinds"}
# These four are scales: their choices go from the least to the most.
SCALES = {name: name for name in ("audience", "autonomy", "decision_impact", "reversibility")}
WORDS_FROM = SETS | SCALES
GOALS = {"first": "goal_first", "second": "goal_second", "third": "goal_third"}
NO_OWN_DATA = "no_own_data"


class Verdict(StrEnum):
    START_HERE = "start_here"
    NEXT = "next"
    NOT_YET = "not_yet"
    REFUSED = "refused"
    NO_MATCH = "no_match"


@dataclass(frozen=True, slots=True)
class Rule:
    """Points for a reason; without `when` it always holds."""

    points: int
    reason: str
    references: tuple[str, ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    when: Expression
    verdict: Verdict
    reason: str
    change: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a use case does, in the choice keys of the selector questionnaire."""

    functions: frozenset[str]
    goals: frozenset[str]
    data_kinds: frozenset[str]
    audience: str
    autonomy: str
    decision_impact: str
    reversibility: str
    special_uses: frozenset[str] = frozenset()


NO_ATTRIBUTES = Attributes(frozenset(), frozenset(), frozenset(), "", "", "", "")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model must be able to do, in catalog facts."""

    input_modalities: tuple[str, ...]
    tools: bool
    structured_outputs: bool
    min_context: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A typical request; `per_page` is added to the input for each page of the document it reads."""

    input: int
    output: int
    per_page: int

    def in_a_month(self, requests: int, pages: Decimal) -> tuple[int, int]:
        return int(requests * (self.input + self.per_page * pages)), requests * self.output


@dataclass(frozen=True, slots=True)
class Step:
    day: int
    do: str


@dataclass(frozen=True, slots=True)
class SaferVariant:
    title: str
    difference: str
    changes: Mapping[str, Any]
    base_risk: Rule | None


@dataclass(frozen=True, slots=True)
class UseCase:
    key: str
    family: str
    title: str
    one_line: str
    description: str
    attributes: Attributes
    base_risk: Rule
    fit: tuple[Rule, ...]
    risk: tuple[Rule, ...]
    gates: tuple[Gate, ...]
    needs: Needs
    tokens: Tokens
    guardrails: tuple[str, ...]
    first_week: tuple[Step, ...]
    stop_when: tuple[str, ...]
    safer_variants: tuple[SaferVariant, ...]
    controls: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    key: str
    title: str
    at_least: int
    place: int  # 0 is the lowest band


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How far a verdict may go."""

    start_here_at_most: int
    start_here_fit: str
    next_fit: str
    start_here_risk: str
    next_risk: str
    readiness: str  # the dimension that says how ready the team is
    start_here_readiness: int
    next_readiness: int
    start_here_needs: tuple[str, ...]
    next_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    reason: str
    change: str


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What holds for every use case."""

    special_uses: Mapping[str, str]
    special_uses_title: str
    private_data: frozenset[str]
    personal_data: frozenset[str]
    fit_bands: tuple[Band, ...]
    risk_bands: tuple[Band, ...]
    verdicts: Verdicts
    limits: Mapping[str, Limit]
    fit: tuple[Rule, ...]
    risk: tuple[Rule, ...]
    gates: tuple[Gate, ...]
    own_idea: UseCase


@dataclass(frozen=True, eq=False)
class Library:
    rules: HouseRules
    families: Mapping[str, str]
    use_cases: tuple[UseCase, ...]
    hash: str

    @cached_property
    def by_key(self) -> Mapping[str, UseCase]:
        return {use_case.key: use_case for use_case in self.use_cases}

    def own_idea(self, title: str, description: str, attributes: Attributes) -> UseCase:
        """An idea described by its attributes, judged like any other. Its words never move a score."""
        return replace(
            self.rules.own_idea, title=title, one_line=description, description=description, attributes=attributes
        )
