"""How a model's figures, states and approval came to be what they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from apps.catalog.columns import trust
from apps.catalog.fields import MODEL_FIELDS, OFFER_FIELDS
from apps.catalog.models import Approval, Change, Fact, Model, Offer
from apps.ui import charts, formats

PRICES = {"input_price": "Input", "output_price": "Output"}
SHOWN_CHANGES = 100
# Four tables are joined for a row of the feed; all their columns would be most of the page's time.
SHOWN_OF_CHANGES = (
    *("kind", "field", "before", "after", "on", "snapshot__source__title"),
    *("model__slug", "model__name", "model__provider__name", "offer__provider__name"),
)


class GoneBy(NamedTuple):
    """From this day on the page went by this fact, until the next one."""

    since: date
    fact: Fact


@dataclass(frozen=True)
class PriceLine:
    """One price of the leading offer over time, as the page showed it."""

    title: str
    rows: Sequence[GoneBy]

    @property
    def steps(self) -> list[tuple[date, Decimal]]:
        """The last of each day, and the day the newest was last confirmed."""
        last = self.rows[-1]
        by_day = {row.since: Decimal(row.fact.value) for row in self.rows}
        return sorted(({max(last.fact.as_of, last.since): Decimal(last.fact.value)} | by_day).items())

    @property
    def has_moved(self) -> bool:
        """One price is a row of the table; a picture of it would be a dot."""
        return len({Decimal(row.fact.value) for row in self.rows}) > 1

    @property
    def picture(self) -> SafeString:
        first, last = self.steps[0], self.steps[-1]
        words = f"{self.title} price per 1M tokens from {formats.day(first[0])} to {formats.day(last[0])}: "
        return charts.price_history(self.steps, title=f"{words}{formats.money(first[1])} to {formats.money(last[1])}")


@dataclass(frozen=True)
class Decision:
    """An approval as it stood from `at` on."""

    at: Any
    by: Any
    approval: str
    reason: str
    expires: date | None

    @property
    def title(self) -> str:
        return str(Approval(self.approval).label).capitalize()


def price_lines(offer: Offer | None) -> list[PriceLine]:
    if offer is None:
        return []
    facts = Fact.objects.filter(offer=offer, field__in=PRICES).select_related("source")
    lines = []
    for field, title in PRICES.items():
        stated = [fact for fact in facts if fact.field == field]
        if any(fact.superseded_on is None for fact in stated):
            lines.append(PriceLine(title, gone_by(stated)))
    return lines


def gone_by(facts: Iterable[Fact]) -> list[GoneBy]:
    """The most trusted fact of each time. A new word of a source comes before the end of its old one, on the same day:
    the old one does not give way to another source's in between."""
    begun = [(fact.since, 0, fact.pk, fact) for fact in facts]
    ended = [(fact.superseded_on, 1, fact.pk, fact) for fact in facts if fact.superseded_on]
    said: dict[int, Fact] = {}
    rows: list[GoneBy] = []
    for day, is_end, _pk, fact in sorted([*begun, *ended], key=lambda event: event[:3]):
        if not is_end:
            said[fact.source_id] = fact
        elif said.get(fact.source_id) == fact:
            del said[fact.source_id]
        if said:
            go_by(min(said.values(), key=trust), day, rows)
    return rows


def go_by(fact: Fact, day: date, rows: list[GoneBy]) -> None:
    """A source that says the same again, as an admin does with the whole price list, goes on with its row."""
    last = rows[-1] if rows else None
    if last and (last.fact.source_id, last.fact.value) == (fact.source_id, fact.value):
        rows[-1] = GoneBy(last.since, fact)
    else:
        rows.append(GoneBy(day, fact))


def decisions(model: Model) -> list[Decision]:
    """Each decision once, newest first."""
    rows = model.history.exclude(approval_at=None).order_by("approval_at", "history_date")
    found = {
        row.approval_at: Decision(
            row.approval_at, row.approval_by, row.approval, row.approval_reason, row.approval_expires
        )
        for row in rows.select_related("approval_by")
    }
    return [found[at] for at in sorted(found, reverse=True)]


def changes_of(model: Model) -> Sequence[Change]:
    rows = model.changes.select_related("snapshot__source", "offer__provider")
    return list(rows[:SHOWN_CHANGES])


def newest_changes(limit: int = 5) -> list[tuple[Change, str]]:
    """What imports changed last, with its words; what was taken back within days is left out."""
    rows = Change.objects.filter(is_noise=False, model__listed=True).select_related("model__provider")
    return [(change, words_of(change)) for change in rows[:limit]]


def words_of(change: Change) -> str:
    """Input price $0.15 per 1M tokens, before $0.30 per 1M tokens."""
    if not change.field:
        return {"added": "new in the catalog", "gone": "no longer listed", "returned": "listed again"}[change.kind]
    # The offer may have been removed since: its fields are still its own.
    of_offer = change.offer_id or change.field not in MODEL_FIELDS
    field = (OFFER_FIELDS if of_offer else MODEL_FIELDS)[change.field]
    return f"{field.label}: {field.show(change.after)}, before {field.show(change.before)}"
