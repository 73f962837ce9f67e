"""Comparison, cost, changes, history and exports."""

import csv
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog import actions, views
from apps.catalog.costs import Costed, Work, crossing
from apps.catalog.feeds import read_feed
from apps.catalog.history import price_lines
from apps.catalog.importing import import_feed
from apps.catalog.models import Fact, Model, Offer
from apps.catalog.views import MOST_COSTED
from tests.factories.accounts import make_admin
from tests.factories.catalog import AS_OF, make_approved_model, make_model, make_offer

pytestmark = pytest.mark.django_db
WORK = {"requests": "1000", "tokens_in": "1000", "tokens_out": "500", "cached": "0"}


def feed(price: str, days: int) -> None:
    item = {
        "id": "acme/one",
        "name": "Acme: One",
        "context_length": 1000,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "pricing": {"prompt": price, "completion": price},
    }
    found = read_feed("openrouter", json.dumps({"data": [item]}))
    import_feed(by=None, feed=found, as_of=AS_OF + timedelta(days=days))


def test_compare_marks_where_models_differ(client: Client) -> None:
    make_model(slug="a/one", context_window=1000)
    make_model(slug="a/two", context_window=2000)

    page = client.get("/catalog/compare/?model=a/one&model=a/two").content.decode()

    assert "1,000 tokens" in page
    assert "2,000 tokens" in page
    assert page.index("differs") < page.index("1,000 tokens")


@pytest.mark.parametrize(("approval", "marked"), [("approved", 0), ("blocked", 1)])
def test_compare_marks_where_approvals_differ(client: Client, approval: str, marked: int) -> None:
    make_approved_model(slug="a/one")
    make_approved_model(slug="a/two", approval=approval)

    page = client.get("/catalog/compare/?model=a/one&model=a/two").text

    row = page[page.index("Approval here") : page.index("</tr>", page.index("Approval here"))]
    assert row.count("differs") == marked


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "Choose two to four models"),
        ("model=a/m0", 200, "Choose two to four models"),
        ("model=a/m0&model=a/nobody", 400, "not in the catalog"),
        ("&".join(f"model=a/m{n}" for n in range(5)), 400, "At most 4 models"),
        (f"model={'x' * 300}", 200, "Choose two to four models"),
    ],
)
def test_compare_says_what_to_do(client: Client, query: str, status: int, words: str) -> None:
    for n in range(5):
        make_model(slug=f"a/m{n}")

    response = client.get(f"/catalog/compare/?{query}")

    assert response.status_code == status
    assert words in response.content.decode()


