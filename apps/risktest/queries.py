"""What the risk summary page shows: outcome, plan, what-if."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from apps.assessments import queries as assessments
from apps.assessments.models import Assessment
from apps.questionnaires.references import Reference, references_of
from apps.risktest import flags
from apps.risktest.pictures import WHOLE, domain_rows, ruler
from apps.risktest.verdict import level_titles, verdict, what_it_buys, without_gaps
from apps.scoring import Questionnaire, what_if
from apps.scoring.planning.plan import Plan, cheapest_plan
from apps.ui import charts

MAIN_GAPS = 5


@dataclass(frozen=True)
class Gap:
    """One gap of an outcome, with its references looked up and whether the what-if closes it."""

    facts: Mapping[str, Any]
    references: list[Reference]
    buys: str
    closed: bool


@dataclass(frozen=True)
class Summary:
    content: Mapping[str, Any]
    questionnaire: Questionnaire
    verdict: str
    without_gaps: str
    ruler: SafeString | str
    figures: list[Mapping[str, Any]]
    domains: SafeString
    domain_rows: list[charts.Bar]
    gaps: list[Gap]
    possible_notices: list[str]
    plan: Plan | None
    level_titles: Mapping[str, str]
    references: Mapping[str, Reference]

    @property
    def main_gaps(self) -> list[Gap]:
        return self.gaps[:MAIN_GAPS]

    @property
    def further_gaps(self) -> list[Gap]:
        return self.gaps[MAIN_GAPS:]

    @property
    def rules(self) -> list[flags.Flag]:
        return flags.rules(self.outcome)

    @property
    def notices(self) -> list[flags.Flag]:
        return flags.notices(self.outcome)

    @property
    def could_be_lower(self) -> bool:
        """Once everything is known, with no gap closed."""
        return bool(self.outcome["level"] != self.outcome["level_low"])

    @property
    def outcome(self) -> Mapping[str, Any]:
        outcome: Mapping[str, Any] = self.content["outcome"]
        return outcome


def summary(assessment: Assessment, close: Collection[str] = ()) -> Summary:
    content = assessments.shown_content(assessment)
    questionnaire = assessments.definition(assessment)
    outcome = content["outcome"]
    references = references_of(content)
    rows = domain_rows(questionnaire, outcome)
    return Summary(
        content=content,
        questionnaire=questionnaire,
        verdict=verdict(questionnaire, outcome),
        without_gaps=without_gaps(questionnaire, outcome),
        ruler=ruler(questionnaire, outcome),
        figures=[outcome["derived"][derived.key] for derived in questionnaire.derived],
        domains=charts.bars(rows, maximum=WHOLE, title="Controls in place, by domain"),
        domain_rows=rows,
        gaps=[gap(facts, references, what_it_buys(questionnaire, outcome, facts), close) for facts in outcome["gaps"]],
        possible_notices=flags.possible_notices(questionnaire, outcome),
        plan=plan(questionnaire, content),
        level_titles=level_titles(questionnaire),
        references=references,
    )


def gap(facts: Mapping[str, Any], references: Mapping[str, Reference], buys: str, close: Collection[str]) -> Gap:
    return Gap(
        facts=facts,
        references=[references[key] for key in facts["references"]],
        buys=buys,
        closed=facts["key"] in close,
    )


def plan(questionnaire: Questionnaire, content: Mapping[str, Any]) -> Plan | None:
    """The cheapest way to the next lower level; None when there is no level to lower."""
    best = questionnaire.levels.bands[0].key if questionnaire.levels else None
    if best is None or content["outcome"]["level"] == best:
        return None
    return cheapest_plan(questionnaire, raw(content), on_date=timezone.localdate())


def gap_keys(assessment: Assessment) -> set[str]:
    """Every gap there could be, open or not."""
    return {question.key for question in assessments.definition(assessment).questions if question.gap}


def what_if_closed(assessment: Assessment, close: Collection[str]) -> dict[str, Any]:
    """The outcome with these gaps closed; those that are not open make no difference."""
    content = assessments.shown_content(assessment)
    questionnaire = assessments.definition(assessment)
    known = {facts["key"] for facts in content["outcome"]["gaps"]} & set(close)
    outcome = what_if(questionnaire, raw(content), known, on_date=timezone.localdate()).as_json()
    return {"outcome": outcome, "ruler": ruler(questionnaire, outcome), "closed": len(known)}


def raw(content: Mapping[str, Any]) -> dict[str, Any]:
    return {row["question"]: row["value"] for row in content["answers"] if row["value"] is not None}
