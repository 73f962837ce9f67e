"""Fixtures for every room. Test data comes from the make_* functions in tests/factories."""

import pytest
from django.core.cache import cache

pytest_plugins = ["tests.plugins.append_only"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
