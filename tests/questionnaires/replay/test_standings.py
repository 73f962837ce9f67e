"""Many sheets at once come out exactly as one after the other."""

import copy
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.questionnaires.replay import columns, standings
from apps.questionnaires.replay.sheets import Row
from apps.questionnaires.replay.tally import Tally, choice_questions
from apps.scoring import Questionnaire, answer_as_json, check_questionnaire, parse_questionnaire, read_answers
from apps.scoring.language.values import YES
from apps.scoring.renames import renamed
from apps.scoring.score import decisive
from tests.factories.answer_sheets import make_rows, score_rows
from tests.factories.definitions import make_choices, make_definition, make_question
from tests.factories.published import current_questionnaire
from tests.scoring.test_properties import FORM, branching_definition

TODAY = date(2026, 11, 22)


def one_by_one(questionnaire: Questionnaire, rows: Sequence[Row]) -> Tally:
    tally, seen = Tally(), {key: set() for key in choice_questions(questionnaire)}
    bands = [band.key for band in questionnaire.levels.bands] if questionnaire.levels else [""]
    for number, raw, then in rows:
        answers = read_answers(questionnaire, renamed([questionnaire], raw))
        standing = decisive(questionnaire, answers, TODAY)
        now = bands[standing.worst]
        tally.total, tally.last_pk = tally.total + 1, number
        tally.moves[f"{then}>{now}"] += 1
        tally.fired += Counter(flag for flag, truth in standing.fired.items() if truth == YES)
        tally.examples += [(number, then, now)] if then != now else []
        for key in seen.keys() & answers.values.keys():
            seen[key].add(json.dumps(answer_as_json(answers.values[key])))
    tally.variety = {key: sorted(values)[:2] for key, values in seen.items()}
    return tally


def changed(**changes: Any) -> Questionnaire:
    return parse_questionnaire({**branching_definition(), **changes})


def as_it_stands() -> Questionnaire:
    return changed(levels={**branching_definition()["levels"], "when_missing": "as_it_stands"})


def in_thirds() -> Questionnaire:
    """Points that no whole number of anything holds."""
    data = branching_definition()
    users = next(q for q in data["sections"][0]["questions"] if q["key"] == "users")
    users["points"] = {"exposure": "users / 3", "control": "7 / 3"}
    return parse_questionnaire(data)


def without_levels() -> Questionnaire:
    data = {key: value for key, value in branching_definition().items() if key not in ("levels", "flags")}
    return parse_questionnaire(data | {"result": "use_cases"})


def with_renames() -> Questionnaire:
    renames = [
        {"question": "range", "to": "reach"},
        {"question": "reach", "choice": "gone", "to": "everyone"},
        {"question": "data", "choice": "gone", "to": "health"},
        {"question": "verified", "to": "checks"},
    ]
    return changed(renames=renames)


CANDIDATES = {
    "branching": FORM,
    "as it stands": as_it_stands(),
    "in thirds": in_thirds(),
    "without levels": without_levels(),
    "law of another day": changed(flags=[{**f, "applies_from": "2027-01-01"} for f in branching_definition()["flags"]]),
    "renamed": with_renames(),
    "risktest": current_questionnaire("risktest"),
    "selector": current_questionnaire("selector"),
}


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("seed", range(5))
def test_many_sheets_come_out_as_one_by_one(name: str, seed: int) -> None:
    candidate = CANDIDATES[name]
    rows = make_rows(candidate, Random(seed), "range", "verified")

    assert score_rows(candidate, rows, TODAY, [candidate]) == one_by_one(candidate, rows)


# --- any questionnaire at all

ATOMS = {
    "single": ["{} == 'a'", "{} != 'b'", "{} in ('a', 'c')", "answered({})"],
    "multi": ["'a' in {}", "'b' not in {}", "count({}) > 1", "answered({})"],
    "number": ["{} > 100", "{} * 2 <= 50", "answered({})", "{} % 7 == 0"],
    "date": ["{} < date('2025-01-01')", "answered({})"],
}
POINTS = st.integers(-3, 9)
DERIVED = [
    "share(exposure) * (100 - share(other) / 3) / 100",
    "max(points(exposure), points(other)) / 7",
    "points(exposure) - points(other)",
    "min(share(exposure), 70) if points(other) > 2 else maximum(exposure)",
]


