"""An imported catalog of models nobody has made up: facts in every combination, and no sentence beyond them."""

import json
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone

from apps.catalog.feeds import read_feed
from apps.catalog.importing import import_feed
from apps.catalog.models import Approval, Model, StatementEdit
from apps.catalog.profile import load_profile
from apps.catalog.rules import profile_rules
from tests.catalog.claims import unfounded
from tests.factories.accounts import make_admin
from tests.factories.catalog import AS_OF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sources")]
SEEDS = (1, 2)
MODELS = 100
# At and beside every edge of a band.
CONTEXTS = (None, 0, 1, 4096, 199_999, 200_000, 999_999, 1_000_000, 2_000_000)
PRICES = ("0", "0.0000000001", "0.29", "0.30", "0.3000000001", "2.5", "2.51", "75")
MEDIA = ("text", "image", "audio", "video", "pdf")


def some(random: Random, values: tuple[str, ...]) -> list[str]:
    """Text alone is the most common."""
    return random.choice([["text"], random.sample(values, random.randint(1, len(values)))])


def modelsdev_feed(random: Random) -> str:
    """Facts of all kinds, each of which may be missing."""
    models = {}
    for number in range(MODELS):
        facts = {
            "limit": {"context": random.choice(CONTEXTS)},
            "modalities": {"input": some(random, MEDIA), "output": some(random, MEDIA[:4])},
            "cost": {"input": Decimal(random.choice(PRICES)), "output": Decimal(random.choice(PRICES))},
            "tool_call": random.choice([True, False]),
            "structured_output": random.choice([True, False]),
            "reasoning": random.choice([True, False]),
            "open_weights": random.choice([True, False]),
            "status": random.choice(["deprecated", "beta"]),
        }
        kept = {name: value for name, value in facts.items() if random.random() < 0.7}
        name = f"embedding-{number}" if number % 10 == 3 else f"model-{number}"
        if random.random() < 0.2:
            name, kept = f"{name}-free", kept | {"cost": {"input": 0, "output": 0}}
        models[name] = {"name": f"Model {number}"} | kept
    return json.dumps({"openai": {"name": "OpenAI", "models": models}}, default=float)


def litellm_feed(random: Random) -> str:
    """Prices of input alone are found here."""
    models = {}
    for number in range(MODELS):
        facts = {
            "output_cost_per_token": float(random.choice(PRICES)) / 1_000_000,
            "max_input_tokens": random.choice(CONTEXTS[2:]),
            "supports_vision": random.choice([True, False]),
            "supports_function_calling": random.choice([True, False]),
            "supports_response_schema": random.choice([True, False]),
            "supports_reasoning": random.choice([True, False]),
            "deprecation_date": random.choice(["2027-01-01", "2026-06-01"]),
        }
        kept = {name: value for name, value in facts.items() if random.random() < 0.5}
        price = {"input_cost_per_token": float(random.choice(PRICES)) / 1_000_000}
        models[f"priced-{number}"] = {"mode": "chat", "litellm_provider": "anthropic"} | price | kept
    return json.dumps(models)


def import_generated(random: Random) -> None:
    for name, text in (("modelsdev", modelsdev_feed(random)), ("litellm", litellm_feed(random))):
        result = import_feed(by=None, feed=read_feed(name, text), as_of=AS_OF)
        assert result.feed.problems == []


def decide_and_edit(random: Random, models: list[Model]) -> None:
    """What people add: every kind of approval, models that are gone, sentences that are hidden or always shown."""
    admin, rules = make_admin(), profile_rules()
    sentences = [rule.id for section in rules.sections.values() for rule in section.rules]
    for model in models:
        model.approval = random.choice(Approval.values)
        model.approval_at = timezone.now()
        model.approval_expires = random.choice([None, AS_OF, AS_OF + timedelta(days=365)])
        model.parameters = random.choice([[], ["tool_choice"], ["tool_choice", "max_tokens"]])
        model.latency = random.choice(["", "low"])
        if random.random() < 0.1:
            model.lifecycle, model.gone_since = "gone", AS_OF
    Model.objects.bulk_update(
        models,
        ["approval", "approval_at", "approval_expires", "parameters", "latency", "lifecycle", "gone_since"],
        batch_size=50,
    )
    StatementEdit.objects.bulk_create(
        StatementEdit(model=model, rule_id=rule, kind=random.choice(["pin", "hide"]), by=admin, at=timezone.now())
        for model in models
        for rule in random.sample(sentences, random.choice([0, 0, 5, 20]))
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_sentence_of_an_imported_model_goes_beyond_its_facts(seed: int, today: date) -> None:
    random = Random(seed)
    import_generated(random)
    models = list(Model.objects.select_related("provider"))
    decide_and_edit(random, models)

    wrong = {model.slug: unfounded(model, load_profile(model, today)) for model in models}

    assert len(wrong) >= 2 * MODELS
    assert {slug: claims for slug, claims in wrong.items() if claims} == {}


def test_every_sentence_is_said_of_some_generated_model(today: date) -> None:
    random = Random(SEEDS[0])
    import_generated(random)
    models = list(Model.objects.select_related("provider"))
    decide_and_edit(random, models)

    said = {
        statement.rule_id
        for model in models
        for statements in load_profile(model, today).sections.values()
        for statement in statements
    }

    assert {rule.id for section in profile_rules().sections.values() for rule in section.rules} - said == set()
