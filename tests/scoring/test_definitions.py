import pytest

from apps.scoring import parse_questionnaire
from tests.factories.definitions import make_question, make_scored_definition


@pytest.mark.parametrize(("looked_at", "remarks"), [(False, {"note"}), (True, set())])
def test_remark_is_a_text_that_may_stay_empty_and_that_no_rule_looks_at(looked_at, remarks) -> None:
    data = make_scored_definition()
    data["sections"][0]["questions"].append(make_question("note", type="long_text", max_length=500, required=False))
    data["sections"][0]["questions"].append(make_question("use", type="long_text", max_length=500, required=True))
    if looked_at:
        data["contradictions"] = [{"key": "said", "when": "answered(note)", "title": "Said", "ask": "Is it so?"}]

    assert parse_questionnaire(data).remarks == remarks
