import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.assessments import actions, queries
from apps.assessments.models import Answer, Assessment
from apps.questionnaires.actions import publish_folder, retire
from tests.factories.accounts import make_admin, make_lead, make_member, make_team, make_user
from tests.factories.assessments import COMPLETE, make_assessment, save
from tests.factories.catalog import make_approved_model, make_model
from tests.factories.questionnaires import make_questionnaire, publish_next

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def section_url(assessment: Assessment, key: str = "about") -> str:
    return reverse("assessments:section", args=[assessment.pk, key])


def test_start_creates_a_draft_and_leads_to_the_first_section() -> None:
    lead = make_lead(team=make_team())
    questionnaire = make_questionnaire()

    response = signed_in(lead).post(
        f"{reverse('assessments:start')}?questionnaire={questionnaire.key}",
        {"title": "Reply drafts", "team": lead.teams.get().pk},
    )

    assert response.url == section_url(Assessment.objects.get())


def test_start_of_a_risk_test_names_the_use_by_its_title() -> None:
    publish_folder(settings.FIXTURES_DIR / "questionnaires")
    lead = make_lead(team=make_team())

    signed_in(lead).post(
        f"{reverse('assessments:start')}?questionnaire=risktest",
        {"title": "Reply drafts", "team": lead.teams.get().pk},
    )

    assert Answer.objects.get().value == "Reply drafts"
    assert Answer.objects.get().question == "use_name"


def test_start_of_a_retired_questionnaire_explains_instead_of_404() -> None:
    questionnaire = make_questionnaire()
    retire(by=make_admin(), version=questionnaire)
    lead = signed_in(make_lead(team=make_team()))
    url = f"{reverse('assessments:start')}?questionnaire={questionnaire.key}"

    page, late = lead.get(url), lead.post(url, {"title": "Reply drafts"})

    assert (page.status_code, late.status_code) == (200, 409)
    assert "Nobody can start this questionnaire now" in page.content.decode()
    assert "“Reply drafts”" in late.content.decode()


@pytest.mark.parametrize(("query", "title"), [({}, "Use of Example Mini"), ({"title": "Reply drafts"}, "Reply drafts")])
def test_start_about_a_model_suggests_a_title(query: dict[str, str], title: str) -> None:
    make_model(slug="maker/mini", name="Example Mini")
    lead = make_lead(team=make_team())
    query = {"questionnaire": make_questionnaire().key, "model": "maker/mini"} | query

    page = signed_in(lead).get(reverse("assessments:start"), query).content.decode()

    assert f'value="{title}"' in page


@pytest.mark.parametrize(
    "forged", [{"team": "0"}, {"team": "foreign"}, {"model": "no/such-model"}, {"title": ""}, {"title": "x" * 201}]
)
def test_start_refuses_forged_values_and_keeps_what_was_typed(forged: dict[str, str]) -> None:
    lead, foreign = make_lead(team=make_team()), make_team()
    values = {"title": "Reply drafts", "team": str(lead.teams.get().pk)} | forged
    values["team"] = str(foreign.pk) if values["team"] == "foreign" else values["team"]

    response = signed_in(lead).post(f"{reverse('assessments:start')}?questionnaire={make_questionnaire().key}", values)

    assert response.status_code == 422
    assert values["title"] in response.content.decode()
    assert not Assessment.objects.exists()


def test_start_says_what_is_wrong_once() -> None:
    lead = make_lead(team=make_team())
    url = f"{reverse('assessments:start')}?questionnaire={make_questionnaire().key}"

    html = signed_in(lead).post(url, {"title": "", "team": lead.teams.get().pk}).content.decode()

    assert html.count("error-summary") == 1


def test_start_of_a_second_draft_of_one_name_shows_the_first() -> None:
    draft = make_assessment(title="Reply drafts")
    url = f"{reverse('assessments:start')}?questionnaire={draft.questionnaire.key}"
    client, values = signed_in(draft.created_by), {"title": "reply drafts ", "team": draft.team_id}

    response = client.post(url, values)

    assert response.status_code == 409
    assert f'href="{draft.get_absolute_url()}"' in response.content.decode()
    assert Assessment.objects.count() == 1
    assert client.post(url, values | {"another": "yes"}).status_code == 302
    assert Assessment.objects.count() == 2


