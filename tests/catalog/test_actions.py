from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.catalog import actions
from apps.catalog.models import Approval, CatalogState, Fact, Listing, Model, Offer
from apps.catalog.rules import catalog_file
from tests.factories.accounts import make_admin, make_officer, make_team
from tests.factories.catalog import make_known_model, make_model, make_source, metered

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def admin() -> User:
    return make_admin()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copytree(catalog_file(""), tmp_path / "catalog")


def approve(model: Model, **changes: Any) -> Model:
    decision = {"by": make_admin(), "model": model, "status": "approved", "reason": "Reviewed."}
    return actions.approve(**decision | changes)


def test_loading_the_catalog_twice_adds_nothing(catalog: None) -> None:
    rows = (Model.objects.count(), Offer.objects.count(), Fact.objects.count(), AuditEvent.objects.count())

    stored = actions.load_catalog(by=None)

    assert not stored.anything_new
    assert (Model.objects.count(), Offer.objects.count(), Fact.objects.count(), AuditEvent.objects.count()) == rows


def test_the_catalog_holds_many_models_of_many_providers(catalog: None) -> None:
    assert Model.objects.count() >= 90
    assert Model.objects.values("provider").distinct().count() >= 12


@pytest.mark.parametrize(
    ("name", "before", "after", "place"),
    [
        ("models.yaml", "pricing: metered", "pricing: cheap", "models.yaml[0].observations.openrouter.offers"),
        ("models.yaml", "context_window:", "context_windows:", "models.yaml[0].observations.openrouter.facts"),
        ("models.yaml", "provider: openai", "provider: nobody", "models.yaml[0]: unknown provider nobody"),
        ("models.yaml", "- id:", "- [", "models.yaml: is not valid YAML"),
        ("models.yaml", "id: openai/gpt-4o\n", "id: openai/gpt-4o-mini\n", "models.yaml[1].id"),
        ("models.yaml", "as_of: 2026-05-01", "as_of: someday", "as_of: expected a day"),
        ("profile_rules.yaml", "{price_band} model", "{splendid} model", "sections.summary.rules[0].text"),
        ("sources.yaml", "rank: 20", "rang: 20", "sources.yaml[1]"),
    ],
)
def test_a_broken_file_is_refused_and_the_old_data_stays(
    folder: Path, name: str, before: str, after: str, place: str
) -> None:
    model = make_known_model(slug="openai/gpt-4o-mini", source="openrouter", facts={"context_window": 1})
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")

    with pytest.raises(CommandError, match=r"Nothing was loaded") as refused:
        call_command("load_catalog", str(folder))

    assert place in str(refused.value)
    assert list(Model.objects.values_list("slug", "context_window")) == [(model.slug, 1)]


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / "providers.yaml").unlink()

    with pytest.raises(CommandError, match=r"providers\.yaml: cannot be read"):
        call_command("load_catalog", str(folder))


def test_demo_approvals_leave_decisions_alone(catalog: None, capsys: Any) -> None:
    make_team()
    decided = approve(Model.objects.get(slug="openai/gpt-4o-mini"), status="blocked", reason="Not here.")

    call_command("load_catalog", "--demo")

    decided.refresh_from_db()
    assert decided.approval == Approval.BLOCKED
    assert Model.objects.filter(approval=Approval.APPROVED).count() >= 15
    assert Model.objects.filter(approval=Approval.RESTRICTED).exists()


def test_an_approval_records_who_when_why_and_until() -> None:
    admin, until = make_admin(), TODAY + timedelta(days=90)

    model = approve(make_model(), by=admin, reason=" Checked. ", expires=until)

    assert (model.approval, model.approval_by, model.approval_expires) == (Approval.APPROVED, admin, until)
    assert model.approval_reason == "Checked."
    assert AuditEvent.objects.get().verb == "model.approval_decided"
    assert model.history.first().approval == Approval.APPROVED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "fine"}, "no approval status"),
        ({"reason": "  "}, "Say why"),
        ({"expires": TODAY}, "in the future"),
        ({"status": "restricted"}, "at least one team"),
    ],
)
def test_an_incomplete_decision_is_refused(changes: dict[str, Any], words: str) -> None:
    model = make_model()

    with pytest.raises(actions.ApprovalRefused, match=words):
        approve(model, **changes)

    assert Model.objects.get().approval == Approval.UNREVIEWED
    assert not AuditEvent.objects.exists()


