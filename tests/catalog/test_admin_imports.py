"""Importing, linking and editing sentences in Django admin."""

import gzip
import json
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.catalog.models import Listing, Model, Offer, PendingImport, Snapshot, StatementEdit
from apps.catalog.profile import load_profile
from tests.factories.accounts import make_admin, make_lead, make_team
from tests.factories.catalog import AS_OF, make_known_model, make_model, make_source, metered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sources")]
UPLOAD = "/admin/catalog/snapshot/import/"


@pytest.fixture
def admin_client(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def feed(**changes: Any) -> bytes:
    item = {
        "id": "acme/one",
        "name": "Acme: One",
        "context_length": 1000,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "pricing": {"prompt": "0.000001", "completion": "0.000002"},
    }
    return json.dumps({"data": [item | changes]}).encode()


def upload(client: Client, content: bytes, **changes: str) -> Any:
    data = {"format": "openrouter", "as_of": AS_OF.isoformat(), "feed": SimpleUploadedFile("list.json", content)}
    return client.post(UPLOAD, data | changes)


def test_an_upload_shows_the_difference_first_and_imports_on_confirmation(admin_client: Client) -> None:
    response = upload(admin_client, feed())
    shown = admin_client.get(response.url)
    assert b"Models added" in shown.content
    assert not Model.objects.exists()

    confirmed = admin_client.post(response.url)

    assert confirmed.status_code == 302
    assert Model.objects.get().slug == "acme/one"
    assert Snapshot.objects.get().taken_by is not None
    assert not PendingImport.objects.exists()


def test_a_refused_record_is_named_and_new_models_and_sellers_are_told(admin_client: Client) -> None:
    admin_client.post(upload(admin_client, feed()).url)
    item = json.loads(feed(pricing={"prompt": "0.000003", "completion": "0.000002"}))["data"][0]
    wrong = {**item, "id": "acme/two", "pricing": {"prompt": "0.000001", "completion": "-5"}}
    content = json.dumps({"data": [item, wrong, {**item, "id": "acme/three", "name": "Acme: Three"}]}).encode()

    shown = admin_client.get(upload(admin_client, content, as_of=(AS_OF + timedelta(days=9)).isoformat()).url)

    page = shown.content.decode()
    assert "openrouter/acme/two (data[1]" in page
    assert "acme/one: Input price: $3.00 per 1M tokens, before $1.00 per 1M tokens, at OpenRouter" in page
    assert "<li>acme/three</li>" in page


def test_a_list_in_another_format_asks_for_the_format(admin_client: Client) -> None:
    refused = upload(admin_client, feed(), format="modelsdev")

    assert refused.status_code == 422
    assert "Is it in the format that was chosen?" in refused.content.decode()


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (b"not json", {}),
        (b'{"data": []}', {}),
        (b"\xff\xfe", {}),
        (b"\x1f\x8bnot gzip", {}),
        (gzip.compress(b"[" * 70_000_000), {}),
        (feed(), {"as_of": "0001-01-01"}),
        (b'{"data": "\x00"}', {}),
        (feed(), {"format": "excel"}),
        (feed(), {"as_of": (timezone.localdate() + timedelta(days=1)).isoformat()}),
        (b"", {}),
    ],
)
def test_an_upload_that_is_no_list_is_refused(admin_client: Client, content: bytes, changes: dict[str, str]) -> None:
    assert upload(admin_client, content, **changes).status_code == 422
    assert not PendingImport.objects.exists()


