from copy import deepcopy
from typing import Any

import pytest

from apps.selector.library import Library
from apps.selector.library_parse import InvalidLibrary, LibraryProblem, parse_library
from tests.factories.use_cases import (
    make_documents,
    make_library,
    make_use_case_data,
    selector_questionnaire,
    use_case_documents,
)

BANDS_WITH_OVERLAP = [{"key": "low", "title": "Low", "below": 9}, {"key": "high", "title": "High", "at_least": 8}]


def parse(documents: dict[str, Any]) -> Library:
    return parse_library(documents, selector_questionnaire(), {"law_1"})


def problems(documents: dict[str, Any]) -> list[LibraryProblem]:
    with pytest.raises(InvalidLibrary) as caught:
        parse(documents)
    return list(caught.value.problems)


def places(documents: dict[str, Any]) -> list[str]:
    return [f"{problem.file}: {problem.path}" for problem in problems(documents)]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small library with one value of its use case (path in dots) replaced."""
    data = make_use_case_data(
        gates=[{"when": "False", "verdict": "not_yet", "reason": "R.", "change": "C."}],
        risk=[{"when": "True", "points": 1, "reason": "R."}],
        fit=[{"when": "True", "points": 1, "reason": "R."}],
        safer_variants=[{"title": "T", "difference": "D", "changes": {"case_audience": "own_team"}}],
    )
    part: Any = data
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        part = part[step]
    part[last] = value
    return make_documents(data)


def test_library_hash_follows_the_content():
    other = make_use_case_data(title="Other")

    assert make_library().hash == make_library().hash
    assert make_library().hash != make_library(other).hash


def test_texts_are_put_on_one_line():
    library = make_library(make_use_case_data(description="one\n  two"))

    assert library.use_cases[0].description == "one two"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("key", "Not A Key", "key"),
        ("title", "", "title"),
        ("title", None, "title"),
        ("description", 7, "description"),
        ("attributes", None, "attributes"),
        ("attributes.functions", [], "attributes.functions"),
        ("attributes.goals", ["wealth"], "attributes.goals"),
        ("attributes.data_kinds", "internal_documents", "attributes.data_kinds"),
        ("attributes.audience", "everybody", "attributes.audience"),
        ("attributes.special_uses", ["cooks"], "attributes.special_uses"),
        ("attributes.colour", "red", "attributes.colour"),
        ("base_risk.points", -1, "base_risk.points"),
        ("base_risk.points", "many", "base_risk.points"),
        ("base_risk.when", "True", "base_risk.when"),
        ("base_risk.references", ["law_2"], "base_risk.references"),
        ("fit.0.when", "team_function == 'cooking'", "fit[0].when"),
        ("fit.0.when", "nothing == 1", "fit[0].when"),
        ("fit.0.when", None, "fit[0].when"),
        ("fit.0.reason", "Because {answer:weather}.", "fit[0].reason"),
        ("fit.0.points", 101, "fit[0].points"),
        ("risk.0.points", -1, "risk[0].points"),
        ("gates.0.verdict", "start_here", "gates[0].verdict"),
        ("gates.0.change", "See {case:title}.", "gates[0].change"),
        ("gates.0.when", "requests_a_month", "gates[0].when"),
        ("needs.input_modalities", ["smell"], "needs.input_modalities"),
        ("needs.tools", "yes", "needs.tools"),
        ("needs.min_context", 0, "needs.min_context"),
        ("tokens.output", 0, "tokens.output"),
        ("guardrails", [], "guardrails"),
        ("guardrails", [1], "guardrails[0]"),
        ("first_week", [], "first_week"),
        ("safer_variants.0.changes", {}, "safer_variants[0].changes"),
        ("safer_variants.0.changes", {"case_goal_match": "first"}, "safer_variants[0].changes.case_goal_match"),
        ("safer_variants.0.changes", {"requests_a_month": 3}, "safer_variants[0].changes.requests_a_month"),
        ("safer_variants.0.changes", {"case_audience": "nobody"}, "safer_variants[0].changes.case_audience"),
        ("safer_variants.0.changes", {"case_data_kinds": "images"}, "safer_variants[0].changes.case_data_kinds"),
        ("safer_variants.0.changes", {"case_data_kinds": [["x"]]}, "safer_variants[0].changes.case_data_kinds"),
        ("safer_variants.0.base_risk", {"points": 1}, "safer_variants[0].base_risk.reason"),
        ("surprise", 1, "surprise"),
    ],
)
def test_use_case_with_a_mistake_is_refused_with_its_place(path: str, value: Any, place: str):
    assert f"small.yaml: use_cases[0].{place}" in places(changed(path, value))


@pytest.mark.parametrize(
    ("part", "value", "place"),
    [
        ("schema", 2, "schema"),
        ("special_uses", [], "special_uses"),
        ("special_uses", [{"key": "a", "title": "A"}, {"key": "a", "title": "B"}], "special_uses[1]"),
        ("fit_bands", [], "fit_bands"),
        ("fit_bands", [{"key": "one", "title": "One", "below": 40}], "fit_bands"),
        ("risk_bands", BANDS_WITH_OVERLAP, "risk_bands[1].at_least"),
        ("verdicts", {}, "verdicts.next_fit"),
        ("limits", {"other": {}}, "limits.other"),
        ("fit", [{"when": "True", "points": 1, "reason": "{case:age}"}], "fit[0].reason"),
        ("own_idea", {}, "own_idea.tokens.input"),
        ("private_data", ["secrets"], "private_data"),
        ("colour", "red", "colour"),
    ],
)
def test_rules_with_a_mistake_are_refused_with_their_place(part: str, value: Any, place: str):
    assert f"_rules.yaml: {place}" in places(make_documents(**{part: value}))


def test_problems_of_all_files_are_reported_at_once():
    documents = make_documents(make_use_case_data(title=""), schema=7)

    assert {problem.file for problem in problems(documents)} == {"_rules.yaml", "small.yaml"}


def test_missing_rules_file_is_refused():
    documents = make_documents()
    del documents["_rules.yaml"]

    assert any(problem.file == "_rules.yaml" for problem in problems(documents))


@pytest.mark.parametrize("data", [None, [], "text", {"schema": 1}])
def test_file_that_is_no_family_is_refused(data: Any):
    documents = {**make_documents(), "other.yaml": data}

    assert {problem.file for problem in problems(documents)} == {"other.yaml"}


def test_same_key_or_family_twice_is_refused():
    documents = make_documents()
    documents["twin.yaml"] = deepcopy(documents["small.yaml"])

    assert places(documents) == ["twin.yaml: family", "twin.yaml: use_cases[0].key"]


def test_own_idea_is_not_a_key_for_a_use_case():
    assert places(make_documents(make_use_case_data(key="own_idea"))) == ["small.yaml: use_cases[0].key"]


def test_problem_reads_as_file_path_and_sentence():
    assert str(LibraryProblem("a.yaml", "use_cases[0]", "No.")) == "a.yaml: use_cases[0]: No."
    assert str(LibraryProblem("a.yaml", "", "No.")) == "a.yaml: No."


def test_real_library_refuses_an_unknown_reference():
    with pytest.raises(InvalidLibrary, match=r"people.yaml: .*eu_ai_act_art_5_1_f"):
        parse_library(use_case_documents(), selector_questionnaire(), {"law_1"})
