from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.dashboard.models import Notice
from tests.factories.accounts import make_user, numbers


def make_notice(*, person: User | None = None, **fields: Any) -> Notice:
    values = {"about": f"event {next(numbers)}", "sentence": "Something happened.", "path": "/reviews/1/"}
    values |= {"made_at": timezone.now(), "person": person or make_user(email="somebody@example.org")}
    return Notice.objects.create(**values | fields)
