"""The questionnaires that come with the portal: valid, golden cases green, every reference known."""

from pathlib import Path

import pytest
from django.conf import settings

from apps.questionnaires.actions import parse_source
from apps.questionnaires.golden import cases_beside, deviations

FILES = sorted((settings.FIXTURES_DIR / "questionnaires").glob("*/v*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_cases_hold(path: Path) -> None:
    questionnaire = parse_source(path.read_bytes())

    cases = cases_beside(path)

    assert cases
    assert [str(deviation) for deviation in deviations(questionnaire, cases)] == []


def test_risk_test_is_as_large_as_promised() -> None:
    questionnaire = parse_source((settings.FIXTURES_DIR / "questionnaires/risktest/v1.yaml").read_bytes())

    domains = {dimension.domain for dimension in questionnaire.dimensions if dimension.domain}
    assert len([q for q in questionnaire.questions if q.is_asked]) >= 25
    assert len(domains) >= 8
