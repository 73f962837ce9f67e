"""What a browser sends while somebody fills in a questionnaire, with htmx and without."""

from collections.abc import Mapping
from typing import Any

from django.test import Client

from apps.assessments.wizard import Card, SectionPage
from tests.factories.portal import worst_answer

HTMX = {"HX-Request": "true"}
DONT_KNOW = {"dont_know": True}


def start(client: Client, questionnaire: str, title: str, **query: str) -> str:
    """Where the first section is."""
    url = f"/assessments/new/?questionnaire={questionnaire}"
    form = client.get(url, query).context["form"]
    response = client.post(url, {"title": title, "team": form.teams.get().pk, **query})
    assert response.status_code == 302
    return response.url


def fill_page_by_page(client: Client, url: str, sheet: Mapping[str, Any]) -> str:
    """Without JavaScript: all open questions of a section at once, then where the answer leads."""
    while "/sections/" in url:
        page = client.get(url).context["page"]
        answers = [form_data(page, card, sheet) for card in open_cards(page)]
        response = client.post(url, {name: value for answer in answers for name, value in answer.items()})
        assert response.status_code == 302, response.content.decode()
        url = response.url
    return url


def fill_one_by_one(client: Client, url: str, sheet: Mapping[str, Any]) -> str:
    """With htmx: one post per answer, each answered with what changed; then the next section."""
    while True:
        while cards := unanswered(page := client.get(url).context["page"]):
            response = client.post(url, form_data(page, cards[0], sheet), headers=HTMX)
            assert (response.status_code, "Saved" in response.content.decode()) == (200, True)
            assert "<html" not in response.content.decode()
        if page.next is None:
            return url.split("sections/")[0] + "check/"
        url = url.replace(f"/{page.section.key}/", f"/{page.next}/")


def open_cards(page: SectionPage) -> list[Card]:
    return [card for card in page.cards if card.field is not None]


def unanswered(page: SectionPage) -> list[Card]:
    return [card for card in open_cards(page) if card.key not in page.sheet.stored]


def form_data(page: SectionPage, card: Card, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored already, else what the sheet says, else the last choice."""
    key = card.key
    stored = page.sheet.stored.get(key)
    value = stored.value if stored else sheet.get(key, worst_answer(card.question))
    sent = {f"v-{key}": card.version.value()} if card.version else {}
    if value == DONT_KNOW:
        return sent | ({f"u-{key}": "on"} if card.unknown else {f"q-{key}": "?"})
    return sent | {f"q-{key}": value}
