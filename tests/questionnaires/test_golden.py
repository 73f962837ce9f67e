import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apps.questionnaires import golden
from apps.questionnaires.documents import read_document
from apps.questionnaires.golden import GoldenCase, UnreadableCases, cases_beside, deviations, read_cases
from apps.scoring import parse_questionnaire
from apps.scoring.parsing.costs import scoring_work
from tests.factories.questionnaires import SOURCE

SMALL = parse_questionnaire(read_document(SOURCE.format(key="small", version=1, result="risk").encode()).data)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("answers", "expect"),
    [
        ({}, {"level": "high", "gaps": ["owner"], "flags": []}),
        ({"data": ["none"], "owner": "named", "users": "5"}, {"level": "low", "level_high": "low", "gaps": []}),
        ({"data": ["personal"], "consent": "untold", "owner": "missing"}, {"dimensions": {"exposure": {"points": 6}}}),
        ({}, {"forbidden": False}),
        ({"data": ["none"], "users": "5"}, {"missing": ["name", "owner"]}),
    ],
)
def test_case_that_holds_has_no_deviation(answers: dict, expect: dict) -> None:
    assert deviations(SMALL, [GoldenCase("holds", answers, TODAY, expect)]) == []


@pytest.mark.parametrize(
    "expect",
    [
        {"level": "low"},
        {"gaps": []},
        {"gaps": ["owner", "another"]},
        {"forbidden": True},
        {"dimensions": {"exposure": {"points": 1}}},
        {"dimensions": {"nothing": {"points": 1}}},
        {"no_such_part": 1},
    ],
)
def test_case_that_does_not_hold_says_what_was_found(expect: dict) -> None:
    found = deviations(SMALL, [GoldenCase("breaks", {}, TODAY, expect)])

    assert [deviation.part for deviation in found] == list(expect)
    assert "case 'breaks'" in str(found[0])


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("- {\n}}", "golden cases: line 2: is not YAML"),
        ("name: x", "they are a list"),
        ("5", "they are a list"),
        ("false", "they are a list"),
        ("{}", "they are a list"),
        ("- {name: [x], on: 2026-11-22, expect: {level: low}}", "each needs"),
        ("- 5", "line 1: each needs"),
        ("\n- {name: x}", "line 2: each needs.*“on” is missing"),
        ("- {name: x, on: 2026-11-22}", "“expect” is missing"),
        ("- {name: x, on: soon, expect: {level: low}}", "each needs name, answers, on"),
        ("- {name: x, on: 5, expect: {level: low}}", "each needs"),
        ("- {name: x, on: 2026-11-22, expect: 5}", "each needs"),
        ("- {name: x, on: 2026-11-22, expect: {level: low}, answers: [1]}", "each needs"),
    ],
)
def test_unreadable_cases_are_refused_with_the_line(source: str, sentence: str) -> None:
    with pytest.raises(UnreadableCases, match=sentence):
        read_cases(source)


@pytest.mark.parametrize("source", ["", "\n", "# later\n", "[]"])
def test_empty_text_is_no_case(source: str) -> None:
    assert read_cases(source) == []


def test_deviation_says_in_which_line_its_case_begins() -> None:
    (found,) = deviations(SMALL, read_cases("# first\n- {name: x, on: '2026-11-22', expect: {level: low}}"))

    assert str(found) == "golden cases: line 2: case 'x': level should be 'low' but is 'high'"


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"level": None}, "level should be none but is 'high'"),
        ({"forbidden": True}, "forbidden should be true but is false"),
        ({"gaps": ["another"]}, "gaps should have another and not have owner"),
        ({"gaps": []}, "gaps should not have owner"),
        ({"gaps": ["owner", "owner"]}, "gaps should be 'owner', 'owner' but is 'owner'"),
        ({"gaps": {"owner": 1}}, "gaps should be owner: 1 but is 'owner'"),
        (
            {"dimensions": {"exposure": {"points": 7}, "control": {"points": 0}}},
            "dimensions exposure points should be 7 but is 0",
        ),
        ({"dimensions": {"nothing": {"points": 1}}}, "dimensions nothing is not there"),
        ({"derived": {"residual": {"value": Decimal("12.5")}}}, "derived residual value should be 12.5 but is 0"),
    ],
)
def test_deviation_is_a_sentence_about_what_differs(expect: dict, told: str) -> None:
    (found,) = deviations(SMALL, [GoldenCase("x", {}, TODAY, expect)])

    assert str(found) == f"case 'x': {told}"


