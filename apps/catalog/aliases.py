"""Names that point at a model, and at another one tomorrow: found by search, shown with their target, never priced."""

import re
from collections.abc import Sequence

from django.db.models import F, Q

from apps.catalog.matching import squeezed
from apps.catalog.models import Listing, Model

SHOWN_ALIASES = 10


def aliases_found(words: Sequence[str], *, with_unlisted: bool) -> list[Listing]:
    """Those that hold every word, the ones with a target first. One query, none without words."""
    if not words:
        return []
    rows = Listing.objects.filter(is_alias=True).select_related("model", "source")
    for word in words:
        rows = rows.filter(Q(external_id__iregex=loosely(word)) | Q(name__iregex=loosely(word)))
    found = list(rows.order_by(F("model").asc(nulls_last=True), "external_id")[:SHOWN_ALIASES])
    for row in found:
        if row.model and not (row.model.listed or with_unlisted):
            row.model = None
    return found


def loosely(word: str) -> str:
    """The letters and digits of the word in this order, whatever signs stand between them; a sign alone as it is."""
    return r"[\W_]*".join(squeezed(word)) or re.escape(word)


def aliases_of(model: Model) -> list[Listing]:
    return list(model.listings.filter(is_alias=True).select_related("source"))
