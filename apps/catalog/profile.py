"""Builds a model's page from its facts: pure, the same facts give the same page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from apps.catalog.fields import MODEL_FIELDS, OFFER_FIELDS, show_price
from apps.catalog.knowledge import Evidence, Knowledge
from apps.catalog.models import Fact, Model, Offer, Pricing, StatementEdit
from apps.catalog.rules import PLACEHOLDER, SECTIONS, Parameter, Rule, Rules, Section, parameters, profile_rules
from apps.catalog.tiers import show_tiers
from apps.ui import formats

# Shown where a source states them.
FURTHER_SPECS = (
    *("released_on", "max_input", "max_output", "knowledge_cutoff", "tools", "structured_outputs"),
    *("reasoning", "open_weights", "latency"),
)


FURTHER_PRICES = ("cached_input_price", "batch_input_price", "batch_output_price")


class Spec(NamedTuple):
    """A line of the key specs; `field` is the one it shows, empty for what no source is asked for."""

    label: str
    shown: str
    field: str = ""


@dataclass(frozen=True)
class Statement:
    """A sentence, the rule that made it, and what it rests on."""

    rule_id: str
    text: str
    question: str
    condition: str
    evidence: tuple[Evidence, ...]
    edit: StatementEdit | None = None


@dataclass(frozen=True)
class Profile:
    model: Model
    knowledge: Knowledge
    rules_version: int
    sections: Mapping[str, tuple[Statement, ...]]
    first_parameters: tuple[Parameter, ...]
    other_parameters: tuple[Parameter, ...]
    disputes: tuple[Evidence, ...]
    stale_on: date | None
    is_stale: bool
    today: date

    @property
    def key_specs(self) -> list[Spec]:
        return key_specs(self.knowledge)

    @property
    def sourced_specs(self) -> list[tuple[Spec, Evidence | None]]:
        return [(spec, self.knowledge.evidence(spec.field)) for spec in self.key_specs]

    @property
    def disputed_note(self) -> str:
        return counted(len(self.disputes), "field")

    @property
    def offers_note(self) -> str:
        return counted(len(self.offers), "offer")

    @property
    def other_parameters_note(self) -> str:
        return counted(len(self.other_parameters), "more parameter")

    @property
    def leading(self) -> Offer | None:
        return self.knowledge.leading

    @property
    def offers(self) -> list[Offer]:
        return self.knowledge.offers


def load_profile(model: Model, today: date) -> Profile:
    """Three queries: the offers, the facts, and what admins said about its sentences."""
    offers = list(model.offers.select_related("provider"))
    facts = list(Fact.objects.current().filter(model=model).select_related("source"))
    edits = list(model.statement_edits.select_related("by"))
    return build_profile(model, offers, facts, today=today, edits=edits)


def build_profile(
    model: Model,
    offers: list[Offer],
    facts: list[Fact],
    *,
    today: date,
    rules: Rules | None = None,
    edits: Sequence[StatementEdit] = (),
) -> Profile:
    rules = rules or profile_rules()
    knowledge = Knowledge(model, offers, facts, rules, today)
    first, others = parameter_guidance(model)
    by_rule = {edit.rule_id: edit for edit in edits}
    stale_on = model.data_checked + timedelta(days=rules.stale_after_days) if model.data_checked else None
    return Profile(
        model=model,
        knowledge=knowledge,
        rules_version=rules.version,
        sections={name: say(rules.sections[name], knowledge, by_rule) for name in SECTIONS},
        first_parameters=first,
        other_parameters=others,
        disputes=tuple(knowledge.disputes()),
        stale_on=stale_on,
        is_stale=stale_on is None or stale_on < today,
        today=today,
    )


def key_specs(knowledge: Knowledge) -> list[Spec]:
    """In the order of the page; what is not known says so."""
    model, offer, known = knowledge.model, knowledge.leading, knowledge.words
    rows = [
        Spec("Model ID", model.slug),
        Spec("Context Window", show("context_window", model.context_window), "context_window"),
        Spec("Modality", known.get("modality", formats.NOT_KNOWN)),
        Spec("Input Modalities", show("input_modalities", model.input_modalities), "input_modalities"),
        Spec("Output Modalities", show("output_modalities", model.output_modalities), "output_modalities"),
        Spec("Input Price", price_words(offer, "input_price"), "input_price"),
        Spec("Output Price", price_words(offer, "output_price"), "output_price"),
        Spec("Provider", model.provider.name),
        Spec("Listing Date", show("listed_on", model.listed_on), "listed_on"),
    ]
    return [*rows, *further_prices(offer), *further_specs(model)]


def further_prices(offer: Offer | None) -> list[Spec]:
    if offer is None or offer.pricing != Pricing.METERED:
        return []
    prices = [(name, getattr(offer, name)) for name in FURTHER_PRICES]
    rows = [Spec(OFFER_FIELDS[name].label, show_price(price), name) for name, price in prices if price is not None]
    if offer.price_tiers:
        rows.append(Spec(OFFER_FIELDS["price_tiers"].label, show_tiers(offer.price_tiers), "price_tiers"))
    return rows


def further_specs(model: Model) -> list[Spec]:
    stated = [(name, getattr(model, name)) for name in FURTHER_SPECS]
    return [
        Spec(MODEL_FIELDS[name].label, show(name, value), name) for name, value in stated if value not in (None, "")
    ]


def show(name: str, value: Any) -> str:
    return formats.NOT_KNOWN if value in (None, "", []) else MODEL_FIELDS[name].show(value)


def price_words(offer: Offer | None, name: str) -> str:
    if offer is None or offer.pricing == Pricing.METERED:
        return show_price(getattr(offer, name, None))
    return formats.NOT_KNOWN if offer.pricing == Pricing.UNKNOWN else offer.get_pricing_display()


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def say(
    section: Section, knowledge: Knowledge, edits: Mapping[str, StatementEdit] | None = None
) -> tuple[Statement, ...]:
    """The first rules that hold, up to the section's number; rules marked `last` keep their place at the end. An admin
    may hide a sentence (the next one moves up), pin it (it is always among them) or put it in other words: these stay
    whatever an import brings. A question is answered once: hiding the answer hides the question."""
    edits = edits or {}
    rewritten = {rule.id for rule in section.rules if is_rewritten(edits.get(rule.id))}
    answered = {rule.question for rule in section.rules if rule.id in rewritten} - {""}
    said: dict[str, Statement] = {}
    for rule in section.rules:
        if rule.id not in rewritten and (rule.question in answered or not holds(rule, knowledge)):
            continue
        answered |= {rule.question} - {""}
        if not is_hidden(edits.get(rule.id)):
            said[rule.id] = edited(rule, knowledge, edits.get(rule.id))
    fixed = rewritten | {rule.id for rule in section.rules if rule.last or is_pinned(edits.get(rule.id))}
    kept = [rule.id for rule in section.rules if rule.id in said and rule.id in fixed]
    free = [rule.id for rule in section.rules if rule.id in said and rule.id not in kept]
    chosen = {*kept, *free[: max(section.most - len(kept), 0)]}
    return tuple(said[rule.id] for rule in sorted(section.rules, key=lambda rule: rule.last) if rule.id in chosen)


def is_hidden(edit: StatementEdit | None) -> bool:
    return edit is not None and edit.kind == StatementEdit.Kind.HIDE


def is_pinned(edit: StatementEdit | None) -> bool:
    return edit is not None and edit.kind == StatementEdit.Kind.PIN


def is_rewritten(edit: StatementEdit | None) -> bool:
    return edit is not None and edit.kind == StatementEdit.Kind.REWRITE


def edited(rule: Rule, knowledge: Knowledge, edit: StatementEdit | None) -> Statement:
    """A rewritten sentence says so: it rests on a person's word, and stays when the facts behind its place change."""
    if edit is None or not is_rewritten(edit):
        return state(rule, knowledge)
    if holds(rule, knowledge):
        return replace(state(rule, knowledge), text=edit.text, edit=edit)
    return Statement(rule.id, edit.text, rule.question.replace("{name}", knowledge.model.name), "", (), edit)


