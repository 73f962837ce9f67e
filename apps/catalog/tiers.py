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


def write_tier(tier: Mapping[str, Any]) -> str:
    """As an admin types it: above 200000: 4 in, 18 out."""
    prices = [f"{tier[name]} {words}" for name, words in TIER_PRICES.items() if name in tier]
    return f"above {tier['above']}: {', '.join(prices)}"


def read_tier(line: str) -> dict[str, Any]:
    """What write_tier wrote, or somebody typed; what is no such line gives a tier that nobody accepts."""
    length, _, prices = line.strip().removeprefix("above").partition(":")
    names = {words: name for name, words in TIER_PRICES.items()}
    parts = [part.split(maxsplit=1) for part in prices.split(",") if part.strip()]
    found = {names.get(part[-1].strip(), "price"): part[0].removeprefix("$") for part in parts}
    digits = length.replace(",", "").strip()
    return {"above": int(digits) if digits.isdecimal() and len(digits) < 12 else length} | found


def show_tiers(tiers: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(show_tier(tier) for tier in tiers) or formats.NOT_KNOWN


def show_tier(tier: Mapping[str, Any]) -> str:
    prices = [f"{formats.money(tier[name])} {words}" for name, words in TIER_PRICES.items() if name in tier]
    return f"above {formats.number(tier['above'])} tokens in: {', '.join(prices)} per 1M tokens"
