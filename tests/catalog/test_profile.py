"""The page of GPT-4o-mini against the claims it must carry, and every model's sentences against its facts."""

import re
from datetime import date
from decimal import Decimal

import pytest

from apps.catalog.models import Model
from apps.catalog.profile import load_profile
from apps.catalog.rules import parameters
from tests.catalog.claims import text_of, unfounded
from tests.factories.catalog import make_known_model, metered

pytestmark = pytest.mark.django_db
SECTION_SIZES = {
    "summary": 1,
    "positioning": 1,
    "strengths": 4,
    "tradeoffs": 4,
    "use_cases": 4,
    "checklist": 5,
    "faqs": 3,
    "closing": 1,
}


@pytest.mark.parametrize(
    ("section", "claims"),
    [
        ("summary", ["cost-efficient", "standard context", "multimodal workflows", "low-latency assistants"]),
        ("positioning", ["OpenAI", "standard", "$0.15", "$0.60", "text+image+file->text"]),
        ("bullets", ["128,000 tokens", "cost-efficient", "$0.15", "$0.60"]),
        ("bullets", ["Multimodal workflows, Low-latency assistants, Cost-sensitive deployment", "audit logs"]),
        ("strengths", ["multimodal workflows", "standard context", "cost-efficient", "guardrails"]),
        ("tradeoffs", ["Exceptions", "Standard context", "low price", "beyond text (image and file)"]),
        ("use_cases", ["documents, images", "high-volume assistant", "strict budget", "governed assistants"]),
        (
            "checklist",
            ["default", "fallback", "role-based access", "spend limit per team", "every week", "approved teams"],
        ),
        ("checklist", ["every month"]),
        ("faqs", ["When should we choose GPT-4o-mini?", "default model?", "validate before rollout?"]),
        ("faqs", ["low-latency assistants and cost-sensitive deployment", "mix of work", "real internal prompts"]),
        ("closing", ["policy controls", "role-based access", "budget limits"]),
    ],
)
def test_gpt_4o_mini_carries_every_claim(gpt_4o_mini: Model, today: date, section: str, claims: list[str]) -> None:
    said = text_of(load_profile(gpt_4o_mini, today), section)

    assert [claim for claim in claims if claim not in said] == []


def test_gpt_4o_mini_has_exactly_these_figures(gpt_4o_mini: Model, today: date) -> None:
    profile = load_profile(gpt_4o_mini, today)
    specs = dict(profile.key_specs)

    assert profile.leading is not None
    assert (profile.leading.input_price, profile.leading.output_price) == (Decimal("0.15"), Decimal("0.60"))
    assert specs["Model ID"] == "openai/gpt-4o-mini"
    assert specs["Context Window"] == "128,000 tokens"
    assert specs["Modality"] == "text+image+file->text"
    assert specs["Input Price"] == "$0.15 per 1M tokens"
    assert specs["Output Price"] == "$0.60 per 1M tokens"
    assert specs["Provider"] == "OpenAI"
    assert specs["Listing Date"] == "18 July 2024"
    assert specs["Calls tools"] == "yes"
    assert gpt_4o_mini.data_checked == date(2026, 3, 19)


def test_gpt_4o_mini_shows_guidance_for_its_parameters(gpt_4o_mini: Model, today: date) -> None:
    profile = load_profile(gpt_4o_mini, today)
    first = [parameter.key for parameter in profile.first_parameters]

    assert first[0] == "max_tokens"
    assert {"frequency_penalty", "logit_bias", "logprobs", "max_tokens"} <= set(first)
    assert all(parameter.note for parameter in [*profile.first_parameters, *profile.other_parameters])


def test_no_page_claims_what_its_facts_do_not_show(catalog: None, today: date) -> None:
    wrong = {
        model.slug: unfounded(model, load_profile(model, today)) for model in Model.objects.select_related("provider")
    }

    assert len(wrong) >= 60
    assert {slug: claims for slug, claims in wrong.items() if claims} == {}


def test_every_page_has_every_section_in_full(catalog: None, today: date) -> None:
    short = {
        (model.slug, name): len(profile.sections[name])
        for model in Model.objects.select_related("provider")
        for profile in [load_profile(model, today)]
        for name, size in SECTION_SIZES.items()
        if len(profile.sections[name]) != size
    }

    assert short == {}


def test_every_sentence_about_a_figure_names_its_source(catalog: None, today: date) -> None:
    for model in Model.objects.select_related("provider")[:40]:
        for statements in load_profile(model, today).sections.values():
            for statement in statements:
                if re.search(r"\$|tokens:|context of", statement.text):
                    assert all(fact.source and fact.as_of for fact in statement.evidence), statement
                    assert statement.evidence, statement


def test_a_model_nothing_is_known_about_claims_nothing(today: date) -> None:
    model = make_known_model(facts={}, offers={})

    profile = load_profile(model, today)

    assert profile.sections["summary"] == ()
    assert unfounded(model, profile) == []


def test_a_disputed_figure_shows_what_each_source_says(today: date) -> None:
    make_known_model(source="one", rank=10, offers={"maker": metered("0.15", "0.6")})
    model = make_known_model(source="two", rank=20, offers={"maker": metered("0.30", "0.6")})

    disputes = load_profile(model, today).disputes

    assert [(d.field, d.shown, d.others[0].shown) for d in disputes] == [
        ("input_price", "$0.15 per 1M tokens", "$0.30 per 1M tokens")
    ]


def test_a_blocked_model_is_not_recommended_for_new_work(gpt_4o_mini: Model, today: date) -> None:
    gpt_4o_mini.approval = "blocked"

    profile = load_profile(gpt_4o_mini, today)

    assert "Do not start new work" in text_of(profile, "checklist")
    assert "default and where the fallback" not in text_of(profile, "checklist")


def test_data_older_than_the_threshold_is_stale(gpt_4o_mini: Model) -> None:
    assert not load_profile(gpt_4o_mini, date(2026, 9, 15)).is_stale
    assert load_profile(gpt_4o_mini, date(2026, 9, 16)).is_stale


def test_a_parameter_without_a_note_of_ours_is_still_listed(today: date) -> None:
    model = make_known_model(facts={"parameters": ["max_tokens", "quantum_mode"]})

    profile = load_profile(model, today)

    assert [p.key for p in profile.other_parameters] == ["quantum_mode"]
    assert "quantum_mode" not in parameters()