def test_the_difference_is_worked_out_once(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    address = upload(admin_client, feed()).url

    with django_assert_max_num_queries(4):
        shown = admin_client.get(address)

    assert b"Models added" in shown.content


def test_a_second_click_imports_nothing_twice(admin_client: Client) -> None:
    address = upload(admin_client, feed()).url
    admin_client.post(address)

    again = admin_client.post(address, follow=True)

    assert b"This upload is not waiting any more" in again.content
    assert Snapshot.objects.count() == 1
    assert b"not waiting any more" in admin_client.get(address, follow=True).content


def test_what_another_admin_imported_meanwhile_is_shown_before_anything_goes_in(admin_client: Client) -> None:
    mine = upload(admin_client, feed(context_length=2000), as_of=(AS_OF + timedelta(days=1)).isoformat()).url
    other = Client()
    other.force_login(make_admin())
    other.post(upload(other, feed()).url)

    first = admin_client.post(mine, follow=True)

    assert b"Another list has been imported since" in first.content
    assert b"Context window: 2,000 tokens, before 1,000 tokens" in first.content
    assert Snapshot.objects.count() == 1
    assert b"values changed: 1" in admin_client.post(mine, follow=True).content


def test_a_newer_upload_takes_the_place_of_the_earlier_one(admin_client: Client) -> None:
    earlier = upload(admin_client, feed()).url
    upload(admin_client, feed(context_length=5))

    assert b"a newer upload took its place" in admin_client.post(earlier, follow=True).content
    assert PendingImport.objects.count() == 1


def test_an_upload_outlives_a_database_that_is_busy(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = upload(admin_client, feed()).url
    with monkeypatch.context() as busy:
        busy.setattr("apps.catalog.pending.lock_catalog", Mock(side_effect=OperationalError))
        assert b"Nothing is lost" in admin_client.post(address, follow=True).content

    assert b"models added: 1" in admin_client.post(address, follow=True).content


@pytest.mark.parametrize("content", [gzip.compress(feed()), b"\xef\xbb\xbf" + feed()])
def test_an_upload_may_be_compressed_or_marked(admin_client: Client, content: bytes) -> None:
    assert upload(admin_client, content).status_code == 302


@pytest.mark.parametrize(
    ("name", "day"), [("list-2026-05-09.json", "2026-05-09"), ("list.json", timezone.localdate().isoformat())]
)
def test_the_day_is_in_the_name_of_the_file_else_today(admin_client: Client, name: str, day: str) -> None:
    data = {"format": "openrouter", "as_of": "", "feed": SimpleUploadedFile(name, feed())}

    admin_client.post(UPLOAD, data)

    assert PendingImport.objects.get().as_of.isoformat() == day


def test_an_upload_belongs_to_who_made_it(admin_client: Client, client: Client) -> None:
    address = upload(admin_client, feed()).url
    client.force_login(make_admin())

    assert client.post(address).status_code == 404
    assert not Model.objects.exists()


def test_importing_is_for_admins(client: Client) -> None:
    client.force_login(make_lead(team=make_team()))

    assert upload(client, feed()).status_code == 302
    assert not PendingImport.objects.exists()


def test_a_cut_off_upload_says_so_and_needs_a_tick(admin_client: Client) -> None:
    for n in range(30):
        make_known_model(slug=f"acme/m{n}", source="openrouter", facts={"tools": True})
    address = upload(admin_client, feed(), as_of=(AS_OF + timedelta(days=1)).isoformat()).url

    shown = admin_client.get(address).content
    refused = admin_client.post(address, follow=True).content

    assert b"seems cut off" in shown
    assert b"I have checked the list" in shown
    assert b"Not imported: the list lacks 30 of 31" in refused
    assert admin_client.post(address, {"accept_gone": "on"}, follow=True).content.count(b"models gone: 30") == 1


def test_linking_moves_the_offer_and_hides_the_duplicate(admin_client: Client) -> None:
    target = make_model(slug="acme/real")
    double = make_known_model(slug="shop/real-x", source="models-dev", offers={"shop": metered("1", "2")})
    listing = Listing.objects.create(
        source=make_source(key="models-dev"), external_id="shop/real-x", model=double, rule="no match", needs_link=True
    )
    chosen = {"action": "link", "_selected_action": listing.pk, "decided": "1"}

    response = admin_client.post("/admin/catalog/listing/", chosen | {"model": target.pk})

    assert response.status_code == 302
    assert Offer.objects.get().model == target
    assert not Model.objects.get(slug="shop/real-x").listed
    listing.refresh_from_db()
    assert (listing.model, listing.needs_link) == (target, False)
    assert AuditEvent.objects.filter(verb="model.listing_linked").exists()


def test_linking_to_an_unknown_model_is_refused(admin_client: Client) -> None:
    listing = Listing.objects.create(source=make_source(key="models-dev"), external_id="x", rule="no match")
    chosen = {"action": "link", "_selected_action": listing.pk, "decided": "1", "model": "0"}

    assert admin_client.post("/admin/catalog/listing/", chosen).status_code == 422


MODEL_SEARCH = "/admin/catalog/listing/models/?app_label=catalog&model_name=listing&field_name=model&term="


def test_the_model_of_a_listing_is_searched_by_name_and_told_apart_by_id(admin_client: Client) -> None:
    listing = Listing.objects.create(source=make_source(key="models-dev"), external_id="x", rule="no match")
    for slug in ("acme/real", "shop/real", "acme/other"):
        make_model(slug=slug, name="Real" if "real" in slug else "Other", listed=False)

    asked = admin_client.post("/admin/catalog/listing/", {"action": "link", "_selected_action": listing.pk})
    found = admin_client.get(f"{MODEL_SEARCH}real").json()["results"]

    assert b'data-ajax--url="/admin/catalog/listing/models/"' in asked.content
    assert b"select2" in asked.content
    assert [item["text"] for item in found] == ["Real (acme/real)", "Real (shop/real)"]


def test_only_admins_search_for_a_model_to_link(client: Client) -> None:
    make_model(name="Real", listed=False)
    client.force_login(make_lead(team=make_team()))

    response = client.get(f"{MODEL_SEARCH}real")

    assert response.status_code in (302, 403)
    assert b"Real" not in response.content


def test_sentences_are_chosen_as_they_read_on_the_models_page(admin_client: Client) -> None:
    model = make_known_model(facts={"context_window": 128_000})

    page = admin_client.get(f"/admin/catalog/model/{model.pk}/change/").content.decode()

    assert "Its standard context of 128,000 tokens carries multi-step prompts" in page
    assert page.index("Strengths: on the page") < page.index("Its standard context")
    assert page.index("Strengths: not on the page at present") < page.index("Its long context of 128,000 tokens")
    assert "per 1M input tokens leaves room" in page
    assert "{" not in page.split('name="statement_edits-__prefix__-rule_id"')[1].split("</select>")[0]


def test_a_model_is_added_before_its_sentences_are_edited(admin_client: Client) -> None:
    page = admin_client.get("/admin/catalog/model/add/").content.decode()

    assert "offers-0" in page or "offers-__prefix__" in page
    assert "statement_edits" not in page


@pytest.mark.parametrize(("kind", "text"), [("hide", ""), ("rewrite", "We use it for letters.")])
def test_an_edited_sentence_stays_edited_and_says_so(admin_client: Client, kind: str, text: str) -> None:
    model = make_known_model(
        facts={"context_window": 1000, "input_modalities": ["text"], "output_modalities": ["text"]}
    )
    data = {
        "name": model.name,
        "slug": model.slug,
        "provider": model.provider_id,
        "listed": "on",
        "context_window": 1000,
    }
    data |= {"input_modalities": ["text"], "output_modalities": ["text"], "tools": "unknown"}
    data |= {"offers-TOTAL_FORMS": 0, "offers-INITIAL_FORMS": 0}
    data |= {"statement_edits-TOTAL_FORMS": 1, "statement_edits-INITIAL_FORMS": 0}
    data |= {"statement_edits-0-rule_id": "strengths.context_standard", "statement_edits-0-kind": kind}

    response = admin_client.post(f"/admin/catalog/model/{model.pk}/change/", data | {"statement_edits-0-text": text})

    assert response.status_code == 302, response.context["errors"]
    strengths = load_profile(Model.objects.get(), timezone.localdate()).sections["strengths"]
    said = {statement.rule_id: statement for statement in strengths}
    if kind == "hide":
        assert "strengths.context_standard" not in said
    else:
        assert said["strengths.context_standard"].text == text
        assert b"Edited by" in admin_client.get(model.get_absolute_url()).content


def test_a_pinned_sentence_is_always_among_the_shown() -> None:
    facts = {"open_weights": True, "context_window": 1000, "structured_outputs": True, "deprecated": True}
    facts |= {"input_modalities": ["text"], "output_modalities": ["text"]}
    model = make_known_model(facts=facts, offers={"maker": metered("1", "2")})
    before = load_profile(model, timezone.localdate()).sections["tradeoffs"]
    assert "tradeoffs.text_only" not in {statement.rule_id for statement in before}
    StatementEdit.objects.create(model=model, rule_id="tradeoffs.text_only", kind="pin", by=make_admin())

    after = load_profile(model, timezone.localdate()).sections["tradeoffs"]

    assert "tradeoffs.text_only" in {statement.rule_id for statement in after}
    assert len(after) == len(before) == 4


@pytest.mark.parametrize("name", ["listing", "snapshot"])
def test_the_import_lists_open(admin_client: Client, name: str) -> None:
    Listing.objects.create(source=make_source(key="models-dev"), external_id="x", rule="no match")

    assert admin_client.get(f"/admin/catalog/{name}/").status_code == 200
    assert admin_client.get(UPLOAD).status_code == 200
