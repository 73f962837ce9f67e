import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from apps.audit.models import AuditEvent
from apps.catalog.actions import link_listing, load_catalog
from apps.catalog.feeds import read_feed
from apps.catalog.importing import Imported, import_feed
from apps.catalog.models import Change, Fact, Lifecycle, Listing, Model, Offer, Provider, Snapshot
from apps.catalog.observations import Refused
from tests.factories.accounts import make_admin, make_officer
from tests.factories.catalog import AS_OF, make_model, make_provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sources")]


def item(name: str = "one", price: str = "0.000001", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"acme/{name}",
        "name": f"Acme: {name.title()}",
        "context_length": 1000,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "pricing": {"prompt": price, "completion": price},
    } | changes


def take(*items: dict[str, Any], days: int = 0, **options: Any) -> Imported:
    feed = read_feed("openrouter", json.dumps({"data": list(items)}))
    return import_feed(by=None, feed=feed, as_of=AS_OF + timedelta(days=days), **options)


def counts() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Model, Offer, Fact, Listing, Snapshot, Change, AuditEvent))


def test_an_import_adds_models_offers_facts_and_a_snapshot() -> None:
    result = take(item("one"), item("two"))

    model = Model.objects.get(slug="acme/one")
    assert (model.name, model.provider.name, model.context_window) == ("One", "Acme", 1000)
    assert model.offers.get().input_price == Decimal(1)
    assert result.summary()["models added"] == 2
    assert Snapshot.objects.get().summary == result.summary()
    assert Change.objects.filter(kind="added", before__isnull=True, after__isnull=True).count() == 2


def test_importing_the_same_feed_again_changes_nothing() -> None:
    take(item())
    before = counts()

    assert take(item()).repeated
    assert counts() == before


def test_a_dry_run_shows_everything_and_changes_nothing() -> None:
    take(item())
    before = counts()

    result = take(item(price="0.000002"), item("two"), days=1, dry_run=True)

    assert result.summary()["values changed"] == 2
    assert result.summary()["models added"] == 1
    assert counts() == before


def test_a_bad_record_is_refused_with_its_place_and_the_rest_goes_in() -> None:
    result = take(item("one"), item("bad", context_length=-5), item("worse", pricing=None))

    assert [problem.path for problem in result.feed.problems] == ["data[2]", "data[1].facts.context_window"]
    assert Snapshot.objects.get().refused[0][0] == "openrouter/acme/worse (data[2])"
    assert list(Model.objects.values_list("slug", flat=True)) == ["acme/one"]


def test_a_price_change_is_recorded_with_both_values() -> None:
    take(item(price="0.000001"))

    take(item(price="0.000002"), days=1)

    change = Change.objects.get(field="input_price")
    assert (change.before, change.after, change.is_noise) == ("1", "2", False)


@pytest.mark.parametrize(("days", "noise"), [(2, True), (30, False)])
def test_a_change_taken_back_soon_is_noise(days: int, noise: bool) -> None:
    take(item(price="0.000001"))
    take(item(price="0.000002"), days=1)

    take(item(price="0.000001"), days=1 + days)

    assert Change.objects.filter(field="input_price").first().is_noise is noise  # type: ignore[union-attr]


def test_a_change_of_one_source_takes_back_none_of_another() -> None:
    def take_other(context: int, days: int) -> None:
        models = {"one": {"name": "One", "limit": {"context": context}}}
        found = read_feed("modelsdev", json.dumps({"acme": {"name": "Acme", "models": models}}))
        import_feed(by=None, feed=found, as_of=AS_OF + timedelta(days=days))

    take(item())
    take_other(2000, days=0)
    take(item(context_length=2000), days=1)

    take_other(1000, days=2)

    changed = Change.objects.filter(field="context_window", offer=None).first()
    assert changed is not None
    assert (changed.before, changed.after, changed.is_noise) == (2000, 1000, False)


def test_a_model_that_vanishes_is_a_state_and_keeps_its_figures() -> None:
    take(item("one"), item("two"))

    take(item("one"), days=1)

    gone = Model.objects.get(slug="acme/two")
    assert (gone.lifecycle, gone.gone_since) == (Lifecycle.GONE, AS_OF + timedelta(days=1))
    assert gone.context_window == 1000
    assert Change.objects.get(kind="gone").model == gone


def test_a_model_that_comes_back_is_active_again() -> None:
    take(item("one"), item("two"))
    take(item("one"), days=1)

    take(item("one"), item("two"), days=2)

    assert Model.objects.get(slug="acme/two").lifecycle == Lifecycle.ACTIVE
    assert Change.objects.filter(kind="returned").count() == 1


def test_a_model_another_feed_still_lists_is_not_gone() -> None:
    take(item("one"), item("two"))
    other = {"shop": {"name": "S", "models": {"acme/two": {"name": "Two", "limit": {}, "modalities": {}}}}}
    import_feed(by=None, feed=read_feed("modelsdev", json.dumps(other)), as_of=AS_OF)

    take(item("one"), days=1)

    assert not Model.objects.filter(lifecycle=Lifecycle.GONE).exists()