def holds(rule: Rule, knowledge: Knowledge) -> bool:
    if rule.workload and rule.workload not in {workload.key for workload in knowledge.first_workloads}:
        return False
    if any(word not in knowledge.words for word in rule.words):
        return False
    return rule.when is None or rule.when.evaluate(knowledge.values) is True


def state(rule: Rule, knowledge: Knowledge) -> Statement:
    names = [*(rule.when.names if rule.when else ()), *rule.words]
    return Statement(
        rule_id=rule.id,
        text=fill(rule.text, knowledge.words),
        question=fill(rule.question, knowledge.words),
        condition=condition(rule, knowledge),
        evidence=knowledge.behind(names, [rule.workload] if rule.workload else []),
    )


def fill(text: str, words: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: words[match.group(1)], text)


def sentences_of(profile: Profile, rules: Rules | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every sentence a page may hold, by its rule, in two groups for each section: those the page shows, in its words,
    and those it does not show at present, with dots for what is not known."""
    groups = []
    for name, section in (rules or profile_rules()).sections.items():
        said = {statement.rule_id: statement for statement in profile.sections[name]}
        shown = [(key, with_question(said[key].question, said[key].text)) for key in said]
        others = [(rule.id, as_it_would_read(rule, profile)) for rule in section.rules if rule.id not in said]
        title = "FAQs" if name == "faqs" else name.replace("_", " ").capitalize()
        groups += [(f"{title}: on the page", shown), (f"{title}: not on the page at present", others)]
    return [group for group in groups if group[1]]


def as_it_would_read(rule: Rule, profile: Profile) -> str:
    words = profile.knowledge.words
    return PLACEHOLDER.sub(lambda match: words.get(match.group(1), "…"), with_question(rule.question, rule.text))


def with_question(question: str, text: str) -> str:
    return f"{question} {text}".strip()


def condition(rule: Rule, knowledge: Knowledge) -> str:
    if rule.workload:
        return next(workload.when.source for workload in knowledge.workloads if workload.key == rule.workload)
    return rule.when.source if rule.when else ""


def parameter_guidance(model: Model) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """What matters for governance first; a parameter without a note of ours is listed last, without one."""
    known = parameters()
    supported = [known[key] for key in known if key in model.parameters]
    unknown = [Parameter(key, "") for key in model.parameters if key not in known]
    leading = [parameter for parameter in supported if parameter.first]
    return tuple(leading), tuple(p for p in [*supported, *unknown] if p not in leading)
