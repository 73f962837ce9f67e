import pytest

from apps.reviews import renderers


@pytest.fixture
def fake_renderer(monkeypatch):
    """Where only the stored bytes matter, not what they show."""
    monkeypatch.setattr(renderers, "_registered", ["tests.factories.reviews.FAKE_RENDERER"])
