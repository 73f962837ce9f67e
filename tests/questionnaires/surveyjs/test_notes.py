"""What is told first, and what is told once."""

from pathlib import Path

from apps.questionnaires.surveyjs.notes import DISPLAY, LOST, READ, SETTING, Note, in_order
from tests.factories.surveys import make_import, make_survey
from tests.questionnaires.surveyjs.test_command import imported
from tests.questionnaires.surveyjs.test_convert import asked

SURVEY = make_survey(
    asked("a", colCount=2, defaultValue="item1-3", title="Is {x} it?"),
    asked("b", colCount=2, visibleIf="{nowhere} = 1"),
    asked("c", colCount=2, visibleIf="{nowhere} = 1"),
    showProgressBar="top",
)


def test_lost_conditions_come_first_and_the_display_last() -> None:
    assert [note.grade for note in make_import(SURVEY).notes] == [LOST, LOST, SETTING, READ, DISPLAY, DISPLAY]


def test_same_setting_is_told_once_with_some_of_its_places() -> None:
    told = [str(note) for note in make_import(SURVEY).notes]

    where = "pages[0].elements[0] “a”, pages[0].elements[1] “b” and 1 more"
    assert f"{where}: “colCount” is not carried over." in told
    assert sum("{nowhere} is no question" in note for note in told) == 2


def test_places_are_listed_as_in_a_sentence() -> None:
    def said(count: int) -> str:
        return " | ".join(map(str, in_order(Note(f"p{index}", "told.", "n", READ) for index in range(count))))

    assert said(1) == "p0 “n”: told."
    assert said(2) == "p0 “n” and p1 “n”: told."
    assert said(3) == "p0 “n”, p1 “n” and p2 “n”: told."
    assert said(5) == "p0 “n”, p1 “n”, p2 “n” and 2 more: told."


def test_loss_is_told_for_each_place_but_never_twice() -> None:
    lost = [Note("p", "gone."), Note("q", "gone."), Note("p", "gone.")]

    assert list(map(str, in_order(lost))) == ["p: gone.", "q: gone."]


def test_file_and_command_set_the_display_apart(tmp_path: Path) -> None:
    said = imported(tmp_path, SURVEY)

    source = (tmp_path / "v1.yaml").read_text()
    assert source.index("# Not carried over, or not as it was (4):") < source.index("{nowhere} is no question")
    assert source.index("only about how the survey looks and runs (2):") < source.index("“colCount”")
    assert "only display, not carried over: survey: “showProgressBar” is not carried over." in said
    assert said.index("not carried over: pages[0].elements[1].visibleIf") < said.index("only display")
    assert "3 questions; not carried over: 6, 2 of it only display." in said


def test_file_without_notes_of_one_sort_has_no_heading_for_it() -> None:
    assert "Not carried over, or not as it was" not in make_import(make_survey(asked("a", colCount=2))).source
    assert "looks and runs" not in make_import(make_survey(asked("a", defaultValue=1))).source