@pytest.mark.parametrize("number", [2, 4])
def test_compare_takes_the_same_queries_for_two_and_four(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    slugs = [make_offer(model=make_model()).model.slug for _ in range(number)]

    with django_assert_num_queries(4):
        client.get("/catalog/compare/", {"model": slugs})


def test_cost_is_a_months_work_cheapest_first(client: Client) -> None:
    make_offer(model=make_approved_model(name="Dear"), input_price="10", output_price="20")
    make_offer(model=make_approved_model(name="Cheap"), input_price="1", output_price="2")
    make_offer(model=make_model(name="Unreviewed"), input_price="1", output_price="2")

    page = client.get("/catalog/cost/", WORK).content.decode()

    assert page.index(">Cheap<") < page.index(">Dear<")
    assert "$60.00" in page
    assert "Unreviewed" not in page


def test_cost_lists_all_approved_models_and_draws_the_cheapest(client: Client) -> None:
    for n in range(MOST_COSTED + 2):
        make_offer(model=make_approved_model(name=f"Model no {n}"), input_price=str(n + 1))

    page = client.get("/catalog/cost/", WORK).content.decode()

    assert "the 15 cheapest of 17" in page
    assert page.count('scope="row"') == 17
    assert "not shown" not in page


def test_cost_says_how_many_models_it_leaves_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_LISTED", 2)
    for _ in range(3):
        make_offer(model=make_approved_model())

    page = client.get("/catalog/cost/", WORK).content.decode()

    assert "1 more is not shown" in page
    assert "/catalog/?approval=approved&amp;sort=cheapest" in page


@pytest.mark.parametrize(
    "changes",
    [{"requests": "0"}, {"tokens_in": "many"}, {"cached": "101"}, {"tokens_out": "-1"}, {"requests": "9" * 30}],
)
def test_cost_refuses_work_that_cannot_be(client: Client, changes: dict[str, str]) -> None:
    response = client.get("/catalog/cost/", WORK | changes)

    assert response.status_code == 422
    assert response.content.decode().count('class="error-summary"') == 1


def test_cost_says_in_whole_sentences_what_may_be_entered(client: Client) -> None:
    page = client.get("/catalog/cost/", WORK | {"tokens_in": "9999999"}).content.decode()

    assert "Enter a whole number from 1 to 1,000,000." in page


def prices_in(page: str) -> list[str]:
    return re.findall(r'<td class="num">([^<]+)</td>', page)


def test_cost_shows_the_prices_and_tokens_it_was_worked_out_with(client: Client) -> None:
    prices = {"cached_input_price": Decimal("0.10"), "batch_input_price": Decimal("0.5"), "batch_output_price": 1}
    make_offer(model=make_approved_model(), input_price="1", output_price="2", **prices)

    usual = client.get("/catalog/cost/", WORK | {"cached": "50"}).content.decode()
    batch = client.get("/catalog/cost/", WORK | {"batch": "on"}).content.decode()

    assert "30,000,000 tokens in, 50% of them read from cache, and 15,000,000 out a month" in usual
    assert prices_in(usual) == ["$46.50", "$1.00", "$0.10", "$2.00"]
    assert "Batch input / 1M" in batch
    assert prices_in(batch) == ["$30.00", "$0.50", "$1.00"]


def test_cost_without_any_batch_price_says_so_instead_of_an_empty_picture(client: Client) -> None:
    make_offer(model=make_approved_model())

    page = client.get("/catalog/cost/", WORK | {"batch": "on"}).content.decode()

    assert "No source states a batch price for them." in page
    assert "<figure" not in page


def test_cost_gives_htmx_only_the_results(client: Client) -> None:
    response = client.get("/catalog/cost/", WORK, headers={"HX-Request": "true"})

    assert b"<html" not in response.content


def test_cost_finds_where_a_model_becomes_cheaper() -> None:
    def row(name: str, price_in: str, price_out: str) -> Costed:
        offer = Offer(pricing="metered", input_price=Decimal(price_in), output_price=Decimal(price_out))
        return Costed(Model(name=name), offer, Decimal(1))

    work = Work(requests=1_000_000, tokens_in=1000, tokens_out=0)

    found = crossing(row("cheap in", "1", "5"), row("cheap out", "2", "3"), work, 1_000_000)

    assert found is not None
    assert (found.first.name, found.then.name, found.tokens_out) == ("cheap in", "cheap out", 500)
    assert crossing(row("a", "1", "2"), row("b", "2", "3"), work, 1_000_000) is None


@pytest.mark.usefixtures("sources")
def test_changes_are_listed_newest_first_without_noise(client: Client) -> None:
    feed("0.000001", 0)
    feed("0.000002", 10)
    feed("0.000001", 12)

    page = client.get("/catalog/changes/").content.decode()

    assert "Input price: $2.00 per 1M tokens, before $1.00 per 1M tokens" in page
    assert "Input price: $1.00" not in page
    assert "new in the catalog" in page
    assert "new in the catalog" not in client.get("/catalog/changes/?kind=changed").content.decode()


@pytest.mark.parametrize("query", ["kind=other", "after=forged", "after="])
def test_changes_open_whatever_the_address(client: Client, query: str) -> None:
    assert client.get(f"/catalog/changes/?{query}").status_code == 200


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("page", ["/catalog/changes/", "/catalog/history/acme/one/"])
def test_changes_of_an_offer_that_was_removed_are_still_told(client: Client, page: str) -> None:
    feed("0.000001", 0)
    feed("0.0000005", 30)
    actions.remove_offer(by=make_admin(), offer=Offer.objects.get())

    shown = client.get(page).content.decode()

    assert "Input price: $0.50 per 1M tokens, before $1.00 per 1M tokens" in shown


@pytest.mark.usefixtures("sources")
def test_history_shows_prices_decisions_and_changes(client: Client) -> None:
    feed("0.000001", 0)
    feed("0.000002", 10)
    model = Model.objects.get()
    actions.approve(by=make_admin(), model=model, status="approved", reason="Looked at closely.")

    assert "Looked at closely." not in client.get(f"/catalog/history/{model.slug}/").content.decode()
    client.force_login(make_admin())
    page = client.get(f"/catalog/history/{model.slug}/").content.decode()

    assert page.count("<svg") >= 2
    assert "$1.00" in page
    assert "Looked at closely." in page
    assert "before $1.00" in page


def edit_price(price: str) -> None:
    offer = Offer.objects.get()
    offer.input_price = Decimal(price)
    actions.save_offer(by=make_admin(), offer=offer)


def shown_prices() -> list[str]:
    line, *_ = price_lines(Offer.objects.get())
    return [row.fact.value for row in line.rows]


@pytest.mark.usefixtures("sources")
def test_an_edited_price_leaves_the_earlier_one_in_the_history(client: Client) -> None:
    feed("0.000001", 0)
    feed("0.000002", 10)

    edit_price("5")
    edit_price("4")

    assert shown_prices() == ["1", "2", "5", "4"]
    page = client.get("/catalog/history/acme/one/").content.decode()
    assert page.count("<td>Admin</td>") == 3  # two of the price in, and the price out with them
    assert "$1.00 to $4.00" in page  # the title of the picture: of one day only the last


@pytest.mark.usefixtures("sources")
def test_a_source_the_page_went_by_before_stays_in_the_history() -> None:
    feed("0.000001", 0)
    feed("0.000002", 10)
    edit_price("5")
    feed("0.000003", (timezone.localdate() - AS_OF).days)  # the admin's price still stands
    assert shown_prices() == ["1", "2", "5"]

    Fact.objects.filter(source__key="admin").update(superseded_on=timezone.localdate())

    assert shown_prices() == ["1", "2", "5", "3"]


@pytest.mark.usefixtures("sources")
def test_history_draws_no_picture_of_a_single_price(client: Client) -> None:
    feed("0.000001", 0)

    page = client.get("/catalog/history/acme/one/").content.decode()

    assert page.count("one price since it is on record") == 2
    assert "<figure" not in page


def test_history_of_a_model_without_any_says_so(client: Client) -> None:
    page = client.get(f"/catalog/history/{make_model().slug}/").content.decode()

    assert "No source states a price" in page
    assert "Nobody has decided" in page


def test_exports_follow_the_filters(client: Client) -> None:
    make_offer(model=make_model(slug="a/one", tools=True), input_price="0.0075")
    make_model(slug="a/two")

    rows = json.loads(client.get("/catalog/export.json?capability=tools").content)["models"]

    assert [row["id"] for row in rows] == ["a/one"]
    assert rows[0]["input_price"] == "0.0075"
    assert rows[0]["input_modalities"] == ["text"]


def test_csv_header_says_what_its_numbers_count(client: Client) -> None:
    make_offer(model=make_model(context_window=128_000), input_price="0.15")

    text = b"".join(client.get("/catalog/export.csv").streaming_content).decode()  # type: ignore[arg-type]

    (row,) = csv.DictReader(text.splitlines())
    assert row["context_window (tokens)"] == "128000"
    assert row["input_price (US$ per 1M tokens)"] == "0.15"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@sum", "\tx"])
def test_csv_cells_cannot_be_formulas(client: Client, name: str) -> None:
    make_model(name=name)

    text = b"".join(client.get("/catalog/export.csv").streaming_content).decode()  # type: ignore[arg-type]

    rows = list(csv.DictReader(text.splitlines()))
    assert rows[0]["name"] == f"'{name}"
