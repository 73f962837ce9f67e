import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.assessments import actions, queries
from apps.assessments.actions import Posted
from apps.assessments.models import AnswerChange, Assessment
from apps.assessments.sheets import sheet
from apps.questionnaires.actions import publish
from tests.factories.assessments import COMPLETE, make_assessment, save
from tests.factories.catalog import make_approved_model
from tests.factories.questionnaires import SOURCE, make_questionnaire, publish_next

pytestmark = pytest.mark.django_db

# Version 2 renames `owner` and one of its choices, no longer asks for a name, and asks something new.
CHANGES = [
    ("key: owner\n        title: Who answers for it?", "key: responsible\n        title: Who is responsible?"),
    ("{key: name, title: What do you call it?,", "{key: purpose, title: What is it for?,"),
    ("key: named, title: One person", "key: one, title: One person"),
    ("closed_by: [named]", "closed_by: [one]"),
]
OWNER_CLOSED_BY_ONE = ("closed_by: [named]", "closed_by: [one]")
RENAMES = "renames:\n  - {question: owner, to: responsible}\n  - {question: responsible, choice: named, to: one}\n"


def make_version_2(key: str):
    source = SOURCE.format(key=key, version=2, result="risk") + RENAMES
    for old, new in CHANGES:
        assert old in source
        source = source.replace(old, new)
    return publish(by=None, source=source.encode())


@pytest.fixture
def assessment():
    return make_assessment(questionnaire=make_questionnaire(key="moving"), answers=COMPLETE | {"owner": "named"})


def test_draft_stays_on_its_version_until_moved(assessment) -> None:
    make_version_2("moving")

    assessment.refresh_from_db()

    assert assessment.questionnaire.version == 1
    assert queries.raw_answers(assessment)["owner"] == "named"


def test_preview_lists_renamed_left_behind_and_newly_required(assessment) -> None:
    to = make_version_2("moving")
    client = Client()
    client.force_login(assessment.created_by)

    page = client.get(reverse("assessments:migrate", args=[assessment.pk])).content.decode()

    assert "“Who answers for it?” is now “Who is responsible?”" in page
    assert "What do you call it?" in page
    assert queries.migration(assessment, to).newly_required == ["What is it for?"]
    assert queries.migration(assessment, to).newly_asked == ["What is it for?"]
    assert AnswerChange.objects.filter(question="responsible").count() == 0


def test_preview_does_not_ask_for_what_the_catalog_answers() -> None:
    first = make_questionnaire(key="moving")
    assessment = make_assessment(questionnaire=first, model=make_approved_model(), answers={"name": "Drafts"})
    source = SOURCE.format(key="moving", version=2, result="risk")
    fact = "title: Who answers for it?\n        fact: {field: approval, map: {approved: named}}"
    to = publish(by=None, source=source.replace("title: Who answers for it?", fact).encode())

    assert queries.migration(assessment, to).newly_required == ["Which data goes in?"]


def reworded(assessment, *changes: tuple[str, str]) -> tuple[str, list[tuple[str, str, str]]]:
    """The preview of a version in which only these words changed, and what it says of them."""
    source = SOURCE.format(key="moving", version=2, result="risk")
    for old, new in changes:
        source = source.replace(old, new)
    to = publish(by=None, source=source.encode())
    client = Client()
    client.force_login(assessment.created_by)
    page = client.get(reverse("assessments:migrate", args=[assessment.pk])).content.decode()
    return page, queries.migration(assessment, to).reworded


def test_preview_shows_answers_that_read_differently_in_the_newer_version(assessment) -> None:
    page, found = reworded(assessment, ("title: One person", "title: One person who agreed"))

    assert found == [("Who answers for it?", "One person", "One person who agreed")]
    assert "“One person” now reads “One person who agreed”" in page


def test_preview_shows_an_answer_that_rules_out_more_than_before() -> None:
    answers = COMPLETE | {"data": ["none"], "consent": None}
    assessment = make_assessment(questionnaire=make_questionnaire(key="moving"), answers=answers)

    page, found = reworded(assessment, ("title: Secret data", "title: Secret data or drafts"))

    assert found == [("Which data goes in?", "Nothing special", "Nothing special")]
    assert "“Nothing special” now stands beside other choices" in page


def test_preview_is_silent_about_choices_that_were_not_chosen(assessment) -> None:
    page, found = reworded(assessment, ("title: Secret data", "title: Secret data or drafts"))

    assert found == []
    assert "Worded anew" not in page


def test_confirming_moves_the_answers_and_keeps_the_history(assessment) -> None:
    to = make_version_2("moving")
    client = Client()
    client.force_login(assessment.created_by)

    client.post(reverse("assessments:migrate", args=[assessment.pk]), {"to": to.content_hash})

    assessment.refresh_from_db()
    assert assessment.questionnaire == to
    assert queries.raw_answers(assessment)["responsible"] == "one"
    history = AnswerChange.objects.filter(question="name").order_by("version")
    assert list(history.values_list("value", flat=True)) == ["Reply drafts", None]


def test_renames_of_a_version_in_between_are_followed(assessment) -> None:
    make_version_2("moving")
    third = SOURCE.format(key="moving", version=3, result="risk")
    for old, new in CHANGES:
        third = third.replace(old, new)
    to = publish(by=None, source=third.encode())

    found = queries.migration(assessment, to)
    actions.migrate(by=assessment.created_by, assessment=assessment, to=to)

    assert found.renamed == [("Who answers for it?", "Who is responsible?")]
    assert found.newly_asked == ["What is it for?"]
    assert queries.raw_answers(assessment)["responsible"] == "one"