def test_a_refused_record_does_not_make_its_model_gone() -> None:
    take(item("one"), item("two"))

    take(item("one"), item("two", context_length=-1), days=1)

    assert not Model.objects.filter(lifecycle=Lifecycle.GONE).exists()


def test_an_older_feed_makes_nothing_gone_and_turns_back_nothing() -> None:
    take(item("one"), item("two", price="0.000002"), days=5)

    take(item("two", price="0.000001"))

    assert Model.objects.filter(lifecycle=Lifecycle.ACTIVE).count() == 2
    assert Offer.objects.get(model__slug="acme/two").input_price == Decimal(2)


def test_a_feed_that_seems_cut_off_is_refused_unless_accepted() -> None:
    take(*[item(f"m{n}") for n in range(30)])

    with pytest.raises(Refused, match="cut off"):
        take(item("m0"), days=1)

    assert not Model.objects.filter(lifecycle=Lifecycle.GONE).exists()
    take(item("m0"), days=1, accept_gone=True)
    assert Model.objects.filter(lifecycle=Lifecycle.GONE).count() == 29


def test_what_no_rule_matches_is_listed_for_linking() -> None:
    shop = {"name": "Shop", "models": {"mystery": {"name": "Mystery", "limit": {"context": 5}, "modalities": {}}}}

    import_feed(by=None, feed=read_feed("modelsdev", json.dumps({"shop": shop})), as_of=AS_OF)

    listing = Listing.objects.get()
    assert (listing.needs_link, listing.rule, listing.model.slug) == (True, "no match", "shop/mystery")  # type: ignore[union-attr]


def test_an_alias_without_a_target_brings_no_price() -> None:
    result = take(item("one"), item("acme-latest"))

    assert result.feed.left_out["alias without a target"] == 1
    assert Offer.objects.count() == 1
    alias = Listing.objects.get(external_id="openrouter/acme/acme-latest")
    assert (alias.model, alias.needs_link, alias.is_alias) == (None, True, True)


def alias(target: str, price: str = "0.000009") -> dict[str, Any]:
    return item("acme-latest", price, alias_target={"slug": target, "name": target})


def test_an_alias_points_at_the_target_its_feed_names_and_brings_no_figures() -> None:
    take(alias("acme/one"), item("one"), item("two"))
    listing = Listing.objects.get(is_alias=True)
    assert (listing.model.slug, listing.needs_link) == ("acme/one", False)  # type: ignore[union-attr]

    take(alias("acme/two"), item("one"), item("two"), days=1)

    listing.refresh_from_db()
    assert listing.model.slug == "acme/two"  # type: ignore[union-attr]
    assert set(Offer.objects.values_list("input_price", flat=True)) == {Decimal(1)}
    assert Model.objects.count() == 2


def test_an_older_feed_does_not_turn_an_alias_back() -> None:
    take(alias("acme/two"), item("one"), item("two"), days=5)

    take(alias("acme/one"), item("one"), item("two"))

    assert Listing.objects.get(is_alias=True).model.slug == "acme/two"  # type: ignore[union-attr]


def test_an_alias_an_admin_linked_stays_linked_and_brings_its_target_no_price() -> None:
    take(item("acme-latest", "0.000009"), item("one"))
    link_listing(by=make_admin(), listing=Listing.objects.get(is_alias=True), model=Model.objects.get(slug="acme/one"))

    take(alias("acme/two"), item("one"), item("two"), days=1)

    assert Listing.objects.get(is_alias=True).model.slug == "acme/one"  # type: ignore[union-attr]
    assert Offer.objects.get(model__slug="acme/one").input_price == Decimal(1)


def test_an_alias_its_feed_no_longer_names_points_nowhere() -> None:
    take(alias("acme/one"), item("one"))

    take(item("one"), item("two"), days=1)

    assert not Listing.objects.filter(is_alias=True).exists()


@pytest.mark.parametrize("bad", [{"pricing": None}, {"name": 5}, {"pricing": {"prompt": "-1", "completion": "-1"}}])
def test_a_model_whose_record_cannot_be_taken_is_not_gone(bad: dict[str, Any]) -> None:
    take(item("one"), item("two"))

    take(item("one"), item("two") | bad, days=1)

    assert not Model.objects.filter(lifecycle=Lifecycle.GONE).exists()


def test_models_that_left_long_ago_do_not_make_a_feed_look_cut_off() -> None:
    take(*[item(f"old{n}") for n in range(30)], *[item(f"m{n}") for n in range(31)])
    take(*[item(f"m{n}") for n in range(31)], days=1)

    take(*[item(f"m{n}") for n in range(20)], days=2)

    assert Model.objects.filter(lifecycle=Lifecycle.GONE).count() == 41


