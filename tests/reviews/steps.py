"""What readers of a review do in their browser."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone


def url(name, *args):
    return reverse(f"reviews:{name}", args=args)


def signed_in(client, user):
    client.force_login(user)
    return client


def decision_post(review, verb, **fields):
    """What the form sends when nothing but the choice and the reason is filled in."""
    rows = fields.pop("conditions", [])
    data = {
        "verb": verb,
        "reason": "Well argued.",
        "snapshot": review.snapshot.sha256,
        "valid_until": "",
        "conditions-TOTAL_FORMS": "3",
        "conditions-INITIAL_FORMS": "0",
    }
    for index in range(3):
        text, due_on = rows[index] if index < len(rows) else ("", "")
        data |= {f"conditions-{index}-text": text, f"conditions-{index}-due_on": due_on}
    return data | fields


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()
