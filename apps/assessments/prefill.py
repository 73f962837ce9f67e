"""What is already known when an assessment starts: data, in prefill.yaml beside its questionnaire."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings

from apps.questionnaires.documents import read_file


@cache
def rules(questionnaire: str) -> Mapping[str, Any]:
    path = settings.FIXTURES_DIR / "questionnaires" / questionnaire / "prefill.yaml"
    found: Mapping[str, Any] = read_file(path).data if path.exists() else {}
    return found


def from_title(questionnaire: str, title: str) -> dict[str, Any]:
    """Raw answers: nobody is asked twice what it is about."""
    return dict.fromkeys(rules(questionnaire).get("title", ()), title)
