"""Reads the files of the use case library. Every problem of every file is reported at once; nothing is half-loaded."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from apps.scoring.canonical import content_hash
from apps.scoring.definitions import Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import Kind
from apps.scoring.parsing.problems import Problems
from apps.scoring.parsing.reader import Context, Reader, read_text
from apps.selector.library import (
    ANY_FUNCTION,
    OWN_IDEA,
    SCALES,
    SETS,
    WORDS_FROM,
    Attributes,
    Band,
    Gate,
    HouseRules,
    Library,
    Limit,
    Needs,
    Rule,
    SaferVariant,
    Step,
    Tokens,
    UseCase,
    Verdict,
    Verdicts,
)

SCHEMA = 1
RULES_FILE = "_rules.yaml"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
MODALITIES = ("text", "image", "file", "audio", "video")
MAX_TOKENS = 10_000_000
NO_ATTRIBUTES = Attributes(frozenset(), frozenset(), frozenset(), "", "", "", "")
# Besides its attributes: parts of the kinds of data it reads.
QUOTABLE_OF_A_CASE = ("special_uses", "private_data", "personal_data", "held_data", "missing_data")
# What the sentence of each limit may quote.
LIMITS: Mapping[str, Collection[str]] = {
    "missing_for_next": ("questions",),
    "missing_for_start": ("questions",),
    "readiness_for_next": ("readiness", "needed", "improve"),
    "readiness_for_start": ("readiness", "needed", "improve"),
    "open_gates": ("questions",),
    "risk_for_next": ("risk",),
    "risk_for_start": ("risk",),
    "fit_for_next": ("fit",),
    "fit_for_start": ("fit",),
    "enough_starts": ("needed",),
}


@dataclass(frozen=True, slots=True, order=True)
class LibraryProblem:
    file: str
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.path, self.message) if part)


class InvalidLibrary(ValueError):
    def __init__(self, problems: Iterable[LibraryProblem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def parse_library(
    documents: Mapping[str, Any], questionnaire: Questionnaire, known_references: Collection[str]
) -> Library:
    """The library from file name -> loaded data. Raises InvalidLibrary with every problem of every file."""
    files = {name: Problems() for name in (RULES_FILE, *sorted(set(documents) - {RULES_FILE}))}
    words = Words(questionnaire)
    references = frozenset(known_references)
    rules = house_rules(_open(RULES_FILE, documents, files, references), words)
    families: dict[str, str] = {}
    use_cases: dict[str, UseCase] = {}
    for name in list(files)[1:]:
        _family(_open(name, documents, files, references), words, families, use_cases)
    problems = [LibraryProblem(name, p.path, p.message) for name, found in files.items() for p in found.found]
    if problems:
        raise InvalidLibrary(problems)
    ordered = tuple(use_cases[key] for key in sorted(use_cases))
    return Library(rules, families, ordered, content_hash(dict(documents)))


def _open(name: str, documents: Mapping[str, Any], files: Mapping[str, Problems], references: frozenset[str]) -> Reader:
    context = Context(files[name], known_references=references)
    reader = Reader(documents.get(name), "", context)
    if reader.get("schema") != SCHEMA:
        reader.problem("schema", f"This should be {SCHEMA}, the version of this format.")
    return reader


class Words:
    """What a file may say: the choices of the questionnaire, the special uses, and the names of a condition."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.options: dict[str, tuple[str, ...]] = {}
        for attribute, key in WORDS_FROM.items():
            question = questionnaire.by_key.get(key)
            self.options[attribute] = tuple(choice.key for choice in question.choices) if question else ()
        self.options["functions"] += (ANY_FUNCTION,)
        self.questions = {question.key: question.kind for question in questionnaire.questions if question.takes_answer}
        self.dimensions = tuple(dimension.key for dimension in questionnaire.dimensions)
        self.quotable = (*(f"answer:{key}" for key in self.questions), *(f"case:{name}" for name in WORDS_FROM))
        self.names: dict[str, Kind] = {}

    def know_special_uses(self, keys: Iterable[str]) -> None:
        self.options["special_uses"] = tuple(keys)
        self.quotable += tuple(f"case:{name}" for name in QUOTABLE_OF_A_CASE)
        self.names = self.questions | case_kinds(self.options)


