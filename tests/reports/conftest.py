import pytest
from django.conf import settings

from apps.questionnaires.actions import publish
from apps.reviews import renderers


@pytest.fixture
def fake_renderer(monkeypatch):
    """Where only the stored bytes matter, not what they show."""
    monkeypatch.setattr(renderers, "_registered", ["tests.factories.reviews.FAKE_RENDERER"])


@pytest.fixture
def published_selector(db):
    """The real one: its report needs the real use case library."""
    source = settings.FIXTURES_DIR / "questionnaires" / "selector" / "v1.yaml"
    return publish(by=None, source=source.read_bytes(), cases=[])
