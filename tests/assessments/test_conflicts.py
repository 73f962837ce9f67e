"""Two people answer the same question: the second sees both answers and chooses."""

import pytest

from apps.assessments import queries
from apps.assessments.models import Assessment
from tests.assessments.test_views import HTMX, section_url, signed_in
from tests.factories.accounts import make_member, make_team
from tests.factories.assessments import make_assessment, save

pytestmark = pytest.mark.django_db
both_ways = pytest.mark.parametrize("headers", [{}, HTMX])


@pytest.fixture
def assessment() -> Assessment:
    """The colleague has answered while the other person's page was open."""
    return make_assessment(team=make_team(), answers={"name": "Their name"})


@pytest.fixture
def client(assessment: Assessment):
    return signed_in(make_member(team=assessment.team))


@both_ways
def test_both_answers_are_shown_and_nothing_is_stored(assessment, client, headers) -> None:
    response = client.post(section_url(assessment), {"q-name": "My name", "v-name": "0"}, headers=headers)

    html = response.content.decode()
    assert response.status_code == 409
    assert "Their name" in html
    assert headers or 'value="My name"' in html
    assert 'name="mine-name" value="1"' in html
    assert queries.raw_answers(assessment) == {"name": "Their name"}


def test_both_answers_are_shown_beside_another_that_is_refused(assessment, client) -> None:
    """Nothing of the page is stored, so nothing is said to be saved."""
    values = {"q-name": "My name", "v-name": "0", "q-users": "many", "v-users": "0"}

    response = client.post(section_url(assessment), values)

    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="My name"' in html
    assert '<p class="quote">“Their name”</p>' in html
    assert 'name="mine-name" value="1"' in html
    assert "Enter a whole number" in html
    assert "Saved" not in html
    assert queries.raw_answers(assessment) == {"name": "Their name"}


def test_until_one_is_chosen_the_next_save_is_refused_again(assessment, client) -> None:
    html = client.post(section_url(assessment), {"q-name": "My name", "v-name": "0"}).content.decode()

    assert 'name="v-name" value="0"' in html
    assert html.count("Not saved") == 3  # in the summary, at the field and beside the buttons


@both_ways
def test_mine_replaces_what_was_shown_and_stays_on_the_page(assessment, client, headers) -> None:
    values = {"q-name": "My name", "v-name": "0", "mine-name": "1"}

    response = client.post(section_url(assessment), values, headers=headers)

    assert queries.raw_answers(assessment) == {"name": "My name"}
    if headers:
        assert 'name="v-name" value="2"' in response.content.decode()
    else:
        assert response.url == f"{section_url(assessment)}#slot-name"


@both_ways
def test_mine_does_not_replace_what_came_after_what_was_shown(assessment, client, headers) -> None:
    save(by=assessment.created_by, assessment=assessment, seen=1, name="Their second thought")
    values = {"q-name": "My name", "v-name": "0", "mine-name": "1"}

    response = client.post(section_url(assessment), values, headers=headers)

    assert response.status_code == 409
    assert "Their second thought" in response.content.decode()
    assert queries.raw_answers(assessment) == {"name": "Their second thought"}


@pytest.mark.parametrize("version", ["", "minus one", "9" * 40, "7"])
def test_mine_with_a_forged_version_is_refused(assessment, client, version) -> None:
    response = client.post(section_url(assessment), {"q-name": "My name", "v-name": "0", "mine-name": version})

    assert response.status_code in (409, 422)
    assert queries.raw_answers(assessment) == {"name": "Their name"}


def test_theirs_shows_their_answer_and_keeps_everything_else_typed(assessment, client) -> None:
    values = {"q-name": "My name", "v-name": "0", "q-users": "many", "v-users": "0", "theirs-name": "yes"}

    response = client.post(section_url(assessment), values)

    html = response.content.decode()
    assert response.status_code == 200
    assert 'value="Their name"' in html
    assert 'name="v-name" value="1"' in html
    assert 'value="many"' in html
    assert "error-summary" not in html
    assert queries.raw_answers(assessment) == {"name": "Their name"}


def test_theirs_brings_the_card_and_the_questions_that_came_up_with_it() -> None:
    assessment = make_assessment(team=make_team(), answers={"data": ["personal"]})
    values = {"q-data": ["none"], "v-data": "0", "v-name": "0", "q-name": "Typed", "v-users": "0", "theirs-data": "yes"}

    response = signed_in(make_member(team=assessment.team)).post(section_url(assessment), values, headers=HTMX)

    html = response.content.decode()
    assert 'id="slot-data" data-hx-swap-oob="true"' in html
    assert 'name="v-data" value="1"' in html
    assert 'id="slot-consent" data-hx-swap-oob="true"' in html
    assert 'id="slot-name"' not in html, "what is typed elsewhere is left alone"


def test_theirs_takes_away_the_questions_that_went_with_it() -> None:
    assessment = make_assessment(team=make_team(), answers={"data": ["none"]})
    values = {"q-data": ["personal"], "v-data": "0", "v-consent": "0", "theirs-data": "yes"}

    response = signed_in(make_member(team=assessment.team)).post(section_url(assessment), values, headers=HTMX)

    assert '<div id="slot-consent" hidden data-hx-swap-oob="true"></div>' in response.content.decode()


