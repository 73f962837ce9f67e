"""Prices that rise with the length of the input: from so many tokens in on, the whole request costs more."""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.ui import formats

TIER_PRICES = {"input": "in", "output": "out", "cached_input": "cached in"}


def tier(above: Any, **prices: Any) -> dict[str, Any]:
    """As stored: {"above": 200000, "input": "4", "output": "18"}, prices in US$ per 1M tokens; unstated ones absent."""
    return {"above": above} | {name: value for name, value in prices.items() if value is not None}


def tier_for(tiers: Iterable[Mapping[str, Any]], tokens_in: int) -> Mapping[str, Any] | None:
    """The highest one that an input of this length exceeds."""
    passed = [tier for tier in tiers if tokens_in > tier["above"]]
    return max(passed, key=lambda tier: int(tier["above"])) if passed else None


def show_tiers(tiers: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(show_tier(tier) for tier in tiers) or formats.NOT_KNOWN


def show_tier(tier: Mapping[str, Any]) -> str:
    prices = [f"{formats.money(tier[name])} {words}" for name, words in TIER_PRICES.items() if name in tier]
    return f"above {formats.number(tier['above'])} tokens in: {', '.join(prices)} per 1M tokens"
