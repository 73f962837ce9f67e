from datetime import date

import pytest

from apps.catalog import actions
from apps.catalog.facts import store
from apps.catalog.loading import CatalogFiles, read_catalog
from apps.catalog.models import Model, Provider
from tests.factories.catalog import make_source


@pytest.fixture(scope="session")
def catalog_files() -> CatalogFiles:
    return read_catalog()


@pytest.fixture
def catalog(db: None) -> None:
    """The portal's own catalog, loaded."""
    actions.load_catalog(by=None)


@pytest.fixture
def sources(db: None, catalog_files: CatalogFiles) -> None:
    """The sources importers write to, as shipped."""
    for entry in catalog_files.sources:
        make_source(key=entry.key, rank=entry.rank)


@pytest.fixture
def today() -> date:
    return date(2026, 7, 10)


@pytest.fixture
def gpt_4o_mini(db: None, catalog_files: CatalogFiles) -> Model:
    """Only this model of the portal's own catalog."""
    slug = "openai/gpt-4o-mini"
    Provider.objects.bulk_create(Provider(key=entry.key, name=entry.name) for entry in catalog_files.providers)
    for entry in catalog_files.sources:
        observations = [seen for seen in catalog_files.observations.get(entry.key, ()) if seen.slug == slug]
        store(observations, make_source(key=entry.key, rank=entry.rank))
    return Model.objects.select_related("provider").get(slug=slug)
