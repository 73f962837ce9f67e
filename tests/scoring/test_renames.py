import pytest

from apps.questionnaires.documents import read_document
from apps.scoring import parse_questionnaire
from apps.scoring.renames import carry_over, renamed
from tests.factories.definitions import make_choices, make_definition, make_question
from tests.factories.questionnaires import SOURCE

RENAMES = """renames:
  - {question: responsible, to: owner}
  - {question: owner, choice: somebody, to: named}
  - {question: data, choice: people, to: personal}
"""
NEW = parse_questionnaire(read_document((SOURCE.format(key="small", version=2, result="risk") + RENAMES).encode()).data)


def test_declared_renames_carry_the_answer() -> None:
    carried = carry_over([NEW], {"responsible": "somebody", "data": ["people", "secret"]})

    assert carried.answers == {"owner": "named", "data": ["personal", "secret"]}
    assert carried.renamed == {"responsible": "owner"}
    assert carried.left_behind == ()


def test_what_no_longer_fits_is_left_behind_with_a_reason() -> None:
    carried = carry_over([NEW], {"name": "Drafts", "owner": "a choice that is gone", "gone": "x"})

    assert carried.answers == {"name": "Drafts"}
    assert {ignored.key for ignored in carried.left_behind} == {"owner", "gone"}
    assert all(ignored.reason for ignored in carried.left_behind)


def test_unanswered_renamed_question_is_not_listed() -> None:
    assert carry_over([NEW], {}).renamed == {}
    assert carry_over([NEW], {"responsible": None}).renamed == {}


def test_key_that_is_too_long_to_be_listed_whole_is_left_behind_alone() -> None:
    key = "k" * 60
    new = parse_questionnaire(make_definition(make_question(key)))

    carried = carry_over([new], {key: "yes", f"{key}x": "old"})

    assert carried.answers == {key: "yes"}
    assert [ignored.key for ignored in carried.left_behind] == [key]


def version(number: int, *renames: dict[str, str], **choices: int):
    question = make_question("owner" if number == 3 else "lead", type="single", choices=make_choices(**choices))
    return parse_questionnaire(
        make_definition(question, dimensions=[{"key": "exposure", "title": "E"}], version=number, renames=list(renames))
    )


SECOND = version(2, {"question": "boss", "to": "lead"}, {"question": "lead", "choice": "one", "to": "alone"}, alone=1)
THIRD = version(
    3, {"question": "lead", "to": "owner"}, {"question": "owner", "choice": "alone", "to": "named"}, named=1
)


def test_renames_of_every_version_between_are_followed() -> None:
    carried = carry_over([SECOND, THIRD], {"boss": "one"})

    assert carried.answers == {"owner": "named"}
    assert carried.renamed == {"boss": "owner"}


def test_version_between_that_would_refuse_an_answer_takes_nothing_away() -> None:
    assert carry_over([SECOND, THIRD], {"owner": "named"}).answers == {"owner": "named"}


@pytest.mark.parametrize("answers", [{"lead": "x", "boss": "y"}, {"boss": "y", "lead": "x"}])
def test_of_two_answers_for_one_question_its_own_counts_then_the_first_by_name(answers: dict[str, str]) -> None:
    assert renamed([SECOND], answers) == {"lead": "x"}
    assert renamed([SECOND, THIRD], answers) == {"owner": "y"}
    assert renamed([SECOND], answers | {"lead": None}) == {"lead": "y"}


def test_of_two_answers_for_one_question_the_one_that_does_not_count_is_listed() -> None:
    carried = carry_over([SECOND], {"lead": "alone", "boss": "one"})

    assert carried.answers == {"lead": "alone"}
    assert carried.renamed == {}
    assert [(item.key, item.reason) for item in carried.left_behind] == [
        ("boss", "Another answer goes to the question that this one became.")
    ]


def test_renamed_answer_that_no_longer_fits_is_listed_by_its_old_key() -> None:
    carried = carry_over([SECOND], {"boss": "nobody"})

    assert [item.key for item in carried.left_behind] == ["boss"]
    assert carried.renamed == {}