def test_start_may_use_the_name_of_what_is_submitted_or_of_another_team() -> None:
    draft = make_assessment(title="Reply drafts", answers=COMPLETE)
    actions.freeze(by=draft.created_by, assessment=draft)
    make_assessment(title="Reply drafts", questionnaire=draft.questionnaire)
    url = f"{reverse('assessments:start')}?questionnaire={draft.questionnaire.key}"

    response = signed_in(draft.created_by).post(url, {"title": "Reply drafts", "team": draft.team_id})

    assert response.status_code == 302


@pytest.mark.parametrize("slug", ["maker/none", "maker/hidden"])
def test_start_about_a_model_that_is_not_in_the_list_is_404(slug: str) -> None:
    make_model(slug="maker/hidden", listed=False)
    questionnaire = make_questionnaire()
    lead = make_lead(team=make_team())
    query = {"questionnaire": questionnaire.key, "model": slug}

    assert signed_in(lead).get(reverse("assessments:start"), query).status_code == 404


def test_start_about_a_blocked_model_says_so() -> None:
    model = make_approved_model(approval="blocked", approval_reason="It leaks.")
    query = {"questionnaire": make_questionnaire().key, "model": model.slug}

    page = signed_in(make_lead(team=make_team())).get(reverse("assessments:start"), query).content.decode()

    assert "This model is not for new work in this company" in page
    assert "It leaks." in page


def test_start_of_unknown_questionnaire_is_404() -> None:
    lead = make_lead(team=make_team())

    response = signed_in(lead).get(f"{reverse('assessments:start')}?questionnaire=nothing")

    assert response.status_code == 404


def test_section_without_javascript_saves_and_goes_on() -> None:
    assessment = make_assessment()
    values = {"q-name": "Drafts", "v-name": "0", "q-data": ["secret"], "v-data": "0", "q-users": "12", "v-users": "0"}

    response = signed_in(assessment.created_by).post(section_url(assessment), values)

    assert response.url == section_url(assessment, "care")
    assert queries.raw_answers(assessment) == {"name": "Drafts", "data": ["secret"], "users": "12"}


def test_section_comes_again_when_an_answer_brings_up_a_question() -> None:
    assessment = make_assessment()
    client = signed_in(assessment.created_by)

    response = client.post(section_url(assessment), {"q-data": ["personal"], "v-data": "0"}, follow=True)

    assert response.request["PATH_INFO"] == section_url(assessment)
    assert "Do people know?" in response.content.decode()


def test_last_section_leads_to_the_check_page() -> None:
    assessment = make_assessment(answers={"data": ["personal"]})

    response = signed_in(assessment.created_by).post(
        section_url(assessment, "care"), {"q-owner": "named", "v-owner": "0"}
    )

    assert response.url == reverse("assessments:check", args=[assessment.pk])


def test_htmx_save_answers_with_the_saved_card_and_the_question_that_appeared() -> None:
    assessment = make_assessment()

    response = signed_in(assessment.created_by).post(
        section_url(assessment), {"q-data": ["personal"], "v-data": "0"}, headers=HTMX
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in html
    assert 'id="status-data"' in html
    assert 'name="v-data" value="1"' in html
    assert "Do people know?" in html
    assert 'id="task-about" data-hx-swap-oob="true"' in html
    assert 'id="tasklist"' not in html, "only the line that changed"


def test_htmx_save_that_brings_up_a_section_renews_the_whole_task_list() -> None:
    assessment = make_assessment()

    response = signed_in(assessment.created_by).post(
        section_url(assessment), {"q-data": ["secret"], "v-data": "0"}, headers=HTMX
    )

    html = response.content.decode()
    assert 'id="tasklist" data-hx-swap-oob="true"' in html
    assert "Secrets" in html


def test_htmx_save_empties_the_slot_of_a_question_that_went() -> None:
    assessment = make_assessment(answers={"data": ["personal"]})

    response = signed_in(assessment.created_by).post(
        section_url(assessment), {"q-data": ["none"], "v-data": "1"}, headers=HTMX
    )

    assert '<div id="slot-consent" hidden data-hx-swap-oob="true"></div>' in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "values",
    [
        {"q-data": ["forged"], "v-data": "0"},
        {"q-name": ["one", "two"], "v-name": "0"},
        {"q-name": "fine", "v-name": "minus one"},
        {"q-name": "fine", "v-name": ["0", "0"]},
        {"q-owner": "named", "v-owner": "0"},
        {"q-nonsense": "x"},
        {"q-users": "1e309", "v-users": "0"},
    ],
)
def test_forged_section_post_is_422_and_stores_nothing(values: dict, headers: dict) -> None:
    assessment = make_assessment()

    response = signed_in(assessment.created_by).post(section_url(assessment), values, headers=headers)

    assert response.status_code == 422
    assert queries.raw_answers(assessment) == {}


