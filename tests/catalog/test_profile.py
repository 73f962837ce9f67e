"""The page of GPT-4o-mini against the claims it must carry, and every model's sentences against its facts."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.models import Model, StatementEdit
from apps.catalog.profile import load_profile
from apps.catalog.rules import parameters
from tests.catalog.claims import text_of, unfounded
from tests.factories.accounts import make_admin
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
    specs = {spec.label: spec.shown for spec in profile.key_specs}

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


def test_every_figure_of_the_key_specs_names_its_source_and_its_day(gpt_4o_mini: Model, today: date) -> None:
    sourced = {spec.label: source for spec, source in load_profile(gpt_4o_mini, today).sourced_specs}

    said = {label for label, source in sourced.items() if source and source.source and source.as_of}
    assert set(sourced) - said == {"Model ID", "Modality", "Provider"}
    price, cached = sourced["Input Price"], sourced["Cached input price"]
    assert price
    assert (price.source, price.as_of) == ("Models-Dev", date(2026, 7, 2))
    assert cached
    assert cached.shown == "$0.075 per 1M tokens"


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


@pytest.mark.parametrize(
    ("slug", "is_read"),
    [
        ("maker/text-embedding-3", False),
        ("maker/qwen3-reranker-4b", False),
        ("maker/bge-m3", False),
        ("maker/nomic_embed.text", False),
        ("maker/embedded-writer", True),
        ("voyage/chat-4", True),
    ],
)
def test_vectors_and_rankings_are_no_text_somebody_reads(slug: str, is_read: bool, today: date) -> None:
    facts = {"context_window": 1000, "input_modalities": ["text"], "output_modalities": ["text"]}
    profile = load_profile(make_known_model(slug=slug, facts=facts, offers={"maker": metered("1", "2")}), today)

    said = " ".join(text_of(profile, section) for section in profile.sections)

    assert ("It answers in text" in said, "general assistants" in said, "Fluent text" in said) == (is_read,) * 3
    assert ("until it is on record what it gives" in said) != is_read


def test_a_model_nothing_is_known_about_claims_nothing(today: date) -> None:
    model = make_known_model(facts={}, offers={})

    profile = load_profile(model, today)

    assert "too few facts to say which work it suits" in text_of(profile, "summary")
    assert "Its context window and its price per token are not on record" in text_of(profile, "positioning")
    assert "Only after a trial of your own" in text_of(profile, "faqs")
    assert unfounded(model, profile) == []


def test_a_model_of_which_only_prices_and_a_limit_are_known_says_them(today: date) -> None:
    model = make_known_model(facts={"max_input": 128_000, "tools": True}, offers={"maker": metered("0.5", "2")})

    profile = load_profile(model, today)

    assert text_of(profile, "positioning").strip() == (
        "Maker offers maker/model. One request takes up to 128,000 tokens in; input costs $0.50 and output $2.00 "
        "per 1M tokens. Its context window is not on record."
    )
    assert "One request takes up to 128,000 tokens in." in text_of(profile, "bullets")
    assert unfounded(model, profile) == []


SECTIONS_OF_ADVICE = ("strengths", "tradeoffs", "use_cases", "faqs")


@pytest.mark.parametrize(
    ("facts", "output_price", "said", "unsaid"),
    [
        ({"output_modalities": ["image"]}, "40", "drafts of images", "Fluent text|governed assistants|second opinion"),
        ({"output_modalities": ["audio"]}, "20", "listeners are told", "Fluent text|governed assistants"),
        ({"output_modalities": ["text"]}, "0", "trials with made-up data", "It answers in text|general assistants"),
        ({"output_modalities": ["text"], "input_modalities": ["audio"]}, "1", "who can be heard", "read documents"),
        ({"output_modalities": ["text"], "context_window": 448}, "1", "448 tokens of context is little", "working set"),
        ({"output_modalities": ["text"], "end_of_life": "2026-07-09"}, "1", "9 July 2026, has passed", "plan the move"),
        ({"output_modalities": ["text"], "end_of_life": "2026-07-11"}, "1", "plan the move", "has passed"),
    ],
)
def test_advice_fits_what_a_model_gives_and_takes(
    facts: dict[str, Any], output_price: str, said: str, unsaid: str, today: date
) -> None:
    known = {"context_window": 128_000, "input_modalities": ["text"]} | facts
    model = make_known_model(facts=known, offers={"maker": metered("1", output_price)})

    profile = load_profile(model, today)
    text = "\n".join(text_of(profile, section) for section in SECTIONS_OF_ADVICE)

    assert said in text
    assert not re.search(unsaid, text)
    assert unfounded(model, profile) == []


@pytest.mark.parametrize("pricing", ["free", "included", "unknown"])
def test_a_question_is_answered_once(pricing: str, today: date) -> None:
    facts = {"output_modalities": ["text"], "input_modalities": ["text"], "end_of_life": "2026-07-09"}
    model = make_known_model(facts=facts, offers={"maker": {"pricing": pricing}})

    questions = [statement.question for statement in load_profile(model, today).sections["faqs"]]

    assert len(questions) == len(set(questions)) == 3


@pytest.mark.parametrize("rule", ["strengths.context_standard", "faqs.default_premium", "tradeoffs.text_only"])
def test_a_rewritten_sentence_stays_whatever_an_import_brings(gpt_4o_mini: Model, rule: str, today: date) -> None:
    section = rule.split(".")[0]
    StatementEdit.objects.create(model=gpt_4o_mini, rule_id=rule, kind="rewrite", text="Ask us.", by=make_admin())
    gpt_4o_mini.context_window = 1_000_000

    said = load_profile(gpt_4o_mini, today).sections[section]

    assert [statement.text for statement in said if statement.rule_id == rule] == ["Ask us."]
    assert all(statement.edit for statement in said if statement.rule_id == rule)
    questions = [statement.question for statement in said if statement.question]
    assert len(questions) == len(set(questions))


def test_hiding_an_answer_hides_its_question(gpt_4o_mini: Model, today: date) -> None:
    gpt_4o_mini.approval = "blocked"
    before = load_profile(gpt_4o_mini, today).sections["faqs"]
    StatementEdit.objects.create(model=gpt_4o_mini, rule_id=before[1].rule_id, kind="hide", by=make_admin())

    after = load_profile(gpt_4o_mini, today).sections["faqs"]

    assert before[1].text.startswith("No. Its status")
    assert [statement.rule_id for statement in after] == [before[0].rule_id, before[2].rule_id]


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