def case_kinds(options: Mapping[str, Collection[str]]) -> dict[str, Kind]:
    """Names a condition may use besides the questions: what the use case is, and how it compares with the answers."""
    kinds = {f"case_{name}": Kind.choices(*options[name]) for name in (*SETS, "special_uses")}
    kinds |= {f"case_{name}": Kind.choice(*options[name]) for name in SCALES}
    kinds |= {f"case_{name}_gap": Kind.choice("within", "beyond") for name in SCALES}
    return kinds | {
        "case_function_match": Kind.choice("own", "any", "other"),
        "case_goal_match": Kind.choice("first", "second", "third", "none"),
        "case_data_match": Kind.choice("all", "some", "none", "not_needed"),
        "case_reads_private": Kind.truth(),
        "case_reads_people": Kind.truth(),
    }


# --- what holds for every use case


def house_rules(reader: Reader, words: Words) -> HouseRules:
    special_uses = dict(_special_use(part) for part in reader.parts("special_uses", required=True))
    words.know_special_uses(special_uses)
    fit_bands, risk_bands = _bands(reader, "fit_bands"), _bands(reader, "risk_bands")
    rules = HouseRules(
        special_uses=special_uses,
        special_uses_title=_text(reader, "special_uses_title"),
        private_data=frozenset(_options(reader, "private_data", words.options["data_kinds"])),
        personal_data=frozenset(_options(reader, "personal_data", words.options["data_kinds"])),
        fit_bands=fit_bands,
        risk_bands=risk_bands,
        verdicts=_verdicts(_part(reader, "verdicts"), words, fit_bands, risk_bands),
        limits=_limits(_part(reader, "limits")),
        fit=_rules(reader, "fit", words),
        risk=_rules(reader, "risk", words, least=0),
        gates=_gates(reader, words),
        own_idea=_common_parts(_part(reader, "own_idea"), words, close=True),
    )
    reader.done()
    return rules


def _special_use(reader: Reader) -> tuple[str, str]:
    return reader.unique_key("special use"), _text(reader, "title")


def _bands(reader: Reader, key: str) -> tuple[Band, ...]:
    """From lowest to highest, without hole or overlap: each begins where the one before ends."""
    bands: list[Band] = []
    end: int | None = 0
    for place, part in enumerate(reader.parts(key, required=True)):
        band = Band(part.key(), _text(part, "title"), part.whole("at_least", 0, 100, 0), place)
        if band.at_least != end:
            part.problem("at_least", "A band begins where the one before ends; the first has no “at_least”.")
        end = part.whole("below", band.at_least + 1, 100) if part.get("below") is not None else None
        bands.append(band)
    if bands and end is not None:
        reader.problem(key, "The last band has no “below”.")
    return tuple(bands)


def _verdicts(reader: Reader, words: Words, fit_bands: tuple[Band, ...], risk_bands: tuple[Band, ...]) -> Verdicts:
    fits, risks = [band.key for band in fit_bands], [band.key for band in risk_bands]
    verdicts = Verdicts(
        start_here_at_most=reader.whole("start_here_at_most", 1, 10),
        start_here_fit=reader.one_of("start_here_fit", fits),
        next_fit=reader.one_of("next_fit", fits),
        start_here_risk=reader.one_of("start_here_risk", risks),
        next_risk=reader.one_of("next_risk", risks),
        readiness=reader.one_of("readiness", words.dimensions),
        start_here_readiness=reader.whole("start_here_readiness", 0, 100),
        next_readiness=reader.whole("next_readiness", 0, 100),
        start_here_needs=_options(reader, "start_here_needs", words.questions),
        next_needs=_options(reader, "next_needs", words.questions),
    )
    reader.done()
    return verdicts


