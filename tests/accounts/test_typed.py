"""A post refused because the sign-in or the token had ended: its author gets the text back, nobody else does."""

from html.parser import HTMLParser
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts import typed
from apps.accounts.models import User
from apps.assessments.models import Answer
from apps.reviews.models import Comment, Review
from tests.factories.accounts import PASSWORD, make_officer, make_user
from tests.factories.assessments import make_assessment
from tests.factories.reviews import make_claimed

pytestmark = pytest.mark.django_db
READABLE = "once the pilot ends"  # looks the same in HTML
TEXT = f"Who owns <this> {READABLE}?"
OWN = {"Origin": "http://testserver", "Referer": "http://testserver/reviews/1/"}


class Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        each = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in each:
            self.found[each["name"]] = each.get("value", "")


def inputs(response: HttpResponse) -> dict[str, str]:
    parser = Inputs()
    parser.feed(response.content.decode())
    return parser.found


def comment_form(client: Client, review: Review) -> dict[str, str]:
    """What the browser holds while the officer types."""
    page = client.get(review.get_absolute_url())
    return {name: inputs(page)[name] for name in ("csrfmiddlewaretoken", "typed_by")} | {"question": "", "text": TEXT}


def send(client: Client, review: Review, form: dict[str, str], **headers: str) -> Any:
    return client.post(reverse("reviews:comment", args=[review.pk]), form, headers=OWN | headers)


def signs_in(client: Client, user: User, page: HttpResponse, password: str = PASSWORD) -> Any:
    form = inputs(page) | {"username": user.username, "password": password}
    return client.post(reverse("accounts:sign_in"), form, headers=OWN)


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def review(strict: Client) -> Review:
    """An officer of this browser is reading it."""
    claimed = make_claimed()
    strict.force_login(claimed.claimed_by)
    return claimed


@pytest.fixture
def refused(strict: Client, review: Review) -> Any:
    """The session ended while the officer was typing."""
    form = comment_form(strict, review)
    del strict.cookies["sessionid"]
    return send(strict, review, form)


def test_refused_post_shows_the_sign_in_page_and_keeps_the_text(refused) -> None:
    page = refused.content.decode()

    assert refused.status_code == 401
    assert "What you typed is kept" in page
    assert READABLE not in page
    assert refused["Cache-Control"] == "no-store"


def test_author_signs_in_and_sends_it_again(strict: Client, review: Review, refused) -> None:
    given_back = signs_in(strict, review.claimed_by, refused)

    assert "Who owns &lt;this&gt; once the pilot ends?" in given_back.content.decode()
    assert not Comment.objects.exists()  # nothing is sent without a click
    form = inputs(given_back)
    assert send(strict, review, form).status_code == 302
    assert Comment.objects.get().text == TEXT


def test_author_mistypes_the_password_first(strict: Client, review: Review, refused) -> None:
    again = signs_in(strict, review.claimed_by, refused, password="wrong")

    assert again.status_code == 422
    assert again["Cache-Control"] == "no-store"
    assert inputs(refused)["kept"][:20] not in AccessAttempt.objects.get().post_data
    assert inputs(signs_in(strict, review.claimed_by, again))["text"] == TEXT


def test_page_that_gives_it_back_may_be_reloaded(strict: Client, review: Review, refused) -> None:
    signs_in(strict, review.claimed_by, refused)

    assert inputs(signs_in(strict, review.claimed_by, refused))["text"] == TEXT


def test_somebody_else_signing_in_does_not_get_the_text(strict: Client, refused) -> None:
    response = signs_in(strict, make_officer(), refused)
    home = strict.get(response.url).content.decode()

    assert response.url == reverse("dashboard:home")
    assert "belongs to another account" in home
    assert READABLE not in home


def test_what_is_kept_is_given_back_for_a_working_day_only(
    strict: Client, review: Review, refused, monkeypatch
) -> None:
    assert typed.MOST_SECONDS <= 12 * 3600
    monkeypatch.setattr(typed, "MOST_SECONDS", -1)

    response = signs_in(strict, review.claimed_by, refused)

    assert response.url == "/reviews/1/"  # the page it was typed on


def test_only_what_a_person_recognises_is_shown() -> None:
    fields = [("typed_by", ["1:seal"]), ("seen", ["7"]), ("sha256", ["0a" * 32]), ("q-use_case", ["Drafts", " "])]

    assert typed.Typed(1, "/", "/", fields).texts == [("Use case", "Drafts")]


def test_part_of_a_page_never_gets_the_whole_page_back(strict: Client, review: Review) -> None:
    form = comment_form(strict, review)
    strict.cookies["csrftoken"] = "x" * 32

    response = send(strict, review, form, **{"HX-Request": "true"})

    assert response.status_code == 403
    assert READABLE not in response.content.decode()


@pytest.mark.parametrize("same_person", [True, False])
def test_token_that_changed_by_signing_in_again(strict: Client, review: Review, same_person: bool) -> None:
    form = comment_form(strict, review)
    strict.logout()
    strict.force_login(review.claimed_by if same_person else make_officer())
    strict.cookies["csrftoken"] = "x" * 32

    response = send(strict, review, form)

    assert response.status_code == (403 if same_person else 302)
    assert (inputs(response).get("text") == TEXT) is same_person


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "", "Referer": ""},
     {"Origin": "", "Referer": "https://evil.example/"}],
)  # fmt: skip
def test_post_from_elsewhere_is_kept_for_nobody(strict: Client, review: Review, headers: dict[str, str]) -> None:
    form = comment_form(strict, review)
    strict.logout()

    response = send(strict, review, form, **headers)

    assert READABLE not in response.content.decode()
    assert "kept" not in inputs(response)


def test_what_is_kept_is_taken_from_own_pages_only(strict: Client, refused) -> None:
    form = {"kept": inputs(refused)["kept"]}
    page = reverse("accounts:sign_in")

    assert "kept" in inputs(strict.post(page, form, headers=OWN))  # its token is an old one
    assert "kept" not in inputs(strict.post(page, form, headers={"Origin": "https://evil.example"}))


@pytest.mark.parametrize(
    "change", [{"typed_by": "1"}, {"typed_by": "1:forged"}, {"text": "x" * (typed.MOST_CHARACTERS + 1)}]
)
def test_forged_author_or_too_much_text_is_not_kept(client: Client, review: Review, change: dict[str, str]) -> None:
    form = {"typed_by": typed.seal_of(review.claimed_by), "text": TEXT} | change

    response = send(client, review, form)

    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("kept", ["", "forged", "eyJhIjoxfQ:1abc:forged"])
def test_forged_seal_gives_nothing_back(client: Client, kept: str) -> None:
    user = make_user()

    form = {"username": user.username, "password": PASSWORD, "kept": kept}

    assert client.post(reverse("accounts:sign_in"), form).url == reverse("dashboard:home")


def test_section_of_the_wizard_is_kept_and_saved(client: Client) -> None:
    draft = make_assessment()
    client.force_login(draft.created_by)
    page = reverse("assessments:section", args=[draft.pk, "about"])
    form = inputs(client.get(page)) | {"q-name": TEXT}
    client.logout()

    given_back = signs_in(client, draft.created_by, client.post(page, form, headers=OWN))

    assert ("Name", TEXT) in given_back.context["typed"].texts
    client.post(given_back.context["typed"].action, inputs(given_back))
    assert Answer.objects.get(question="name").value == TEXT
