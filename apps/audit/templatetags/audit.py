from typing import Any, NamedTuple

from django import template

from apps.audit.models import AuditEvent
from apps.audit.subjects import subjects_of, told

register = template.Library()

NEWEST = 10


class Done(NamedTuple):
    event: AuditEvent
    about: str


@register.simple_tag
def newest_done_by(user: Any) -> list[Done]:
    """From the record, which has what the portal's own pages did as well; Django's log knows its forms alone."""
    events = list(AuditEvent.objects.filter(by=user).order_by("-pk")[:NEWEST])
    found = subjects_of(events)
    return [Done(event, told(event, found.get((event.subject_type, event.subject_id)))) for event in events]
