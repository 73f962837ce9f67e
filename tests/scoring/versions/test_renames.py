from apps.questionnaires.documents import read_document
from apps.scoring import parse_questionnaire
from apps.scoring.versions.renames import carry_over
from tests.factories.questionnaires import SOURCE

RENAMES = """renames:
  - {question: responsible, to: owner}
  - {question: owner, choice: somebody, to: named}
  - {question: data, choice: people, to: personal}
"""
NEW = parse_questionnaire(read_document((SOURCE.format(key="small", version=2, result="risk") + RENAMES).encode()).data)


def test_declared_renames_carry_the_answer() -> None:
    carried = carry_over(NEW, {"responsible": "somebody", "data": ["people", "secret"]})

    assert carried.answers == {"owner": "named", "data": ["personal", "secret"]}
    assert carried.renamed == {"responsible": "owner"}
    assert carried.left_behind == ()


def test_what_no_longer_fits_is_left_behind_with_a_reason() -> None:
    carried = carry_over(NEW, {"name": "Drafts", "owner": "a choice that is gone", "gone": "x"})

    assert carried.answers == {"name": "Drafts"}
    assert {ignored.key for ignored in carried.left_behind} == {"owner", "gone"}
    assert all(ignored.reason for ignored in carried.left_behind)


def test_unanswered_renamed_question_is_not_listed() -> None:
    assert carry_over(NEW, {}).renamed == {}