def test_theirs_is_i_do_not_know() -> None:
    assessment = make_assessment(team=make_team(), answers={"users": {"dont_know": True}})
    values = {"q-users": "12", "v-users": "0", "theirs-users": "yes"}

    html = signed_in(make_member(team=assessment.team)).post(section_url(assessment), values).content.decode()

    assert 'name="u-users" data-alone id="u-users" checked' in html
    assert 'value="12"' not in html


@both_ways
def test_whoever_answers_a_question_that_a_colleague_hid_reads_what_they_typed_and_why_it_is_gone(headers) -> None:
    """The colleague answered it otherwise, and then said that there is no personal data."""
    assessment = make_assessment(team=make_team(), answers={"data": ["personal"], "consent": "untold"})
    save(by=assessment.created_by, assessment=assessment, seen=1, data=["none"])
    client = signed_in(make_member(team=assessment.team))
    values = {"q-consent": "told", "v-consent": "0"}

    response = client.post(section_url(assessment), values, headers=headers)

    html = response.content.decode()
    assert response.status_code == 409
    assert "no longer asked" in html
    assert f"{assessment.created_by} changed “Which data goes in?” to “Nothing special”" in html
    assert "“No”" in html
    assert headers or "You answered “Yes”" in html
    assert "Choose which one stays" not in html
    assert queries.raw_answers(assessment) == {"data": ["none"], "consent": "untold"}


def test_the_rest_of_the_page_is_kept_when_a_question_went() -> None:
    assessment = make_assessment(
        team=make_team(), answers={"data": ["personal"], "consent": "untold", "name": "Theirs"}
    )
    save(by=assessment.created_by, assessment=assessment, seen=1, data=["none"])
    client = signed_in(make_member(team=assessment.team))
    values = {"q-consent": "told", "v-consent": "0", "q-name": "Mine", "v-name": "0", "q-users": "12", "v-users": "0"}

    html = client.post(section_url(assessment), values).content.decode()

    assert "no longer asked" in html
    assert 'name="mine-name"' in html
    assert 'value="12"' in html


@pytest.mark.parametrize(("consent", "words"), [("told", "Yes"), ("forged", "forged")])
def test_a_page_refused_for_another_answer_shows_what_was_typed_in_a_question_that_went(consent, words) -> None:
    """The colleague gave no answer to it, but one that hides it. Nothing of the page is stored, so it is told."""
    assessment = make_assessment(team=make_team(), answers={"data": ["personal"]})
    save(by=assessment.created_by, assessment=assessment, seen=1, data=["none"])
    client = signed_in(make_member(team=assessment.team))
    values = {"q-consent": consent, "v-consent": "0", "q-users": "many", "v-users": "0"}

    response = client.post(section_url(assessment), values)

    html = response.content.decode()
    assert response.status_code == 422
    assert f"You answered “{words}”." in html
    assert "Choose one of the options." not in html  # there is no field left to choose in
    assert f"{assessment.created_by} changed “Which data goes in?” to “Nothing special”" in html
    assert "Copy what you still need." in html
    assert "Should it be asked again" not in html
    assert queries.raw_answers(assessment) == {"data": ["none"]}


def test_a_refused_page_does_not_tell_of_a_question_that_went_with_what_is_stored_anyway() -> None:
    assessment = make_assessment(team=make_team(), answers={"data": ["personal"], "consent": "told"})
    save(by=assessment.created_by, assessment=assessment, seen=1, data=["none"])
    client = signed_in(make_member(team=assessment.team))
    values = {"q-consent": "told", "v-consent": "1", "q-users": "many", "v-users": "0"}

    html = client.post(section_url(assessment), values).content.decode()

    assert "no longer asked" not in html


def hidden_section_of(**answers) -> Assessment:
    """A colleague said that there is no secret data while the other person filled in where the secrets are."""
    assessment = make_assessment(team=make_team(), answers={"data": ["secret"], **answers})
    save(by=assessment.created_by, assessment=assessment, seen=1, data=["none"])
    return assessment


@both_ways
def test_whoever_fills_in_a_section_that_a_colleague_hid_reads_why_and_what_they_typed_is_kept(headers) -> None:
    assessment = hidden_section_of()
    client, values = signed_in(make_member(team=assessment.team)), {"q-vault": "In the safe", "v-vault": "0"}

    response = client.post(section_url(assessment, "secrets"), values, headers=headers)

    html = response.content.decode()
    assert response.status_code == 409
    assert "This section is no longer asked" in html
    assert f"{assessment.created_by} changed “Which data goes in?” to “Nothing special”" in html
    assert headers or "In the safe" in html
    assert "What you typed is kept" in html
    assert queries.raw_answers(assessment)["vault"] == "In the safe"


@pytest.mark.parametrize(("typed", "seen"), [("x" * 5000, "0"), ("In the safe", "damaged"), ("In the safe", "0")])
def test_what_cannot_be_kept_of_a_hidden_section_is_shown_and_said(typed, seen) -> None:
    """Too long, from a damaged page, or a question that the colleague has answered too."""
    assessment = hidden_section_of(vault="At the bank")

    response = signed_in(make_member(team=assessment.team)).post(
        section_url(assessment, "secrets"), {"q-vault": typed, "v-vault": seen}
    )

    html = response.content.decode()
    assert response.status_code == 409
    assert typed in html
    assert "What you typed is not saved" in html
    assert queries.raw_answers(assessment)["vault"] == "At the bank"


def test_a_post_to_a_section_that_never_was_is_404(assessment, client) -> None:
    assert client.post(section_url(assessment, "nowhere"), {"q-name": "x", "v-name": "0"}).status_code == 404
