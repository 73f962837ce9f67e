from datetime import date

import pytest

from apps.scoring import evaluate, parse_questionnaire
from tests.factories.definitions import make_question, make_scored_definition


@pytest.mark.parametrize(("looked_at", "missing"), [(False, []), (True, ["note"])])
def test_remark_left_empty_leaves_nothing_unknown_unless_a_rule_looks_at_it(looked_at, missing) -> None:
    data = make_scored_definition()
    data["sections"][0]["questions"].append(make_question("note", type="long_text", max_length=500, required=False))
    if looked_at:
        data["contradictions"] = [{"key": "said", "when": "answered(note)", "title": "Said", "ask": "Is it so?"}]
    answers = {"reach": "everyone", "data": ["personal"], "review": "missing", "logging": "there"}

    outcome = evaluate(parse_questionnaire(data), answers, on_date=date(2026, 11, 22))

    assert [each.question for each in outcome.missing] == missing
