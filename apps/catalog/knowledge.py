"""What is known about one model, by name: value, words, and the facts behind it. Sentences draw on nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.columns import trust
from apps.catalog.fields import MODEL_FIELDS, OFFER_FIELDS
from apps.catalog.models import Fact, Model, Offer, Pricing
from apps.catalog.rules import ID_WORD, Band, Rules, Workload
from apps.ui import formats

# At three parts input to one part output, the usual mix of chat and document work.
BLEND_INPUT, BLEND_OUTPUT = Decimal("0.75"), Decimal("0.25")


@dataclass(frozen=True)
class Evidence:
    """A fact as quoted in "why?": what it says, who says so, as of when, and who says otherwise."""

    field: str
    label: str
    shown: str
    source: str
    as_of: date | None
    url: str = ""
    others: tuple["Evidence", ...] = ()

    @property
    def disputed(self) -> bool:
        return any(other.shown != self.shown for other in self.others)


class Knowledge:
    def __init__(self, model: Model, offers: Sequence[Offer], facts: Iterable[Fact], rules: Rules, today: date) -> None:
        self.model = model
        self.rules = rules
        self.today = today
        self.offers = list(offers)
        self.leading = next((offer for offer in self.offers if offer.leading), None)
        self._facts: dict[tuple[int | None, str], list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=trust):
            self._facts[fact.offer_id, fact.field].append(fact)
        self.values = self._values()
        self.context_band: Band | None = rules.context.find(self.values["context_window"])
        self.price_band: Band | None = rules.price.find(self.values["input_price"])
        self.values["context_band"] = self.context_band.key if self.context_band else None
        self.values["price_band"] = self.price_band.key if self.price_band else None
        self.workloads: tuple[Workload, ...] = self._workloads()
        self.values["has_workload"] = bool(self.workloads)
        self.words = self._words()

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {name: column(self.model, name) for name in MODEL_FIELDS}
        offer = self.leading
        values["pricing"] = offer.pricing if offer else Pricing.UNKNOWN.value
        values["input_price"] = offer.input_price if offer else None
        values["output_price"] = offer.output_price if offer else None
        values["approval"] = str(self.model.approval_on(self.today))
        values["lifecycle"] = str(self.model.lifecycle)
        values["ended"] = self.model.end_of_life is not None and self.model.end_of_life < self.today
        values["unread"] = values["output_price"] == 0 or not self.rules.unread.isdisjoint(words_of_id(self.model))
        return values

    def _workloads(self) -> tuple[Workload, ...]:
        found = [w for w in self.rules.workloads if not w.fallback and w.when.evaluate(self.values)]
        return tuple(found or [w for w in self.rules.workloads if w.fallback and w.when.evaluate(self.values)])

    @property
    def first_workloads(self) -> tuple[Workload, ...]:
        return self.workloads[: self.rules.most_workloads]

    @property
    def modality(self) -> str:
        inputs, outputs = self.model.input_modalities, self.model.output_modalities
        return f"{'+'.join(inputs)}->{'+'.join(outputs)}" if inputs and outputs else ""

    @property
    def blended_price(self) -> Decimal | None:
        if self.leading is None or self.leading.input_price is None or self.leading.output_price is None:
            return None
        return self.leading.input_price * BLEND_INPUT + self.leading.output_price * BLEND_OUTPUT

    def _words(self) -> dict[str, str]:
        """Only what is known: a sentence with any other word in it is not said."""
        first = self.first_workloads
        words = {
            "name": self.model.name,
            "provider": self.model.provider.name,
            "modality": self.modality,
            "media": joined([name for name in self.model.input_modalities if name != "text"]),
            "context_band": self.context_band.title if self.context_band else "",
            "price_band": self.price_band.title if self.price_band else "",
            "approval": self.values["approval"],
            "main_workload": first[0].phrase if first else "",
            "first_workloads": joined([w.phrase for w in first[:2]]),
            "workloads": joined([w.phrase for w in first]),
            "workload_titles": ", ".join(w.title for w in first),
        }
        prices = {"input_price": self.values["input_price"], "output_price": self.values["output_price"]}
        for name, price in {**prices, "blended_price": self.blended_price}.items():
            words[name] = "" if price is None else formats.money(price)
        for name, kind in MODEL_FIELDS.items():
            value = getattr(self.model, name)
            words[name] = "" if self.values[name] is None else kind.show(value)
        return {name: text for name, text in words.items() if text}

    def evidence(self, name: str) -> Evidence | None:
        """The fact behind one field; None for what no source states."""
        in_offer = name in OFFER_FIELDS and name not in MODEL_FIELDS
        key = (self.leading.pk if self.leading and in_offer else None, name)
        kind = OFFER_FIELDS[name] if in_offer else MODEL_FIELDS.get(name)
        found = self._facts.get(key)
        if not found or kind is None:
            return None
        quoted = [
            Evidence(name, kind.label, kind.show(f.value), f.source.title, f.as_of, f.url or f.source.url)
            for f in found
        ]
        return Evidence(**{**vars(quoted[0]), "others": tuple(quoted[1:])})

    def disputes(self) -> list[Evidence]:
        """Fields on which sources differ, for the model and its leading offer."""
        names = [*MODEL_FIELDS, *(name for name in OFFER_FIELDS if name not in MODEL_FIELDS)]
        found = [self.evidence(name) for name in names]
        return [evidence for evidence in found if evidence is not None and evidence.disputed]

    def behind(self, names: Iterable[str], workloads: Iterable[str] = ()) -> tuple[Evidence, ...]:
        """All facts behind names, words and workloads, each once."""
        wanted = dict.fromkeys(field for name in names for field in self._fields_of(name))
        for workload in self.workloads:
            if workload.key in workloads:
                wanted |= dict.fromkeys(field for name in workload.when.names for field in self._fields_of(name))
        found = [self.decision() if name == "approval" else self.evidence(name) for name in wanted]
        return tuple(evidence for evidence in found if evidence is not None)

    def _fields_of(self, name: str) -> list[str]:
        if name in ("main_workload", "first_workloads", "workloads", "workload_titles"):
            most = {"main_workload": 1, "first_workloads": 2}.get(name)
            return [f for w in self.first_workloads[:most] for inner in w.when.names for f in self._fields_of(inner)]
        return DERIVED.get(name, [name])

    def decision(self) -> Evidence:
        """The approval is a fact of this company, not of a feed."""
        decided = self.model.approval_at.date() if self.model.approval_at else None
        return Evidence(
            "approval", "Approval here", self.values["approval"], "Approval decision of this company", decided
        )


DERIVED: Mapping[str, list[str]] = {
    "name": [],
    "provider": [],
    "context_band": ["context_window"],
    "price_band": ["input_price"],
    "blended_price": ["input_price", "output_price"],
    "modality": ["input_modalities", "output_modalities"],
    "media": ["input_modalities"],
    "lifecycle": ["end_of_life", "deprecated"],
    "ended": ["end_of_life"],
    "unread": ["output_price"],
    "has_workload": ["input_modalities", "output_modalities", "input_price", "output_price"],
}


def column(model: Model, name: str) -> Any:
    """Empty text and empty lists mean "not known", like null."""
    value = getattr(model, name)
    return set(value) if isinstance(value, list) and value else (value if value not in ("", []) else None)


def words_of_id(model: Model) -> set[str]:
    """Those of its name; the maker's name says nothing about one model."""
    return set(ID_WORD.findall(model.slug.split("/", 1)[1]))


def joined(phrases: Sequence[str]) -> str:
    return f"{', '.join(phrases[:-1])} and {phrases[-1]}" if len(phrases) > 1 else "".join(phrases)
