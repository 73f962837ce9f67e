import pytest

from apps.reviews import renderers


@pytest.fixture(autouse=True)
def fake_renderer(monkeypatch):
    """Drawing a PDF takes a third of a second; what it draws is tested in tests/reports."""
    monkeypatch.setattr(renderers, "_registered", ["tests.factories.reviews.FAKE_RENDERER"])