@st.composite
def conditions(draw: Any, questions: list[dict[str, Any]]) -> str:
    parts = []
    for question in draw(st.lists(st.sampled_from(questions), min_size=1, max_size=4)):
        atom = draw(st.sampled_from(ATOMS[question["type"]])).format(question["key"])
        parts.append(draw(st.sampled_from(["({})", "not ({})"])).format(atom))
    return draw(st.sampled_from([" and ", " or "])).join(parts)


@st.composite
def question_definitions(draw: Any, number: int, before: list[dict[str, Any]]) -> dict[str, Any]:
    key, type_ = f"q{number}", draw(st.sampled_from(list(ATOMS)))
    changes: dict[str, Any] = {"type": type_, "dont_know": draw(st.booleans()), "required": False}
    if type_ in ("single", "multi"):
        changes["choices"] = make_choices(a=draw(POINTS), b=draw(POINTS), c=draw(POINTS))
        for choice in changes["choices"]:
            choice["points"]["other"] = draw(POINTS)
        if type_ == "single" and draw(st.booleans()):
            changes["choices"].append({"key": "d", "title": "D", "not_applicable": True})
    if type_ == "number":
        changes["points"] = {"other": draw(st.sampled_from([f"{key} / 50", f"{key} / 7", "3"]))}
    if before and draw(st.booleans()):
        changes["visible_if"] = draw(conditions(before))
    return make_question(key, **changes)


@st.composite
def definitions(draw: Any) -> dict[str, Any]:
    questions: list[dict[str, Any]] = []
    for number in range(draw(st.integers(2, 6))):
        questions.append(draw(question_definitions(number, questions)))
    whens = [draw(conditions(questions)), f"residual > 20 and {draw(conditions(questions))}"]
    flags = [
        {"key": f"f{n}", "title": "F", "when": when, "effect": {"minimum_level": "mid"}, "because": "So."}
        for n, when in enumerate(whens)
    ]
    bands = [
        {"key": "low", "title": "Low", "below": 10},
        {"key": "mid", "title": "Mid", "at_least": 10, "at_most": 40},
        {"key": "top", "title": "Top", "above": 40},
    ]
    over = draw(st.sampled_from(["all", "visible"]))
    dimensions = [{"key": "exposure", "title": "E", "maximum_over": over}, {"key": "other", "title": "O"}]
    derived = [{"key": "residual", "title": "R", "value": draw(st.sampled_from(DERIVED))}]
    derived.append({"key": "fixed", "title": "F", "value": "5"})
    missing = draw(st.sampled_from(["worst", "as_it_stands"]))
    levels = {"of": "residual", "bands": bands, "when_missing": missing}
    return make_definition(*questions, dimensions=dimensions, derived=derived, levels=levels, flags=flags)


# However large the columns are: each limit at its smallest sends small ones the way of large ones.
SMALLEST = [
    ("ALL_AT_ONCE", 0),
    ("AS_THEY_ARE", 0),
    ("LONGEST", 0),
    ("TABLE", 0),
    ("SAMPLE", 1),
    ("AS_A_WHOLE", 0),
    ("TOO_LARGE", 0),
    ("MOST_VALUES", 0),
]


@pytest.mark.parametrize(("limit", "smallest"), SMALLEST)
def test_any_questionnaire_comes_out_as_one_by_one(limit: str, smallest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns if hasattr(columns, limit) else standings, limit, smallest)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32), definitions())
    def holds(seed: int, definition: dict[str, Any]) -> None:
        assume(not check_questionnaire(copy.deepcopy(definition)))
        candidate = parse_questionnaire(definition)
        rows = make_rows(candidate, Random(seed))
        assert score_rows(candidate, rows, TODAY) == one_by_one(candidate, rows)

    holds()
