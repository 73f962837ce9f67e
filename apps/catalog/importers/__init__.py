"""Reads the formats of public model lists. Each gives records; matching and storing are the same for all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.catalog.importers import genai_prices, litellm, modelsdev, openrouter
from apps.catalog.importers.records import Found


@dataclass(frozen=True)
class Format:
    """`source` is the key of the Source its facts belong to; `parse` reads text into plain data, `records` what that
    says as of a day. What a mere price list names and no rule matches is kept unlisted until an admin links it: a price
    alone describes no model."""

    title: str
    source: str
    parse: Callable[[str], Any]
    records: Callable[[Any, date], Iterator[Found]]
    only_prices: bool = False


FORMATS: Mapping[str, Format] = {
    "openrouter": Format("OpenRouter, /api/v1/models", "openrouter", openrouter.parse, openrouter.records),
    "modelsdev": Format("models.dev, api.json", "models-dev", modelsdev.parse, modelsdev.records),
    "litellm": Format(
        "LiteLLM, model_prices_and_context_window.json", "litellm", litellm.parse, litellm.records, only_prices=True
    ),
    "genai-prices": Format(
        "genai-prices, data.json or data.py", "genai-prices", genai_prices.parse, genai_prices.records, only_prices=True
    ),
}