def test_a_feed_in_another_unit_is_refused_unless_accepted() -> None:
    take(*[item(f"m{n}", "0.000001") for n in range(15)])

    with pytest.raises(Refused, match="another unit"):
        take(*[item(f"m{n}", "0.001") for n in range(15)], days=1)

    assert set(Offer.objects.values_list("input_price", flat=True)) == {Decimal(1)}
    assert take(*[item(f"m{n}", "0.001") for n in range(15)], days=1, accept_gone=True).doubts


def test_one_seller_with_two_prices_for_a_model_says_so() -> None:
    models = {
        name: {"name": name, "cost": {"input": n, "output": n}} for n, name in enumerate(["acme/one", "acme/One"], 1)
    }
    take(item("one"))

    result = import_feed(by=None, feed=read_feed("modelsdev", json.dumps({"shop": {"models": models}})), as_of=AS_OF)

    assert [problem.path for problem in result.feed.problems] == ["shop.models.acme/One"]
    assert Offer.objects.get(provider__key="shop").input_price == Decimal(1)


def shop(**listed: tuple[int, str]) -> Imported:
    """A shop's prices by id, each for the model its base names."""
    models = {
        name.replace("__", ":"): {"name": name, "base_model": base, "cost": {"input": price, "output": price}}
        for name, (price, base) in listed.items()
    }
    return import_feed(by=None, feed=read_feed("modelsdev", json.dumps({"shop": {"models": models}})), as_of=AS_OF)


def test_the_listing_named_like_the_model_has_its_price() -> None:
    take(item("one"))

    result = shop(eu_one=(3, "acme/one"), one=(2, "acme/one"), us_one=(4, "acme/one"), none=(0, "acme/one"))

    assert Offer.objects.get(provider__key="shop").input_price == Decimal(2)
    assert [problem.path for problem in result.feed.problems] == ["shop.models.eu_one", "shop.models.us_one"]


def test_a_listing_with_a_price_counts_before_one_without() -> None:
    take(item("one"))

    assert shop(one=(0, "acme/one"), eu_one=(3, "acme/one")).feed.problems == []
    assert Offer.objects.get(provider__key="shop").input_price == Decimal(3)


def test_sellers_whose_names_are_taken_go_by_their_keys() -> None:
    make_provider(key="first", name="shop")
    sellers = {"shop": {"name": "Acme", "models": {"a": {"name": "A"}}}, "acme": {"name": "Acme", "models": {}}}
    sellers["acme"]["models"] = {"b": {"name": "B"}}

    import_feed(by=None, feed=read_feed("modelsdev", json.dumps(sellers)), as_of=AS_OF)

    assert set(Provider.objects.values_list("name", flat=True)) == {"shop", "Acme", "acme"}


def test_an_import_takes_the_same_queries_for_many_models(django_assert_max_num_queries: Any) -> None:
    # SQLite takes few values per statement, so that inserts come in several.
    with django_assert_max_num_queries(80):
        take(*[item(f"m{n}") for n in range(200)])


def test_loading_the_own_files_again_does_not_take_back_what_a_feed_said() -> None:
    load_catalog(by=None)
    feed = item(context_length=5000) | {"id": "openai/gpt-4o-mini", "name": "OpenAI: GPT-4o-mini"}
    take(feed, accept_gone=True)

    load_catalog(by=None)

    assert Model.objects.get(slug="openai/gpt-4o-mini").context_window == 5000


def test_only_admins_import() -> None:
    with pytest.raises(PermissionDenied):
        import_feed(by=make_officer(), feed=read_feed("openrouter", json.dumps({"data": [item()]})), as_of=AS_OF)


def test_the_command_imports_a_file_with_the_day_in_its_name(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "list-2026-05-09.json"
    path.write_text(json.dumps({"data": [item()]}), encoding="utf-8")

    call_command("import_catalog", str(path), "--format", "openrouter")

    assert "as of 2026-05-09" in capsys.readouterr().out
    assert str(Snapshot.objects.get().as_of) == "2026-05-09"


@pytest.mark.parametrize("text", ["{", '{"data": []}', "\xff"])
def test_the_command_refuses_a_broken_file_and_keeps_the_catalog(tmp_path: Path, text: str) -> None:
    make_model()
    path = tmp_path / "feed.json"
    path.write_text(text, encoding="latin-1")

    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_catalog", str(path), "--format", "openrouter")

    assert Model.objects.count() == 1
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("day", ["2999-01-01", "0001-01-01"])
def test_the_command_refuses_a_day_that_cannot_be(tmp_path: Path, day: str) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps({"data": [item()]}), encoding="utf-8")

    with pytest.raises(CommandError, match="to today"):
        call_command("import_catalog", str(path), "--format", "openrouter", "--as-of", day)


@pytest.mark.parametrize("feed", ["/no/such/file.json", "http://example.com/list.json", "ftp://example.com/x"])
def test_the_command_refuses_what_it_cannot_read(feed: str) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_catalog", feed, "--format", "openrouter")
