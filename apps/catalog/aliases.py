"""Names that point at a model, and at another one tomorrow: found by search, shown with their target, never priced."""

from collections.abc import Sequence

from django.db.models import F, Q

from apps.catalog.models import Listing, Model

SHOWN_ALIASES = 10


def aliases_found(words: Sequence[str], *, with_unlisted: bool) -> list[Listing]:
    """Those that hold every word, the ones with a target first. One query, none without words."""
    if not words:
        return []
    rows = Listing.objects.filter(is_alias=True).select_related("model", "source")
    for word in words:
        rows = rows.filter(Q(external_id__icontains=word) | Q(name__icontains=word))
    found = list(rows.order_by(F("model").asc(nulls_last=True), "external_id")[:SHOWN_ALIASES])
    for row in found:
        if row.model and not (row.model.listed or with_unlisted):
            row.model = None
    return found


def aliases_of(model: Model) -> list[Listing]:
    return list(model.listings.filter(is_alias=True).select_related("source"))
