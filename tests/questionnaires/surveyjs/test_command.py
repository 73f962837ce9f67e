"""The command as a whole, on a small survey of impact and mitigation whose results are computed by hand."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.questionnaires.documents import read_file
from apps.questionnaires.golden import GoldenCase, deviations, parse_case
from apps.scoring import parse_questionnaire

# What the documentation tells to write: its example has to work.
DOCUMENTATION = Path(settings.BASE_DIR) / "docs" / "surveyjs.md"
RULES = DOCUMENTATION.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]


def choice(value: str, en: str, fr: str) -> dict[str, Any]:
    return {"value": value, "text": {"default": en, "fr": fr}}


def yes_no(name: str, yes: float, no: int, title: str, titre: str, **more: Any) -> dict[str, Any]:
    choices = [choice(f"item1-{yes}", "Yes", "Oui"), choice(f"item2-{no}", "No", "Non")]
    texts = {"default": title, "fr": titre}
    return {"type": "radiogroup", "name": name, "title": texts, "choices": choices, **more}


def page(name: str, panel: str, *elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "elements": [{"type": "panel", "name": panel, "elements": elements}], **more}


def phase(name: str) -> dict[str, Any]:
    """The same five points of mitigation in either phase."""
    return page(
        name,
        f"{name}Panel-MS",
        yes_no(f"{name}Tested", 3, 0, "Is it tested?", "Est-ce testé ?"),
        yes_no(f"{name}Logged", 1, 0, "Are its answers kept?", "Les réponses sont-elles gardées ?"),
        yes_no(
            f"{name}Public",
            1,
            0,
            "Is the log public?",
            "Le journal est-il public ?",
            visibleIf=f"{{{name}logged}} = 'item1-1'",
        ),
        visibleIf=f"{{stage}} = '{name}'",
    )


# Impact: 4 + 4 + (2 + 1) + 5 + 4 = 20 at most. Mitigation: 5 in each of two phases, 10 in all.
SURVEY = {
    "title": {"default": "Parking permits", "fr": "Permis de stationnement"},
    "pages": [
        page(
            "about",
            "aboutPanel-NS",
            {"type": "html", "name": "welcome", "html": {"default": "<h3>Hello</h3>", "fr": "<h3>Bonjour</h3>"}},
            {
                "type": "dropdown",
                "name": "stage",
                "title": {"default": "Where are you?", "fr": "Où en êtes-vous ?"},
                "choices": [choice("build", "Building", "Construction"), choice("run", "Running", "Exploitation")],
                "isRequired": True,
            },
        ),
        page(
            "effects",
            "effectsPanel-RS",
            yes_no("decides", 4, 0, "Does it decide alone?", "Décide-t-il seul ?"),
            yes_no("money", 4, 0, "Does it cost people money?", "Cela coûte-t-il de l'argent ?"),
            {
                "type": "checkbox",
                "name": "who",
                "title": {"default": "Who is affected?", "fr": "Qui est touché ?"},
                "choices": [choice("item1-2", "Residents", "Riverains"), choice("item2-1", "Visitors", "Visiteurs")],
                "visibleIf": "{decides} contains 'item1'",
            },
            yes_no("appeal", 0, 5, "Can people appeal?", "Peut-on faire appel ?"),
            yes_no("sealed", 4, 0, "Is its working secret?", "Son fonctionnement est-il secret ?"),
        ),
        phase("build"),
        phase("run"),
    ],
}

ALL_IMPACT = {
    "decides": "item1_4",
    "money": "item1_4",
    "who": ["item1_2", "item2_1"],
    "appeal": "item2_5",
    "sealed": "item1_4",
}
BUILD = {"stage": "build"}
CASES = [
    ("nothing answered", {}, "0", "0", "0", "level_1"),
    ("all impact, no mitigation: 20 of 20", ALL_IMPACT, "20", "0", "20", "level_4"),
    (
        "all impact, mitigation 4 of 5 is 80 % exactly: 17 of 20 is 85 %",
        {**ALL_IMPACT, **BUILD, "build_tested": "item1_3", "build_logged": "item1_1", "build_public": "item2_0"},
        "20",
        "4",
        "17",
        "level_4",
    ),
    (
        "mitigation 3 of 5 takes nothing off: 10 of 20 is 50 %, which still is level 2",
        {**BUILD, "appeal": "item2_5", "decides": "item1_4", "who": ["item2_1"], "build_tested": "item1_3"},
        "10",
        "3",
        "10",
        "level_2",
    ),
    (
        "mitigation 5 of 5: 10 * 0.85 = 8.5, which rounds to 9",
        {
            **BUILD,
            "appeal": "item2_5",
            "decides": "item1_4",
            "who": ["item2_1"],
            "build_tested": "item1_3",
            "build_logged": "item1_1",
            "build_public": "item1_1",
        },
        "10",
        "5",
        "9",
        "level_2",
    ),
    ("5 of 20 is 25 %, which still is level 1", {"appeal": "item2_5"}, "5", "0", "5", "level_1"),
    ("6 of 20 is level 2", {"decides": "item1_4", "who": ["item1_2"]}, "6", "0", "6", "level_2"),
    (
        "15 of 20 is 75 %, which still is level 3",
        {"decides": "item1_4", "who": ["item1_2"], "appeal": "item2_5", "sealed": "item1_4"},
        "15",
        "0",
        "15",
        "level_3",
    ),
    (
        "answers of the other phase do not count",
        {**BUILD, "run_tested": "item1_3", "run_logged": "item1_1", "run_public": "item1_1", "money": "item1_4"},
        "4",
        "0",
        "4",
        "level_1",
    ),
    (
        "what is hidden does not count, nor what hangs on it",
        {**BUILD, "decides": "item2_0", "who": ["item1_2"], "build_logged": "item2_0", "build_public": "item1_1"},
        "0",
        "0",
        "0",
        "level_1",
    ),
]


def imported(folder: Path, survey: Any = SURVEY, *options: str) -> str:
    (folder / "survey.json").write_text(survey if isinstance(survey, str) else json.dumps(survey))
    out = StringIO()
    call_command(
        "questionnaire",
        "import-surveyjs",
        str(folder / "survey.json"),
        "--out",
        str(folder / "v1.yaml"),
        *options,
        stdout=out,
    )
    return out.getvalue()


def scored(file: Path, answers: dict[str, Any]) -> dict[str, Any]:
    (file.parent / "answers.json").write_text(json.dumps(answers))
    out, names = StringIO(), str(file.parent / "names.json")
    call_command("questionnaire", "score", str(file), str(file.parent / "answers.json"), "--names", names, stdout=out)
    outcome: dict[str, Any] = json.loads(out.getvalue())
    return outcome


def permits_in(folder: Path, survey: Any) -> Path:
    (folder / "rules.yaml").write_text(RULES)
    options = ["--dimension", "impact=*-RS", "--dimension", "mitigation=*-MS", "--unscored", "*-NS"]
    more = ["--points-suffix", "--maximum-over", "all", "--rules", str(folder / "rules.yaml")]
    imported(folder, survey, *options, *more, "--names", str(folder / "names.json"), "--key", "permits")
    return folder / "v1.yaml"


@pytest.fixture
def permits(tmp_path: Path) -> Path:
    return permits_in(tmp_path, SURVEY)


@pytest.mark.parametrize(("name", "answers", "impact", "mitigation", "current", "level"), CASES)
def test_impact_and_mitigation_come_out_as_computed_by_hand(
    permits: Path, name: str, answers: dict[str, Any], impact: str, mitigation: str, current: str, level: str
) -> None:
    expect = {
        "dimensions": {"impact": {"points": impact}, "mitigation": {"points": mitigation}},
        "derived": {"current": {"value": current}},
        "level": level,
    }
    case: GoldenCase = parse_case({"name": name, "answers": answers, "on": "2026-11-22", "expect": expect})

    assert deviations(parse_questionnaire(read_file(permits).data), [case]) == []


def test_the_written_file_passes_the_check_in_both_languages(permits: Path) -> None:
    out = StringIO()

    call_command("questionnaire", "check", str(permits), stdout=out)

    questionnaire = parse_questionnaire(read_file(permits).data)
    assert "no problem found" in out.getvalue()
    assert questionnaire.title.in_language("fr") == "Permis de stationnement"
    assert [question.title.in_language("fr") for question in questionnaire.questions][:2] == [
        "Bonjour",
        "Où en êtes-vous ?",
    ]
    assert {key: int(value) for key, value in questionnaire.whole_maximum.items()} == {"impact": 20, "mitigation": 10}


def test_the_names_of_the_survey_are_written_on_request(permits: Path) -> None:
    names = json.loads((permits.parent / "names.json").read_text())

    assert names["buildTested"] == {"key": "build_tested", "choices": {"item1-3": "item1_3", "item2-0": "item2_0"}}


def test_answers_given_in_the_survey_are_scored_under_its_own_names(permits: Path) -> None:
    answers = {
        "stage": "build",
        "decides": "item1-4",
        "who": ["item1-2"],
        "buildTested": "item1-3",
        "money": "y",
        "x": 1,
    }

    outcome = scored(permits, answers)

    assert (outcome["dimensions"]["impact"]["points"], outcome["dimensions"]["mitigation"]["points"]) == ("6", "3")
    assert [ignored["key"] for ignored in outcome["ignored"]] == ["x", "money"]


def test_only_what_the_deduction_leaves_is_rounded(tmp_path: Path) -> None:
    survey = json.loads(json.dumps(SURVEY))
    survey["pages"].append(page("half", "halfPanel-RS", yes_no("seen", 0.5, 0, "Is it seen?", "Est-ce vu ?")))
    impact, mitigation = {"money": "item1-4", "seen": "item1-0.5"}, {"buildTested": "item1-3", "buildLogged": "item1-1"}
    file = permits_in(tmp_path, survey)

    outcomes = scored(file, impact), scored(file, {**impact, **mitigation, "stage": "build"})

    assert [outcome["derived"]["current"]["value"] for outcome in outcomes] == ["4.5", "4"], "4.5 * 0.85 = 3.825"


def test_names_that_are_none_are_refused(permits: Path) -> None:
    (permits.parent / "names.json").write_text('{"stage": {"key": 5}}')

    with pytest.raises(CommandError, match="is no file of names"):
        scored(permits, {})


def test_the_command_says_what_it_wrote_and_what_is_missing(tmp_path: Path) -> None:
    said = imported(tmp_path, {**SURVEY, "triggers": []})

    assert "not carried over: survey: “triggers” is not carried over." in said
    assert "4 sections, 12 questions, 1 text to read, 5 conditions; not carried over: 1" in said


@pytest.mark.parametrize(
    ("survey", "options", "said"),
    [
        ("[]", [], "top level"),
        ('{"pages": 5}', [], "pages: here belongs an object"),
        ("{}", [], "no pages"),
        (json.dumps(SURVEY), ["--dimension", "impact"], "dimension=PATTERN"),
        (json.dumps(SURVEY), ["--language", "?"], "language code"),
        (json.dumps(SURVEY), ["--key", "No Key"], "not a key"),
        (json.dumps(SURVEY), ["--rules", "nowhere.yaml"], "nowhere.yaml: cannot be read"),
    ],
)
def test_when_it_refuses_nothing_is_written(tmp_path: Path, survey: str, options: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        imported(tmp_path, survey, *options)

    assert [path.name for path in tmp_path.iterdir()] == ["survey.json"]


def test_a_refusal_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "v1.yaml").write_text("before")

    with pytest.raises(CommandError):
        imported(tmp_path, "[]")

    assert (tmp_path / "v1.yaml").read_text() == "before"


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "survey.json").write_text(json.dumps(SURVEY))

    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "questionnaire", "import-surveyjs", str(tmp_path / "survey.json"), "--out", str(tmp_path / "no" / "v1.yaml")
        )


@pytest.mark.parametrize("name", ["loop.yaml", "y" * 260])
def test_a_place_that_cannot_be_is_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "survey.json").write_text(json.dumps(SURVEY))
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")

    with pytest.raises(CommandError, match="is not a file that can be written"):
        call_command("questionnaire", "import-surveyjs", str(tmp_path / "survey.json"), "--out", str(tmp_path / name))


def test_files_of_the_command_are_never_written_over(tmp_path: Path) -> None:
    survey, other = tmp_path / "survey.json", tmp_path / "out.yaml"
    survey.write_text('{"elements": [{"type": "radiogroup", "name": "a", "choices": ["x"]}]}')
    link = tmp_path / "link.yaml"
    link.symlink_to(survey)

    for arguments in (["--out", survey], ["--out", link], ["--out", other, "--names", other], ["--out", tmp_path]):
        with pytest.raises(CommandError, match=r"is also another file|can be written over"):
            call_command("questionnaire", "import-surveyjs", str(survey), *map(str, arguments))

    assert survey.read_text().startswith('{"elements"')
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "survey.json"]