def test_invalid_answer_keeps_everything_typed_on_the_page() -> None:
    assessment = make_assessment()
    values = {"q-name": "A name to keep", "v-name": "0", "q-users": "many", "v-users": "0"}

    response = signed_in(assessment.created_by).post(section_url(assessment), values)

    html = response.content.decode()
    assert 'value="A name to keep"' in html
    assert 'value="many"' in html
    assert 'href="#q-users"' in html
    assert html.count("field--invalid") == 1
    assert 'aria-invalid="true"' in html


def test_unit_of_a_number_stands_beside_the_field() -> None:
    version = publish_next(make_questionnaire(), ("type: number\n", "type: number\n        unit: people\n"))
    assessment = make_assessment(questionnaire=version)

    html = signed_in(assessment.created_by).get(section_url(assessment)).content.decode()

    assert '<span class="with-unit__unit" aria-hidden="true">people</span>' in html


@pytest.mark.parametrize(
    ("values", "sentence", "kept"),
    [
        (
            {"q-data": ["none", "secret"], "v-data": "0"},
            "“Nothing special” cannot be combined with other options.",
            ['value="none"', 'value="secret"'],
        ),
        (
            {"q-data": ["secret", "?"], "v-data": "0"},
            "“I don&#x27;t know” cannot be combined with other options.",
            ['value="secret"', 'value="?"'],
        ),
        (
            {"q-users": "12", "u-users": "on", "v-users": "0"},
            "Give an answer or tick “I don&#x27;t know”, not both.",
            ['value="12"', 'name="u-users"'],
        ),
    ],
)
def test_answers_that_stand_alone_are_refused_with_others_and_stay_ticked(values, sentence, kept) -> None:
    assessment = make_assessment()

    response = signed_in(assessment.created_by).post(section_url(assessment), values)

    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    for control in kept:
        tag = html[html.rindex("<input", 0, html.index(control) + 1) :]
        assert control == 'value="12"' or "checked" in tag[: tag.index(">")]
    assert queries.raw_answers(assessment) == {}


def test_refused_answer_is_not_said_to_be_saved() -> None:
    assessment = make_assessment(answers={"name": "Drafts", "users": "12"})
    values = {"q-name": "Drafts", "v-name": "1", "q-users": "many", "v-users": "1"}

    html = signed_in(assessment.created_by).post(section_url(assessment), values).content.decode()

    assert 'id="status-users" role="status">Not saved</p>' in html
    assert 'id="status-name" role="status">Saved' in html


def test_answer_beside_a_refused_one_is_not_said_to_be_saved_when_another_is() -> None:
    assessment = make_assessment(answers={"name": "Drafts"})
    values = {"q-name": "Drafts of replies", "v-name": "1", "q-users": "many", "v-users": "0"}

    html = signed_in(assessment.created_by).post(section_url(assessment), values).content.decode()

    assert 'value="Drafts of replies"' in html
    assert 'id="status-name" role="status">Not saved</p>' in html
    assert queries.raw_answers(assessment) == {"name": "Drafts"}


