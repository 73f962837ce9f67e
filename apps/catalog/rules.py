"""The profile rules as read from their file: bands, workloads, and the sentences of each section."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from apps.catalog.fields import MODALITIES
from apps.catalog.models import Approval, Lifecycle, Pricing
from apps.catalog.observations import Problem, Refused
from apps.scoring import Expression, InvalidExpression, Kind, compile_expression

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
ID_WORD = re.compile(r"[a-z0-9]+")
SECTIONS = ("summary", "positioning", "bullets", "strengths", "tradeoffs", "use_cases", "checklist", "faqs", "closing")
# What a condition may ask about a model, before bands and workloads are known.
NAMES: Mapping[str, Kind] = {
    "context_window": Kind.number(0),
    "max_input": Kind.number(0),
    "max_output": Kind.number(0),
    "input_modalities": Kind.choices(*MODALITIES),
    "output_modalities": Kind.choices(*MODALITIES),
    "parameters": Kind.choices(),
    "tools": Kind.truth(),
    "structured_outputs": Kind.truth(),
    "reasoning": Kind.truth(),
    "open_weights": Kind.truth(),
    "deprecated": Kind.truth(),
    "latency": Kind.choice("low"),
    "pricing": Kind.choice(*Pricing.values),
    "input_price": Kind.number(0),
    "output_price": Kind.number(0),
    "approval": Kind.choice(*Approval.values),
    "lifecycle": Kind.choice(*Lifecycle.values),
    "ended": Kind.truth(),  # the announced last day has passed
    "unread": Kind.truth(),  # what it gives is read by software: vectors, rankings
}
# Words a sentence may use besides those names.
WORDS = (
    "name",
    "provider",
    "modality",
    "media",
    "blended_price",
    "context_band",
    "price_band",
    "main_workload",
    "first_workloads",
    "workloads",
    "workload_titles",
    "end_of_life",
)


@dataclass(frozen=True)
class Band:
    key: str
    title: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def holds(self, value: Decimal | int) -> bool:
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    @property
    def rule(self) -> str:
        if self.at_least is not None:
            return f"from {self.at_least:,}"
        return f"up to {self.at_most:,}" if self.at_most is not None else "otherwise"


@dataclass(frozen=True)
class Bands:
    """Tried in order; the last has no bound."""

    of: str
    steps: tuple[Band, ...]

    def find(self, value: Decimal | int | None) -> Band | None:
        return None if value is None else next(band for band in self.steps if band.holds(value))


@dataclass(frozen=True)
class Workload:
    key: str
    title: str
    phrase: str
    when: Expression
    fallback: bool


@dataclass(frozen=True)
class Rule:
    id: str
    text: str
    when: Expression | None = None
    workload: str = ""
    question: str = ""
    last: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.question + self.text)))


@dataclass(frozen=True)
class Section:
    most: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Rules:
    version: int
    stale_after_days: int
    most_workloads: int
    context: Bands
    price: Bands
    unread: frozenset[str]
    workloads: tuple[Workload, ...]
    sections: Mapping[str, Section]


@dataclass(frozen=True)
class Parameter:
    key: str
    note: str
    first: bool = False


class Reader:
    """Collects every problem of the file instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.names: dict[str, Kind] = dict(NAMES)

    def entry(self, raw: Any, path: str, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            self.problems.append(Problem(path, "expected a mapping"))
            return {}
        for key in set(required) - set(raw):
            self.problems.append(Problem(f"{path}.{key}", "is missing"))
        for key in set(raw) - set(required) - set(optional):
            self.problems.append(Problem(f"{path}.{key}", "unknown key"))
        return dict(raw)

    def entries(
        self, raw: Any, path: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> list[dict[str, Any]]:
        if not isinstance(raw, list):
            self.problems.append(Problem(path, "expected a list"))
            return []
        return [self.entry(item, f"{path}[{place}]", required, optional) for place, item in enumerate(raw)]

    def words(self, raw: Any, path: str) -> frozenset[str]:
        """Words of ids: lower case letters and digits."""
        if not isinstance(raw, list) or not all(isinstance(word, str) and ID_WORD.fullmatch(word) for word in raw):
            self.problems.append(Problem(path, "expected a list of words in lower case letters and digits"))
            return frozenset()
        return frozenset(raw)

    def condition(self, source: Any, path: str) -> Expression | None:
        try:
            return compile_expression(source, self.names, expects="truth")
        except InvalidExpression as error:
            self.problems.append(Problem(path, str(error)))
            return None

    def bands(self, raw: Any, path: str) -> Bands:
        entry = self.entry(raw, path, ["of", "steps"])
        steps = self.entries(entry.get("steps"), f"{path}.steps", ["key", "title"], ["at_least", "at_most"])
        bounds = [step for step in steps if "at_least" in step or "at_most" in step]
        if len(bounds) != len(steps) - 1 or (steps and steps[-1] in bounds):
            self.problems.append(Problem(f"{path}.steps", "each band but the last needs one bound, the last none"))
        found = tuple(
            Band(step.get("key", ""), step.get("title", ""), decimal(step, "at_least"), decimal(step, "at_most"))
            for step in steps
        )
        return Bands(entry.get("of", ""), found)

    def workloads(self, raw: Any) -> tuple[Workload, ...]:
        found = []
        for place, item in enumerate(self.entries(raw, "workloads", ["key", "title", "phrase", "when"], ["fallback"])):
            when = self.condition(item.get("when"), f"workloads[{place}].when")
            if when is not None and len(item) >= 4:
                found.append(Workload(item["key"], item["title"], item["phrase"], when, bool(item.get("fallback"))))
        return tuple(found)

    def section(self, raw: Any, path: str, workloads: Iterable[str]) -> Section:
        entry = self.entry(raw, path, ["most", "rules"])
        optional = ["when", "workload", "question", "last"]
        rules = []
        for place, item in enumerate(self.entries(entry.get("rules"), f"{path}.rules", ["id", "text"], optional)):
            where = f"{path}.rules[{place}]"
            when = self.condition(item["when"], f"{where}.when") if "when" in item else None
            rule = Rule(**{**item, "when": when}) if {"id", "text"} <= set(item) <= {"id", "text", *optional} else None
            if rule is not None:
                self.check_words(rule, where, set(workloads))
                rules.append(rule)
        return Section(int(entry.get("most", 0)), tuple(rules))

    def check_words(self, rule: Rule, path: str, workloads: set[str]) -> None:
        for word in rule.words:
            if word not in NAMES and word not in WORDS:
                self.problems.append(Problem(f"{path}.text", f"unknown word {{{word}}}"))
        if rule.workload and rule.workload not in workloads:
            self.problems.append(Problem(f"{path}.workload", f"unknown workload {rule.workload}"))


def decimal(step: Mapping[str, Any], key: str) -> Decimal | None:
    return Decimal(str(step[key])) if key in step else None


def parse_rules(raw: Any) -> Rules:
    """Raises Refused with every problem found."""
    reader = Reader()
    keys = ["version", "stale_after_days", "most_workloads", "bands", "unread", "workloads", "sections"]
    entry = reader.entry(raw, "profile rules", keys)
    bands = reader.entry(entry.get("bands"), "bands", ["context", "price"])
    context, price = (
        reader.bands(bands.get("context"), "bands.context"),
        reader.bands(bands.get("price"), "bands.price"),
    )
    reader.names["context_band"] = Kind.choice(*[band.key for band in context.steps])
    reader.names["price_band"] = Kind.choice(*[band.key for band in price.steps])
    unread = reader.words(entry.get("unread"), "unread")
    workloads = reader.workloads(entry.get("workloads"))
    reader.names["has_workload"] = Kind.truth()
    raw_sections = reader.entry(entry.get("sections"), "sections", SECTIONS)
    keys_of_workloads = [workload.key for workload in workloads]
    sections = {
        name: reader.section(raw_sections.get(name), f"sections.{name}", keys_of_workloads) for name in SECTIONS
    }
    check_ids(sections, reader.problems)
    if reader.problems:
        raise Refused(reader.problems)
    return Rules(
        version=int(entry["version"]),
        stale_after_days=int(entry["stale_after_days"]),
        most_workloads=int(entry["most_workloads"]),
        context=context,
        price=price,
        unread=unread,
        workloads=workloads,
        sections=sections,
    )


def check_ids(sections: Mapping[str, Section], problems: list[Problem]) -> None:
    seen: set[str] = set()
    for name, section in sections.items():
        for rule in section.rules:
            if rule.id in seen:
                problems.append(Problem(f"sections.{name}", f"the id {rule.id} is used twice"))
            seen.add(rule.id)


def read_yaml(path: Path) -> Any:
    """Raises Refused when the file is missing or not YAML."""
    try:
        # CSafeLoader builds plain data only; ten times faster than the Python loader.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise Refused([Problem(path.name, f"cannot be read: {error.strerror}")]) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise Refused([Problem(path.name, f"is not valid YAML: {' '.join(str(error).split())}")]) from None


def catalog_file(name: str) -> Path:
    return Path(settings.FIXTURES_DIR) / "catalog" / name


@cache
def profile_rules() -> Rules:
    return parse_rules(read_yaml(catalog_file("profile_rules.yaml")))


@cache
def parameters() -> Mapping[str, Parameter]:
    """In the order in which they matter for governance."""
    return {item["key"]: Parameter(**item) for item in read_yaml(catalog_file("parameters.yaml"))}
