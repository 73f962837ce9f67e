"""The list as CSV and JSON, for spreadsheets and scripts."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from apps.catalog.models import Model

COLUMNS = (
    "id", "name", "provider", "approval", "approval_expires", "lifecycle", "end_of_life", "context_window", "max_input",
    "max_output", "input_modalities", "output_modalities", "tools", "structured_outputs", "reasoning", "open_weights",
    "pricing", "input_price", "output_price", "cached_input_price", "listed_on", "released_on", "data_checked",
)  # fmt: skip
# In a spreadsheet the header is all there is to say what a number counts.
UNITS = {
    **dict.fromkeys(("context_window", "max_input", "max_output"), "tokens"),
    **dict.fromkeys(("input_price", "output_price", "cached_input_price"), "US$ per 1M tokens"),
}
OF_OFFER = ("pricing", "input_price", "output_price", "cached_input_price")
OF_MODEL = ("slug", "provider__name", *(name for name in COLUMNS if name not in ("id", "provider", *OF_OFFER)))
# A spreadsheet runs cells that begin like this.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(model: Model) -> dict[str, Any]:
    """Plain values; prices as exact decimal text in US$ per 1M tokens, dates as YYYY-MM-DD."""
    offer = next((offer for offer in model.offers.all() if offer.leading), None)
    values: dict[str, Any] = {"id": model.slug, "provider": model.provider.name}
    for name in COLUMNS:
        if name not in values:
            values[name] = plain(getattr(offer if name in OF_OFFER else model, name, None))
    return {name: values[name] for name in COLUMNS}


def plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | list):
        return value
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def safe_cell(value: Any) -> str:
    text = "" if value is None else " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(models: Iterable[Model]) -> Iterator[str]:
    yield csv_line(f"{name} ({UNITS[name]})" if name in UNITS else name for name in COLUMNS)
    for model in models:
        yield csv_line([safe_cell(value) for value in row_of(model).values()])


def csv_line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
