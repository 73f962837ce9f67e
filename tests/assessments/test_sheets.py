import pytest

from apps.assessments import actions
from apps.assessments.actions import Posted
from apps.assessments.sheets import sheet
from tests.factories.assessments import make_assessment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("question", "raw"), [("data", ["personal"]), ("data", ["secret"]), ("owner", "named"), ("users", "3")]
)
def test_sheet_after_a_save_is_the_sheet_of_the_next_request(question: str, raw: object) -> None:
    assessment = make_assessment(answers={"name": "Drafts", "data": ["none"]})
    before = sheet(assessment)
    seen = before.version(question)

    saved = actions.save_answers(by=assessment.created_by, sheet=before, posted={question: Posted(raw, seen)})

    again = sheet(assessment)
    assert (saved.stored, saved.visibility, saved.progress) == (again.stored, again.visibility, again.progress)