def test_confirming_another_version_than_was_shown_is_409(assessment) -> None:
    make_version_2("moving")
    client = Client()
    client.force_login(assessment.created_by)

    response = client.post(reverse("assessments:migrate", args=[assessment.pk]), {"to": "0" * 64})

    assessment.refresh_from_db()
    assert response.status_code == 409
    assert assessment.questionnaire.version == 1


def test_without_a_newer_version_there_is_nothing_to_move_to(assessment) -> None:
    client = Client()
    client.force_login(assessment.created_by)

    response = client.get(reverse("assessments:migrate", args=[assessment.pk]))

    assert response.url == reverse("assessments:check", args=[assessment.pk])


def test_moving_to_an_older_or_another_questionnaire_is_refused(assessment) -> None:
    for other in (assessment.questionnaire, make_questionnaire(version=7)):
        with pytest.raises(actions.NotNewer):
            actions.migrate(by=assessment.created_by, assessment=assessment, to=other)


def test_starting_again_from_earlier_answers_takes_them_to_the_newest_version(assessment) -> None:
    actions.freeze(by=assessment.created_by, assessment=assessment)
    newest = make_version_2("moving")

    draft = actions.start_again(by=assessment.created_by, earlier=assessment)

    assert draft.questionnaire == newest
    answers = queries.raw_answers(draft)
    assert answers["responsible"] == "one"
    assert "name" not in answers
    assert queries.raw_answers(assessment)["owner"] == "named"


def test_answer_that_no_longer_fits_does_not_count_as_answered(assessment) -> None:
    to = publish_next(assessment.questionnaire, ("key: named, title: One", "key: one, title: One"), OWNER_CLOSED_BY_ONE)

    actions.migrate(by=assessment.created_by, assessment=assessment, to=to)

    assert [question.key for question in sheet(assessment).unanswered_required] == ["owner"]
    with pytest.raises(actions.Incomplete):
        actions.freeze(by=assessment.created_by, assessment=assessment)


def test_key_that_is_used_again_does_not_bring_back_the_answer_to_another_question(assessment) -> None:
    second, third = make_version_2("moving"), SOURCE.format(key="moving", version=3, result="risk")
    for old, new in (*CHANGES, ("{key: purpose, title: What is it for?,", "{key: owner, title: Who pays?,")):
        third = third.replace(old, new)
    actions.migrate(by=assessment.created_by, assessment=assessment, to=second)
    to = publish(by=None, source=third.encode())

    found = queries.migration(assessment, to)
    actions.migrate(by=assessment.created_by, assessment=assessment, to=to)

    assert found.left_behind == []
    assert found.newly_asked == ["Who pays?"]
    assert queries.raw_answers(assessment) == {"consent": "untold", "data": ["personal"], "responsible": "one"}


def test_preview_names_the_answer_that_another_one_takes_the_place_of(assessment) -> None:
    save(by=assessment.created_by, assessment=assessment, users="7")
    renames = "renames:\n  - {question: users, to: reach}\n  - {question: name, to: reach}\n"
    source = SOURCE.format(key="moving", version=2, result="risk") + renames
    first, last = "      - {key: name, title: What do you call it?, type: short_text, max_length: 40}\n", "key: users"
    to = publish(by=None, source=source.replace(first, "").replace(last, "key: reach").encode())

    found = queries.migration(assessment, to)

    assert found.left_behind == [
        ("What do you call it?", "Enter a whole number in plain digits, without points or commas, for example 1250."),
        ("How many users?", "Another answer goes to the question that this one became."),
    ]


def test_moving_what_was_submitted_meanwhile_is_409(assessment, monkeypatch) -> None:
    to = make_version_2("moving")
    client = Client()
    client.force_login(assessment.created_by)
    before = actions.migrate

    def submitted_first(**given) -> None:
        actions.freeze(by=assessment.created_by, assessment=Assessment.objects.get(pk=assessment.pk))
        before(**given)

    monkeypatch.setattr(actions, "migrate", submitted_first)
    response = client.post(reverse("assessments:migrate", args=[assessment.pk]), {"to": to.content_hash})

    assessment.refresh_from_db()
    assert response.status_code == 409
    assert assessment.questionnaire.version == 1


def test_page_of_the_version_before_saves_nothing_once_the_draft_has_moved(assessment) -> None:
    to, opened = make_version_2("moving"), sheet(assessment)
    actions.migrate(by=assessment.created_by, assessment=Assessment.objects.get(pk=assessment.pk), to=to)

    with pytest.raises(actions.AnswersRefused, match="moved to a newer version"):
        actions.save_answers(by=assessment.created_by, sheet=opened, posted={"owner": Posted("missing", 1)})

    assert queries.raw_answers(Assessment.objects.get(pk=assessment.pk))["responsible"] == "one"


def test_what_was_moved_meanwhile_is_submitted_as_the_version_it_has_now(assessment) -> None:
    to, opened = make_version_2("moving"), Assessment.objects.get(pk=assessment.pk)
    actions.migrate(by=assessment.created_by, assessment=assessment, to=to)

    with pytest.raises(actions.Incomplete, match="required"):
        actions.freeze(by=assessment.created_by, assessment=opened)

    assert opened.questionnaire == to


def test_what_a_snapshot_holds_besides_follows_from_the_version_it_is_of(assessment) -> None:
    opened = Assessment.objects.get(pk=assessment.pk)
    to = publish_next(assessment.questionnaire)
    actions.migrate(by=assessment.created_by, assessment=assessment, to=to)

    made = actions.freeze(
        by=assessment.created_by, assessment=opened, extra=lambda: {"of": opened.questionnaire.version}
    )

    assert json.loads(made.content)["of"] == 2
