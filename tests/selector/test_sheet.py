from dataclasses import replace
from typing import Any

import pytest

from apps.scoring.language.values import UNKNOWN
from apps.selector.library import Library
from apps.selector.sheet import Sheet, View, read_sheet, view
from tests.factories.use_cases import READY_TEAM, RULES, make_library, make_use_case_data, selector_questionnaire


def make_sheet(library: Library | None = None, /, **answers: Any) -> Sheet:
    given = {key: value for key, value in {**READY_TEAM, **answers}.items() if value is not None}
    return read_sheet((library or make_library()).rules, selector_questionnaire(), given)


def make_view(*, attributes: dict[str, Any] | None = None, **answers: Any) -> View:
    library = make_library(make_use_case_data(attributes=attributes))
    return view(make_sheet(library, **answers), library.use_cases[0])


def test_sheet_leaves_out_hidden_and_unsure_answers():
    sheet = make_sheet(goal_third="read_less", logging={"dont_know": True}, data_kinds=["customer_messages"])

    assert "goal_third" not in sheet.values
    assert "logging" not in sheet.values
    assert {"logging", "special_categories"} <= sheet.open
    assert "goal_third" not in sheet.open


def test_sheet_counts_questions_that_may_still_come_up_as_open():
    assert "special_categories" in make_sheet(data_kinds=None).open


def test_missing_names_only_questions_that_are_asked():
    needs = {"start_here_needs": ["ai_disclosure", "policy"], "next_needs": ["owner"]}
    library = make_library(verdicts={**RULES["verdicts"], **needs})

    sheet = make_sheet(library, policy={"dont_know": True}, owner=None)

    assert sheet.missing_for_start == ("policy",)
    assert sheet.missing_for_next == ("owner",)


def test_readiness_is_the_share_the_questionnaire_derives():
    assert make_sheet().readiness == 100
    assert make_sheet(owner="shared", logging=None).readiness == 78
    assert make_sheet(owner="shared", logging=None).improvable == ("owner", "logging")


def test_readiness_without_readiness_questions_is_no_obstacle():
    questionnaire = replace(selector_questionnaire(), sections=())

    sheet = read_sheet(make_library().rules, questionnaire, {})

    assert (sheet.readiness, sheet.improvable) == (100, ())


@pytest.mark.parametrize(
    ("functions", "team", "expected"),
    [
        (["finance", "any"], "finance", "own"),
        (["any"], "finance", "any"),
        (["legal"], "finance", "other"),
        (["legal"], None, None),
    ],
)
def test_function_match(functions: list[str], team: str | None, expected: str | None):
    seen = make_view(attributes={"functions": functions}, team_function=team)

    assert seen.values["case_function_match"] == expected


@pytest.mark.parametrize(
    ("goals", "expected"),
    [
        ({"goal_first": "write_faster"}, "first"),
        ({"goal_first": "read_less", "goal_second": "write_faster"}, "second"),
        ({"goal_first": "read_less", "goal_second": "route_work", "goal_third": "write_faster"}, "third"),
        ({"goal_first": "read_less", "goal_second": "route_work"}, "none"),
        ({"goal_first": None}, None),
    ],
)
def test_goal_match_is_the_highest_goal_served(goals: dict[str, Any], expected: str | None):
    assert make_view(**goals).values["case_goal_match"] == expected


@pytest.mark.parametrize(
    ("needed", "held", "expected"),
    [
        (["invoices", "contracts"], ["contracts", "invoices", "images"], "all"),
        (["invoices", "contracts"], ["contracts"], "some"),
        (["invoices", "contracts"], ["images"], "none"),
        (["invoices", "no_own_data"], ["invoices"], "all"),
        (["invoices", "no_own_data"], ["images"], "not_needed"),
        (["no_own_data"], ["no_own_data"], "not_needed"),
        (["invoices"], ["no_own_data"], "none"),
        (["invoices"], None, None),
    ],
)
def test_data_match(needed: list[str], held: list[str] | None, expected: str | None):
    assert make_view(attributes={"data_kinds": needed}, data_kinds=held).values["case_data_match"] == expected


@pytest.mark.parametrize(
    ("attribute", "wanted", "expected"),
    [
        ("acts_after_approval", "suggests", "within"),
        ("acts_after_approval", "acts_after_approval", "within"),
        ("acts_after_approval", "acts_alone", "beyond"),
        ("acts_after_approval", None, None),
        ("acts_alone", None, "within"),
    ],
)
def test_gap_says_whether_the_team_wants_more(attribute: str, wanted: str | None, expected: str | None):
    seen = make_view(attributes={"autonomy": attribute}, autonomy=wanted)

    assert seen.values["case_autonomy_gap"] == expected


def test_view_knows_what_could_still_be():
    seen = make_view(team_function=None, autonomy=None)

    assert seen.could_be["team_function"] is UNKNOWN
    assert seen.could_be["case_function_match"] is UNKNOWN
    assert seen.could_be["case_autonomy_gap"] is UNKNOWN
    assert seen.could_be["case_goal_match"] == "first"


@pytest.mark.parametrize(("kinds", "private", "people"), [
    (["images"], False, False),
    (["internal_documents"], True, False),
    (["customer_records"], True, True),
])  # fmt: skip
def test_view_knows_private_and_personal_data(kinds: list[str], private: bool, people: bool):
    seen = make_view(attributes={"data_kinds": kinds})

    assert (seen.values["case_reads_private"], seen.values["case_reads_people"]) == (private, people)


@pytest.mark.parametrize(
    ("name", "quoted", "words"),
    [
        ("answer:team_function", "“Finance and accounting”", "Finance and accounting"),
        ("answer:data_kinds", "“Invoices and receipts”, “Pictures”", "Invoices and receipts; Pictures"),
        ("answer:requests_a_month", "1,250 requests", "1,250 requests"),
        ("answer:policy", "no answer", "no answer"),
        ("answer:logging", "I don't know", "I don't know"),
        ("case:functions", "“Legal and compliance”, “any team”", "Legal and compliance; any team"),
        ("case:autonomy", "“It suggests; a person edits and acts”", "It suggests; a person edits and acts"),
        ("case:special_uses", "“It judges people”", "It judges people"),
        ("case:held_data", "“Invoices and receipts”", "Invoices and receipts"),
        ("case:missing_data", "“Customer records”", "Customer records"),
        ("case:personal_data", "“Customer records”", "Customer records"),
        ("case:private_data", "“Customer records”", "Customer records"),
    ],
)
def test_words_are_those_of_the_questionnaire(name: str, quoted: str, words: str):
    seen = make_view(
        attributes={
            "functions": ["any", "legal"],
            "data_kinds": ["customer_records", "invoices"],
            "special_uses": ["judges"],
        },
        data_kinds=["invoices", "images"],
        requests_a_month=1250,
        policy=None,
        logging={"dont_know": True},
    )

    assert (seen.quoted(name), seen.words(name)) == (quoted, words)


def test_nothing_is_called_none():
    seen = make_view()

    assert seen.quote("Special: {case:special_uses}; {answer:owner}.") == "Special: none; “One named person”."
    assert seen.words("case:special_uses") == "none"