def test_only_an_admin_decides() -> None:
    with pytest.raises(PermissionDenied):
        approve(make_model(), by=make_officer())


def test_a_reason_longer_than_the_column_is_refused() -> None:
    with pytest.raises(ValidationError):
        approve(make_model(), reason="x" * 1001)


def test_restriction_names_teams_and_lifting_it_forgets_them() -> None:
    team = make_team()
    model = approve(make_model(), status="restricted", teams=[team])
    assert list(model.restricted_to.all()) == [team]

    approve(model, status="approved")

    assert not model.restricted_to.exists()


def test_an_admins_edit_wins_over_sources_and_clearing_it_goes_back() -> None:
    model = make_known_model(facts={"max_output": 1000})
    admin = make_admin()
    model.max_output = 2000
    actions.save_model(by=admin, model=model)
    assert Model.objects.get().max_output == 2000

    model.max_output = None
    actions.save_model(by=admin, model=model)

    assert Model.objects.get().max_output == 1000


def test_editing_a_model_cannot_change_its_approval() -> None:
    model = make_model()
    model.approval, model.approval_at = Approval.APPROVED, timezone.now()

    actions.save_model(by=make_admin(), model=model)

    assert Model.objects.get().approval == Approval.UNREVIEWED


def test_an_admins_price_replaces_the_whole_price_list() -> None:
    make_known_model(offers={"maker": metered("1", "2", cached_input_price="0.5")})
    offer = Offer.objects.select_related("model").get()
    offer.input_price = Decimal(3)

    actions.save_offer(by=make_admin(), offer=offer)

    offer.refresh_from_db()
    assert (offer.input_price, offer.output_price) == (Decimal(3), Decimal(2))


def test_preferring_a_source_settles_the_difference() -> None:
    make_known_model(source="first", rank=10, facts={"context_window": 1000})
    make_known_model(source="second", rank=20, facts={"context_window": 2000})

    actions.prefer(by=make_admin(), fact=Fact.objects.get(source__key="second"))

    assert Model.objects.get().context_window == 2000


def test_every_change_raises_the_catalogs_version() -> None:
    make_source(key=actions.ADMIN_SOURCE, rank=1)
    approve(make_model())
    first = CatalogState.objects.get().version

    actions.save_model(by=make_admin(), model=Model.objects.get())

    assert CatalogState.objects.get().version == first + 1


def listed_as(model: Model, external_id: str, **fields: Any) -> Listing:
    source = make_source(key="list")
    return Listing.objects.create(source=source, external_id=external_id, model=model, rule="same id", **fields)


def test_linking_an_alias_elsewhere_leaves_the_figures_of_its_old_target(admin: User) -> None:
    before = make_known_model(slug="maker/old", facts={"context_window": 1000}, offers={"maker": metered("1", "2")})
    alias = listed_as(before, "maker/latest", is_alias=True)

    actions.link_listing(by=admin, listing=alias, model=make_model(slug="maker/new"))

    assert set(before.facts.values_list("field", flat=True)) == {
        "context_window",
        "input_price",
        "output_price",
        "pricing",
    }
    assert Model.objects.get(slug="maker/old").listed


def test_linking_one_of_two_listings_leaves_what_the_other_still_says(admin: User) -> None:
    before = make_known_model(slug="maker/old", facts={"context_window": 1000}, offers={"maker": metered("1", "2")})
    listed_as(before, "maker/old")
    wrong = listed_as(before, "shop/old")

    actions.link_listing(by=admin, listing=wrong, model=make_model(slug="maker/new"))

    assert before.facts.count() == 4
    assert Offer.objects.get().model == before


def test_linking_a_wrong_listing_hides_no_model_that_other_sources_describe(admin: User) -> None:
    before = make_known_model(slug="maker/old", source="own", facts={"context_window": 1000})
    wrong = listed_as(before, "shop/old")

    actions.link_listing(by=admin, listing=wrong, model=make_model(slug="maker/new"))

    assert Model.objects.get(slug="maker/old").listed
