"""The questionnaires that come with the portal: valid, golden cases green, every reference known."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.questionnaires.actions import parse_source
from apps.questionnaires.documents import read_document
from apps.questionnaires.golden import cases_beside, deviations
from apps.scoring import check_questionnaire, evaluate, parse_questionnaire
from tests.factories.definitions import make_definition
from tests.factories.published import current_questionnaire

FILES = sorted((settings.FIXTURES_DIR / "questionnaires").glob("*/v*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_cases_hold(path: Path) -> None:
    questionnaire = parse_source(path.read_bytes())

    cases = cases_beside(path)

    assert cases
    assert [str(deviation) for deviation in deviations(questionnaire, cases)] == []


def test_risk_test_is_as_large_as_promised() -> None:
    questionnaire = current_questionnaire("risktest")

    domains = {dimension.domain for dimension in questionnaire.dimensions if dimension.domain}
    assert len([q for q in questionnaire.questions if q.takes_answer]) >= 25
    assert len(domains) >= 8


def example_of(page: str, showing: str = "sections:") -> dict[str, Any]:
    """The last YAML of a page of documentation that shows this, completed to a whole questionnaire."""
    text = (settings.BASE_DIR / "docs" / page).read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    source = next(example for example in reversed(examples) if showing in example)
    return make_definition(**{"sections": [], **read_document(source.encode()).data})


@pytest.mark.parametrize(
    ("page", "showing"),
    [("questionnaires.md", "sections:"), ("questionnaires.md", "choice_lists:"), ("scoring.md", "sections:")],
)
def test_documented_example_is_a_sound_questionnaire(page: str, showing: str) -> None:
    assert check_questionnaire(example_of(page, showing)) == []


@pytest.mark.parametrize(
    ("answers", "asked", "points", "level"),
    [
        ({}, 1, "0 0 7", "high low high"),
        ({"audience": "staff"}, 1, "1 1 1", "low low low"),
        ({"audience": "public"}, 2, "4 4 7", "high high high"),
        ({"audience": "staff", "checked": "no_one"}, 1, "1 1 1", "low low low"),
    ],
)
def test_worked_example_scores_as_its_table_says(answers: Any, asked: int, points: str, level: str) -> None:
    outcome = evaluate(parse_questionnaire(example_of("scoring.md")), answers, on_date=date(2026, 11, 22))

    found = outcome.dimensions["exposure"]
    assert len(outcome.visible) == asked
    assert f"{found.points} {found.low} {found.high}" == points
    assert f"{outcome.level} {outcome.level_low} {outcome.level_high}" == level


def test_walk_through_one_answer_ends_in_the_sentence_that_scoring_says() -> None:
    outcome = evaluate(
        parse_questionnaire(example_of("scoring.md")), {"audience": "public"}, on_date=date(2026, 11, 22)
    )

    page = (settings.BASE_DIR / "docs" / "scoring.md").read_text(encoding="utf-8")
    assert f"“{outcome.explanations[-1].sentence}” |" in page
