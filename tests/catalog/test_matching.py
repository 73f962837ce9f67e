from typing import Any

import pytest

from apps.catalog import matching
from apps.catalog.importers.records import Record
from apps.catalog.matching import Match, known_slugs, match


def record(**changes: Any) -> Record:
    values = {
        "external_id": "shop/one",
        "path": "x",
        "name": "One",
        "model_name": "one",
        "seller": "shop",
        "seller_name": "Shop",
    }
    return Record(**values | changes)  # type: ignore[arg-type]


KNOWN = ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5", "a/twin", "b/twin", "z-ai/glm-5", "a/x.1", "a/x_1"]


@pytest.mark.parametrize(
    ("changes", "slug", "rule"),
    [
        ({"maker": "openai", "model_name": "gpt-4o-mini"}, "openai/gpt-4o-mini", matching.SAME_ID),
        ({"maker": "anthropic", "model_name": "claude-sonnet-4-5"}, "anthropic/claude-sonnet-4.5", matching.SPELLING),
        ({"maker": "openai", "model_name": "GPT_6 Ultra!"}, "openai/gpt_6-ultra", matching.NEW),
        ({"base": "zhipuai/glm-5", "model_name": "glm-5-fast"}, "z-ai/glm-5", matching.BASE),
        ({"base": "z-ai/glm-5", "model_name": "a/twin"}, "a/twin", matching.SAME_ID),
        ({"model_name": "zai-org/GLM-5"}, "z-ai/glm-5", matching.SPELLING),
        ({"model_name": "accounts/openai/gpt-4o-mini"}, "openai/gpt-4o-mini", matching.SAME_ID),
        ({"model_name": "gpt-4o-mini"}, "openai/gpt-4o-mini", matching.ELSEWHERE),
        ({"model_name": "twin"}, "shop/twin", matching.AMBIGUOUS),
        ({"maker": "a", "model_name": "x-1"}, "a/x-1", matching.NEW),
        ({"model_name": "@cf/none/Such Model"}, "shop/cf-none-such-model", matching.NO_MATCH),
        ({"model_name": "gpt-4o-mini-2024-07-18"}, "shop/gpt-4o-mini-2024-07-18", matching.NO_MATCH),
        ({"model_name": "gpt-4o-latest", "is_alias": True}, "", matching.ALIAS),
        ({"is_alias": True, "target": "openai/gpt-4o-mini"}, "openai/gpt-4o-mini", matching.TARGET),
        ({"is_alias": True, "target": "anthropic/claude-sonnet-4-5"}, "anthropic/claude-sonnet-4.5", matching.TARGET),
        ({"is_alias": True, "target": "openai/none"}, "", matching.ALIAS),
        ({"is_alias": True, "target": "!/none"}, "", matching.ALIAS),
        ({"maker": "openai", "model_name": "gpt-4o-mini!"}, "", matching.UNCLEAR),
        ({"base": "!!!/glm-5", "model_name": "glm-5"}, "z-ai/glm-5", matching.ELSEWHERE),
    ],
)
def test_each_rule_finds_what_it_names(changes: dict[str, Any], slug: str, rule: str) -> None:
    assert match(record(**changes), known_slugs(KNOWN, {})) == Match(slug, rule)


def test_what_was_matched_stays_matched() -> None:
    linked = {"shop/one": Match("a/twin", matching.SPELLING)}

    assert match(record(model_name="gpt-4o-mini"), known_slugs(KNOWN, linked)) == Match("a/twin", matching.SPELLING)


@pytest.mark.parametrize(
    ("before", "stated", "slug"),
    [
        (matching.LINKED, "openai/gpt-4o-mini", "a/twin"),
        (matching.TARGET, "openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        (matching.TARGET, "openai/none", ""),
        (matching.TARGET, "", "a/twin"),
    ],
)
def test_an_alias_follows_its_feed_unless_an_admin_linked_it(before: str, stated: str, slug: str) -> None:
    linked = {"shop/one": Match("a/twin", before)}

    assert match(record(is_alias=True, target=stated), known_slugs(KNOWN, linked)).slug == slug
