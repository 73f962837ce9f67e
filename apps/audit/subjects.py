"""What entries of the record are about, as far as admins may open it: by the admin pages, which know all rooms."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.html import format_html

from apps.audit.models import AuditEvent

Subjects = dict[tuple[str, str], models.Model]


def subjects_of(events: Iterable[AuditEvent]) -> Subjects:
    """Those still there, in one query for each kind."""
    keys: dict[str, set[str]] = defaultdict(set)
    for event in events:
        keys[event.subject_type].add(event.subject_id)
    return {(kind, str(found.pk)): found for kind, wanted in keys.items() for found in stored(kind, wanted)}


def stored(kind: str, keys: Iterable[str]) -> Iterable[models.Model]:
    page = admin.site._registry.get(model_of(kind))  # type: ignore[arg-type]  # noqa: SLF001 (there is no other way)
    if page is None:
        return []  # drafts are their team's own: an admin does not learn what they are about
    related = page.list_select_related
    rows: models.QuerySet[models.Model] = page.model._base_manager.filter(pk__in=list(keys))  # noqa: SLF001 (documented)
    return rows.select_related(*related) if isinstance(related, list | tuple) and related else rows


def model_of(kind: str) -> type[models.Model] | None:
    """None for what an older version of the portal knew."""
    try:
        return apps.get_model(kind)
    except LookupError:
        return None


def told(event: AuditEvent, found: models.Model | None) -> str:
    """Its title with a link, or else its kind and key."""
    model = model_of(event.subject_type)
    kind = model._meta.verbose_name if model else event.subject_type
    if found is None:
        return f"{kind} {event.subject_id[:8]}"
    url = reverse(f"admin:{found._meta.app_label}_{found._meta.model_name}_change", args=[found.pk])
    return format_html('<a href="{}">{}</a> ({})', url, str(found)[:100], kind)