def test_hidden_section_is_404_and_leads_on() -> None:
    assessment = make_assessment(answers={"data": ["none"]})

    response = signed_in(assessment.created_by).get(section_url(assessment, "secrets"))

    html = response.content.decode()
    assert response.status_code == 404
    assert "changed “Which data goes in?” to “Nothing special” on" in html
    assert f'href="{assessment.get_absolute_url()}">Go on with what is asked now' in html
    assert "What you typed" not in html


@pytest.mark.parametrize("name", ["overview", "check", "delete"])
def test_foreign_team_sees_404(name: str) -> None:
    assessment = make_assessment()
    stranger = signed_in(make_lead(team=make_team()))
    url = reverse(f"assessments:{name}", args=[assessment.pk])

    response = stranger.post(url) if name == "delete" else stranger.get(url)

    assert response.status_code == 404


def test_member_may_answer_but_not_delete() -> None:
    team = make_team()
    assessment = make_assessment(team=team)
    member = signed_in(make_member(team=team))

    assert member.get(section_url(assessment)).status_code == 200
    assert member.post(reverse("assessments:delete", args=[assessment.pk])).status_code == 403


def test_post_to_a_submitted_assessment_is_409_and_changes_nothing() -> None:
    assessment = make_assessment(answers=COMPLETE)
    actions.freeze(by=assessment.created_by, assessment=assessment)

    response = signed_in(assessment.created_by).post(section_url(assessment), {"q-name": "Late", "v-name": "1"})

    assert response.status_code == 409
    assert queries.raw_answers(assessment)["name"] == "Reply drafts"


def test_overview_resumes_at_the_first_open_section() -> None:
    assessment = make_assessment(answers={"name": "Drafts", "data": ["none"], "users": "1"})

    response = signed_in(assessment.created_by).get(assessment.get_absolute_url())

    assert response.url == section_url(assessment, "care")


def test_check_page_lists_what_is_missing_and_hides_submit_from_members() -> None:
    team = make_team()
    assessment = make_assessment(team=team, answers={"name": "Drafts"})
    url = reverse("assessments:check", args=[assessment.pk])

    page = signed_in(make_member(team=team)).get(url).content.decode()

    assert "Who answers for it?" in page
    assert "Submit for review" not in page
    assert "Submit for review" in signed_in(assessment.created_by).get(url).content.decode()


def test_list_shows_own_teams_only() -> None:
    own = make_assessment(title="Our own draft")
    make_assessment(title="A foreign draft")

    page = signed_in(own.created_by).get(reverse("assessments:list")).content.decode()

    assert "Our own draft" in page
    assert "A foreign draft" not in page


def test_somebody_without_a_team_cannot_start() -> None:
    make_questionnaire(key="risktest")

    response = signed_in(make_user()).get(reverse("assessments:start"))

    assert response.status_code == 403


def test_section_page_query_count_does_not_depend_on_the_number_of_answers(django_assert_max_num_queries) -> None:
    assessment = make_assessment(answers=COMPLETE)
    client = signed_in(assessment.created_by)
    save(by=assessment.created_by, assessment=assessment, users="3")

    with django_assert_max_num_queries(5):
        client.get(section_url(assessment))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_saving_one_answer_takes_a_handful_of_queries(django_assert_max_num_queries, headers: dict) -> None:
    assessment = make_assessment(answers=COMPLETE)
    client = signed_in(assessment.created_by)

    with django_assert_max_num_queries(9):
        response = client.post(section_url(assessment, "care"), {"q-owner": "named", "v-owner": "1"}, headers=headers)

    assert response.status_code in (200, 302)


def test_saving_a_section_takes_no_more_queries_than_one_answer(django_assert_max_num_queries) -> None:
    answers = {"name": "Reply drafts", "data": ["personal"], "users": "3"}
    assessment = make_assessment(answers=answers)
    client = signed_in(assessment.created_by)
    changed = {"q-name": "Replies", "q-data": ["secret"], "q-users": "4"} | {f"v-{key}": "1" for key in answers}

    with django_assert_max_num_queries(9):
        client.post(section_url(assessment), changed)

    assert queries.raw_answers(assessment) == {"name": "Replies", "data": ["secret"], "users": "4"}