def test_deviation_says_in_which_file_its_case_stands(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    for name in ("a.yaml", "b.yml"):
        (tmp_path / "cases" / name).write_text("\n" + CASE.replace("high", "low"))

    told = [str(found) for found in deviations(SMALL, cases_beside(tmp_path / "v1.yaml"))]

    assert [one.partition(": case")[0] for one in told] == ["cases/a.yaml: line 2", "cases/b.yml: line 2"]


def test_cases_of_several_files_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    case = "- {{name: {}, on: 2026-11-22, expect: {{level: low}}}}"
    for name in ("b", "a"):
        (tmp_path / "cases" / f"{name}.yaml").write_text(case.format(name))

    assert [found.name for found in cases_beside(tmp_path / "v1.yaml")] == ["a", "b"]


def test_version_with_a_folder_of_cases_has_those_and_no_others(tmp_path: Path) -> None:
    for folder in ("cases", "cases/v2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").write_text(CASE.replace("name: x", f"name: {folder}"))

    (first,), (second,) = (cases_beside(tmp_path / name) for name in ("v1.yaml", "v2.yaml"))

    assert (first.name, first.where) == ("cases", "cases/a.yaml: line 1")
    assert (second.name, second.where) == ("cases/v2", "cases/v2/a.yaml: line 1")


def test_broken_cases_are_told_by_their_file(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text("- {name: x, on: 2026-11-22, expect: {level: low}}\n")
    (tmp_path / "cases" / "b.yaml").mkdir()

    with pytest.raises(UnreadableCases, match=r"^cases/b\.yaml: cannot be read: "):
        cases_beside(tmp_path / "v1.yaml")


CASE = "- {name: x, on: '2026-11-22', answers: {}, expect: {level: high}}\n"


@pytest.mark.parametrize(
    "sources",
    [["---\n" + CASE, "---\n" + CASE], ["  " + CASE, CASE], ["[{name: x, on: '2026-11-22', expect: {}}]", CASE]],
)
def test_files_written_in_different_ways_are_put_together(sources: list[str], tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    for number, source in enumerate(sources):
        (tmp_path / "cases" / f"{number}.yaml").write_text(source)

    assert [case.name for case in cases_beside(tmp_path / "v1.yaml")] == ["x", "x"]


@pytest.mark.parametrize(
    ("slip", "told"),
    [(("expect:", "expct:"), "there is no “expct”"), (("level:", "levle:"), "there is no “levle”")],
)
def test_case_with_a_slip_is_refused(slip: tuple[str, str], told: str) -> None:
    with pytest.raises(UnreadableCases, match=told):
        read_cases(CASE.replace(*slip))


@pytest.mark.parametrize("answers", [{"audence": "team"}, {"owner": "nmaed"}])
def test_answer_that_does_not_count_is_a_deviation_unless_it_is_meant(answers: dict) -> None:
    (found,) = deviations(SMALL, [GoldenCase("slip", answers, TODAY, {})])

    assert str(found).startswith(f"case 'slip': the answer to {next(iter(answers))} does not count: ")
    assert deviations(SMALL, [GoldenCase("meant", answers, TODAY, {"ignored": list(answers)})]) == []


def test_cases_that_are_put_together_say_what_each_file_said(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    one = "---\n- {name: '09', on: '2026-11-22', answers: {users: 1.5, name: \"yes: # ü\\n2\"}, expect: {}}\n"
    (tmp_path / "cases" / "a.yaml").write_text(one)
    (tmp_path / "cases" / "b.yaml").write_text("---\n" + CASE)

    first, second = cases_beside(tmp_path / "v1.yaml")

    assert (first.name, first.answers) == ("09", {"users": Decimal("1.5"), "name": "yes: # ü\n2"})
    assert second.expect == {"level": "high"}


@pytest.mark.parametrize(
    "expect",
    [
        {"dimensions": {"exposure": {"pionts": None}}},
        {"dimensions": {"exposuer": None}},
        {"derived": {"residual": {"valu": None}}},
    ],
)
def test_part_of_the_outcome_that_does_not_exist_is_not_the_same_as_none(expect: dict) -> None:
    assert len(deviations(SMALL, [GoldenCase("slip", {}, TODAY, expect)])) == 1


def test_day_of_a_case_is_written_as_year_month_day() -> None:
    with pytest.raises(UnreadableCases, match="wrong type"):
        read_cases(CASE.replace("2026-11-22", "20261122"))


def test_cases_that_take_too_long_together_are_not_all_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "MOST_STEPS", 2 * scoring_work(SMALL))
    cases = [GoldenCase(str(number), {}, TODAY, {}, f"line {number}") for number in range(4)]

    found = [str(deviation) for deviation in deviations(SMALL, cases)]

    assert found == [
        "line 2: case '2': it is number 3, and only 2 are tried of a questionnaire that takes this long to score"
    ]
    assert deviations(SMALL, cases[:2]) == []


def test_files_of_cases_are_bounded_together(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    for name in ("a", "b"):
        (tmp_path / "cases" / f"{name}.yaml").write_text("# " + "x" * 600_000)

    with pytest.raises(UnreadableCases, match="cases: the golden cases together are larger than 1024 KiB"):
        cases_beside(tmp_path / "v1.yaml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: ", "name: \u202e", "line 1: holds U+202E, which turns"),
        ("- {", "# \u2067\n- {", "line 1: holds U+2067"),
        ("name: x", 'name: "x\\u202E"', "line 1: the name holds U+202E"),
        ("name: x", 'name: "x\\e[2J"', "line 1: the name holds a control character."),
    ],
)
def test_cases_that_read_otherwise_than_they_are_stored_are_refused(old: str, new: str, told: str) -> None:
    source = "- {name: x, on: '2026-11-22', expect: {level: low}}"

    with pytest.raises(UnreadableCases, match=re.escape(told)):
        read_cases(source.replace(old, new))