def _limits(reader: Reader) -> Mapping[str, Limit]:
    limits = {name: _limit(_part(reader, name), quotable) for name, quotable in LIMITS.items()}
    reader.done()
    return limits


def _limit(reader: Reader, quotable: Collection[str]) -> Limit:
    limit = Limit(_template(reader, "reason", quotable), _template(reader, "change", quotable))
    reader.done()
    return limit


# --- rules and gates


def _rules(reader: Reader, key: str, words: Words, *, least: int = -100) -> tuple[Rule, ...]:
    return tuple(_rule(part, words, least=least, when=_condition(part, words)) for part in reader.parts(key))


def _rule(reader: Reader, words: Words, *, least: int = 0, when: Expression | None = None) -> Rule:
    rule = Rule(
        points=reader.whole("points", least, 100),
        reason=_template(reader, "reason", words.quotable),
        references=reader.references(),
        when=when,
    )
    reader.done()
    return rule


def _gates(reader: Reader, words: Words) -> tuple[Gate, ...]:
    return tuple(_gate(part, words) for part in reader.parts("gates"))


def _gate(reader: Reader, words: Words) -> Gate:
    verdict = reader.one_of("verdict", (Verdict.NOT_YET.value, Verdict.REFUSED.value))
    return Gate(
        when=_condition(reader, words),
        verdict=Verdict(verdict or Verdict.NOT_YET),
        reason=_template(reader, "reason", words.quotable),
        change=_template(reader, "change", words.quotable),
        references=reader.references(),
    )


def _condition(reader: Reader, words: Words) -> Expression:
    return reader.expression("when", words.names, expects="truth")


def _template(reader: Reader, key: str, quotable: Collection[str]) -> str:
    text = _text(reader, key)
    for name in PLACEHOLDER.findall(text):
        if name not in quotable:
            reader.problem(key, f"“{{{name[:60]}}}” cannot be quoted here. There is: {', '.join(quotable)}.")
    return text


# --- use cases


def _family(reader: Reader, words: Words, families: dict[str, str], use_cases: dict[str, UseCase]) -> None:
    family = reader.key("family")
    if family in families:
        reader.problem("family", f"There is another file for the family “{family}”.")
    families[family] = _text(reader, "title")
    for part in reader.parts("use_cases", required=True):
        use_case = _use_case(part, words, family)
        if use_case.key in use_cases or use_case.key == OWN_IDEA:
            part.problem("key", f"The key “{use_case.key}” is taken.")
        use_cases[use_case.key] = use_case
    reader.done()


def _use_case(reader: Reader, words: Words, family: str) -> UseCase:
    return replace(
        _common_parts(reader, words, close=False),
        key=reader.key(),
        family=family,
        title=_text(reader, "title"),
        one_line=_text(reader, "one_line"),
        description=_text(reader, "description"),
        attributes=_attributes(_part(reader, "attributes"), words),
        fit=_rules(reader, "fit", words),
        risk=_rules(reader, "risk", words, least=0),
        gates=_gates(reader, words),
    )


def _common_parts(reader: Reader, words: Words, *, close: bool) -> UseCase:
    """The parts that stand even for an idea nobody has described; a use case of the library adds the others."""
    common = UseCase(
        key=OWN_IDEA,
        family=OWN_IDEA,
        title="",
        one_line="",
        description="",
        attributes=NO_ATTRIBUTES,
        base_risk=_rule(_part(reader, "base_risk"), words),
        fit=(),
        risk=(),
        gates=(),
        needs=_needs(_part(reader, "needs")),
        tokens=_tokens(_part(reader, "tokens")),
        guardrails=_texts(reader, "guardrails"),
        first_week=tuple(Step(day, do) for day, do in enumerate(_texts(reader, "first_week"), start=1)),
        stop_when=_texts(reader, "stop_when"),
        safer_variants=tuple(_safer_variant(part, words) for part in reader.parts("safer_variants")),
        controls=_texts(reader, "controls"),
        references=reader.references(),
    )
    if close:
        reader.done()
    return common


def _attributes(reader: Reader, words: Words) -> Attributes:
    attributes = Attributes(
        functions=_some(reader, "functions", words),
        goals=_some(reader, "goals", words),
        data_kinds=_some(reader, "data_kinds", words),
        special_uses=frozenset(_options(reader, "special_uses", words.options["special_uses"])),
        audience=reader.one_of("audience", words.options["audience"]),
        autonomy=reader.one_of("autonomy", words.options["autonomy"]),
        decision_impact=reader.one_of("decision_impact", words.options["decision_impact"]),
        reversibility=reader.one_of("reversibility", words.options["reversibility"]),
    )
    reader.done()
    return attributes


def _some(reader: Reader, key: str, words: Words) -> frozenset[str]:
    return frozenset(_options(reader, key, words.options[key], required=True))


def _needs(reader: Reader) -> Needs:
    needs = Needs(
        input_modalities=_options(reader, "input_modalities", MODALITIES, required=True),
        tools=reader.truth("tools", default=False),
        structured_outputs=reader.truth("structured_outputs", default=False),
        min_context=reader.whole("min_context", 1, 100 * MAX_TOKENS),
    )
    reader.done()
    return needs


def _tokens(reader: Reader) -> Tokens:
    tokens = Tokens(
        input=reader.whole("input", 1, MAX_TOKENS),
        output=reader.whole("output", 1, MAX_TOKENS),
        per_page=reader.whole("per_page", 0, MAX_TOKENS, 0),
    )
    reader.done()
    return tokens


def _safer_variant(reader: Reader, words: Words) -> SaferVariant:
    has_base_risk = reader.get("base_risk") is not None
    changes = {name: _change(name, path, value, words, reader) for name, path, value in reader.pairs("changes")}
    if not changes:
        reader.problem("changes", "A safer variant changes at least one attribute (case_…) or answer.")
    return SaferVariant(
        title=_text(reader, "title"),
        difference=_text(reader, "difference"),
        changes=changes,
        base_risk=_rule(_part(reader, "base_risk"), words) if has_base_risk else None,
    )


def _change(name: str, path: str, value: Any, words: Words, reader: Reader) -> Any:
    """What an attribute or answer becomes, as an expression sees it: one choice, or a set of them."""
    kind = words.names.get(name)
    is_attribute = name.startswith("case_") and name[5:] in words.options
    if kind is None or kind.options is None or not (is_attribute or name in words.questions):
        reader.context.problems.add(path, "This is neither an attribute (case_…) nor a question with choices.")
        return None
    single = kind.type == "choice"
    keys = [value] if single else value
    if not isinstance(keys, list) or not all(isinstance(key, str) and key in kind.options for key in keys):
        known = ", ".join(sorted(kind.options))
        reader.context.problems.add(path, f"This should be {'one' if single else 'a list'} of: {known}.")
        return None
    return keys[0] if single else frozenset(keys)


# --- shapes


def _part(reader: Reader, key: str) -> Reader:
    return Reader(reader.get(key, required=True) or {}, reader.at(key), reader.context)


def _text(reader: Reader, key: str) -> str:
    return " ".join(str(reader.text(key)).split())


def _texts(reader: Reader, key: str) -> tuple[str, ...]:
    return tuple(str(read_text(item, path, reader.context)) for path, item in reader.items(key, required=True))


def _options(reader: Reader, key: str, options: Collection[str], *, required: bool = False) -> tuple[str, ...]:
    found = reader.strings(key, required=required)
    for item in found:
        if item not in options:
            reader.problem(key, f"“{item[:60]}” is not one of: {', '.join(options)}.")
    return found
