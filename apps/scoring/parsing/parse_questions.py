"""Sections, questions, choices and gaps of a definition."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from functools import cache, partial
from typing import Any

from apps.scoring.definitions import Choice, Fact, GapDefinition, PointsRule, Question, Section
from apps.scoring.language.values import EXACT, ZERO, Kind, exact_sum
from apps.scoring.parsing.pieces import highest
from apps.scoring.parsing.reader import MAX_NUMBER, Names, Reader, compiled, exact_number, shown

TAKING_ANSWERS = ("single", "multi", "number", "date", "short_text", "long_text")
TYPES = (*TAKING_ANSWERS, "static")
# Keys that mean something for some types only.
BELONGS = {
    "choices": ("single", "multi"),
    "gap": ("single", "multi"),
    "points": ("number",),
    "weight": ("single", "multi", "number"),
    "unit": ("number",),
    "places": ("number",),
    "minimum": ("number", "date"),
    "maximum": ("number", "date"),
    "max_length": ("short_text", "long_text"),
    "required": TAKING_ANSWERS,
    "dont_know": TAKING_ANSWERS,
    "fact": TAKING_ANSWERS,
}
MAX_POINTS, MAX_WEIGHT, POINT_PLACES = 1_000_000, 1_000, 3
MAX_SECTIONS, MAX_QUESTIONS, MAX_CHOICES = 500, 5_000, 500
MAX_HELD = 100_000  # texts and points of the choices of all questions: one takes up to a kilobyte


def parse_sections(reader: Reader) -> tuple[tuple[Section, ...], dict[str, Kind]]:
    """The sections, and every question's name with its kind, for the rules that come after."""
    names: dict[str, Kind] = {}
    lists, parts = ChoiceLists(reader), reader.parts("sections", required=True, at_most=MAX_SECTIONS)
    sections = tuple(_section(part, names, lists) for part in parts)
    lists.refuse_unused()
    return sections, names


def _section(reader: Reader, names: dict[str, Kind], lists: "ChoiceLists") -> Section:
    key, title, intro = reader.unique_key("section"), reader.text("title"), reader.optional_text("intro")
    visible_if = reader.optional_expression("visible_if", names, expects="truth")
    questions = []
    for part in reader.parts("questions", required=True):
        question = _question(part, names, key, lists)
        questions.append(question)
        if question.takes_answer:
            names[question.key] = question.kind
        if _is_one_too_many(part, question):
            break
    return Section(key, title, reader.path, intro, visible_if, tuple(questions))


def _is_one_too_many(reader: Reader, question: Question) -> bool:
    """Of a list, each question that uses it has all choices: a short file could have millions."""
    context = reader.context
    context.questions += 1
    context.held += sum(max(1, len(choice.title.by_language), len(question.points)) for choice in question.choices)
    told = ""
    if context.questions > MAX_QUESTIONS:
        told = f"A questionnaire has at most {MAX_QUESTIONS} questions."
    elif context.held > MAX_HELD and not context.published:
        told = (
            f"The choices of all questions may have {MAX_HELD:,} texts and points together; these have more."
            " A list counts once for each question that uses it."
        )
    if told:
        context.problems.add("sections", told)
    return bool(told)


def _question(reader: Reader, names: Names, section: str, lists: "ChoiceLists") -> Question:
    key = reader.unique_key("question")
    if not key or key in names:
        key = reader.path  # stands in while the rest is checked
    type_ = reader.one_of("type", TYPES) or _likely_type(reader)
    choices = lists.choices_of(reader, type_)
    by_key = {choice.key: choice for choice in choices}
    places = reader.whole("places", 0, 10, 0)
    minimum, maximum = _bounds(reader, type_, places)
    weight = _weight(reader)
    by_choice = _choice_points(choices, type_, weight)
    kind = _kind(type_, choices, by_choice, () if minimum is None else (minimum, maximum), places)
    scored = by_choice or _formulas(reader, {**names, key: kind}, key, type_, weight)
    question = Question(
        key=key,
        title=reader.text("title"),
        type=type_,
        path=reader.path,
        section=section,
        help=reader.optional_text("help"),
        why=reader.optional_text("why"),
        required=reader.truth("required", type_ != "static"),
        dont_know=reader.truth("dont_know", False),
        visible_if=reader.optional_expression("visible_if", names, expects="truth"),
        choices=choices,
        points=scored,
        unit=reader.optional_text("unit") if type_ == "number" else None,
        minimum=minimum,
        maximum=maximum,
        places=places,
        max_length=reader.whole("max_length", 1, 100_000, 200 if type_ == "short_text" else 4_000),
        fact=reader.part("fact", lambda part: _fact(part, by_key)),
        gap=reader.part("gap", lambda part: _gap(part, type_, by_key, section)),
        kind=kind,
    )
    _refuse_misplaced(reader, type_)
    return question


def _kind(
    type_: str, choices: tuple[Choice, ...], by_choice: tuple[PointsRule, ...], bounds: tuple[Any, ...], places: int
) -> Kind:
    """What the question is to expressions."""
    keys, points = frozenset(choice.key for choice in choices), {rule.dimension: rule.by_choice for rule in by_choice}
    if type_ == "single":
        return Kind("choice", keys, points=points)
    if type_ == "multi":
        together = sum(not choice.exclusive for choice in choices)
        return Kind("ticks", keys, most=max(1, together), points=points)
    if type_ == "number":
        return replace(Kind.number(*bounds), places=places)
    return Kind.date(*bounds) if type_ == "date" else Kind.text()


def _likely_type(reader: Reader) -> str:
    """Stands in for a type that nobody knows, so that the rest can be checked."""
    return "single" if reader.get("choices") else "number" if reader.get("maximum") else "short_text"


def _weight(reader: Reader) -> Decimal:
    given = reader.get("weight")
    weight = exact_number(1 if given is None else given, MAX_WEIGHT, POINT_PLACES)
    if weight is None or weight <= 0:
        told = f"This should be a number above 0, up to {MAX_WEIGHT}, with at most {POINT_PLACES} decimals."
        reader.problem("weight", told)
        return Decimal(1)
    return weight


def _refuse_misplaced(reader: Reader, type_: str) -> None:
    for key, types in BELONGS.items():
        if type_ and reader.get(key) is not None and type_ not in types:
            reader.problem(key, f"“{key}” means nothing for a question of type {type_}.")


class ChoiceLists:
    """The lists of choices with names. One is read when a question uses it, once for each type of question."""

    def __init__(self, reader: Reader) -> None:
        lists = reader.pairs("choice_lists")
        named = {name: items for name, _, items in lists if reader.checked_key(name, "choice_lists", reserved=())}
        self.reader = Reader(named, "choice_lists", reader.context)
        self.read = cache(partial(_choices, self.reader))

    def choices_of(self, question: Reader, type_: str) -> tuple[Choice, ...]:
        name = question.get("choices")
        if type_ not in BELONGS["choices"]:
            return ()
        if not isinstance(name, str):
            return _choices(question, "choices", type_)
        if name in self.reader.data:
            return self.read(name, type_)
        hint = question.suggestion(name, self.reader.data)
        question.problem("choices", f"There is no list {shown(name)} in “choice_lists”.{hint}")
        return ()

    def refuse_unused(self) -> None:
        for name in self.reader.data:
            if name not in self.reader.asked:
                self.reader.problem(name, f"No question uses the list “{name}”.")


def _choices(reader: Reader, key: str, type_: str) -> tuple[Choice, ...]:
    choices: dict[str, Choice] = {}
    for part in reader.parts(key, required=True, at_most=MAX_CHOICES):
        choice = _choice(part, type_)
        if choice.key in choices:
            part.problem("key", f"Two choices of one question are called “{choice.key}”.")
        elif choice.key:
            choices[choice.key] = choice
    return tuple(choices.values())


def _choice(reader: Reader, type_: str) -> Choice:
    exclusive = reader.truth("exclusive", False)
    if exclusive and type_ != "multi":
        reader.problem("exclusive", "Only a choice of a multi question can be exclusive.")
        exclusive = False
    not_applicable = reader.truth("not_applicable", False)
    if not_applicable and type_ != "single":
        reader.problem("not_applicable", "Only a choice of a single question can mean that it does not apply.")
    points = {}
    for dimension, path, value in _by_dimension(reader):
        worth = exact_number(value, MAX_POINTS, POINT_PLACES)
        if worth is None:
            told = f"This should be a number from -{MAX_POINTS} to {MAX_POINTS} with at most {POINT_PLACES} decimals."
            reader.context.problems.add(path, told)
        points[dimension] = worth or ZERO
    # In an expression a choice key is a text in quotes, so `date` or `none` may be one.
    key = reader.key(reserved=())
    title, help_ = reader.text("title"), reader.optional_text("help")
    if reader.get("visible_if") is not None:
        reader.problem("visible_if", "A choice cannot have its own condition; split the question instead.")
    return Choice(key, title, reader.path, help_, exclusive, not_applicable, points)


def _choice_points(choices: tuple[Choice, ...], type_: str, weight: Decimal) -> tuple[PointsRule, ...]:
    """An exclusive choice that scores is refused, so for a multi the best is every gainful choice together."""
    dimensions = dict.fromkeys(dimension for choice in choices for dimension in choice.points)
    rules = []
    for dimension in dimensions:
        table = {choice.key: EXACT.multiply(choice.points.get(dimension, ZERO), weight) for choice in choices}
        gains = [points for points in table.values() if points > 0]
        most = max(gains, default=ZERO) if type_ == "single" else exact_sum(gains)
        rules.append(PointsRule(dimension, most, table, None, weight))
    return tuple(rules)


def _formulas(reader: Reader, names: Names, key: str, type_: str, weight: Decimal) -> tuple[PointsRule, ...]:
    rules = []
    for dimension, path, source in _by_dimension(reader) if type_ == "number" else ():
        formula = compiled(source, path, names, "number", reader.context)
        most = max(ZERO, highest(formula, key, reader.context.work) or ZERO)
        if most > MAX_NUMBER and formula.is_readable:
            told = (
                "These points have no highest value up to 10^15: a divisor may be 0, or they grow without end. Write"
                " “/ max(1, …)” or “min(1000, …)”."
            )
            reader.context.problems.add(path, told)
        rules.append(PointsRule(dimension, EXACT.multiply(most, weight), {}, formula, weight))
    return tuple(rules)


def _by_dimension(reader: Reader) -> Iterator[tuple[str, str, Any]]:
    """(dimension, path, value) of the points."""
    context = reader.context
    for dimension, path, value in reader.pairs("points"):
        if dimension in context.dimensions:
            yield dimension, path, value
        else:
            hint = reader.suggestion(dimension, context.dimensions)
            context.problems.add(path, f"There is no dimension “{dimension[:60]}”.{hint}")


def _bounds(reader: Reader, type_: str, places: int) -> tuple[Any, Any]:
    """The lowest and the highest number, or the first and the last day; either both or none."""
    readers: dict[str, Callable[[str], Any]] = {"number": reader.number, "date": reader.day}
    if type_ not in readers:
        return None, None
    for key in ("minimum", "maximum"):
        reader.get(key, required=True)
    low, high = map(readers[type_], ("minimum", "maximum"))
    if low is None or high is None:
        return None, None
    if low > high:
        reader.problem("maximum", "The maximum is below the minimum.")
        return None, None
    if type_ == "number" and high.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR, EXACT) < low:
        reader.problem("places", f"No number with {places} decimals lies between the minimum and the maximum.")
    return low, high


def _fact(part: Reader, choices: Mapping[str, Choice]) -> Fact:
    field = part.key("field")
    mapping = {}
    for value, path, choice in part.pairs("map"):
        if not isinstance(choice, str) or choice not in choices:
            part.context.problems.add(path, f"{shown(choice)} is not a choice of this question.")
        else:
            mapping[value] = choice
    return Fact(field, mapping)


def _gap(part: Reader, type_: str, choices: Mapping[str, Choice], section: str) -> GapDefinition:
    return GapDefinition(
        closed_by=_closed_by(part, type_, choices),
        title=part.text("title"),
        why=part.text("why"),
        action=part.text("action"),
        owner=_owner(part),
        effort=part.whole("effort", 1, 10_000),
        due_days=part.whole("due_days", 1, 10_000),
        references=part.references(),
        applies_from=part.day("applies_from"),
        domain=part.key("domain", required=False) or section,
    )


def _owner(part: Reader) -> str:
    owner = part.key("owner")
    if owner and owner not in part.context.roles:
        part.problem("owner", f"There is no role “{owner}” in “roles”.")
    return owner


def _closed_by(part: Reader, type_: str, choices: Mapping[str, Choice]) -> tuple[str, ...]:
    found = part.strings("closed_by", required=True)
    for key in found if choices else ():  # without any, something else is wrong, and told
        if key not in choices:
            hint = part.suggestion(key, choices)
            part.problem("closed_by", f"“{key}” is not a choice of this question.{hint}")
    # Where the question does not apply, nothing is missing.
    found += tuple(key for key, choice in choices.items() if choice.not_applicable and key not in found)
    if type_ == "single" and len(set(found)) >= len(choices) > 0:
        part.problem("closed_by", "Every choice closes this gap, so it can never be open.")
    if type_ == "multi" and len(found) > 1 and any(choices[key].exclusive for key in found if key in choices):
        part.problem("closed_by", "An exclusive choice cannot be ticked together with others.")
    return tuple(key for key in dict.fromkeys(found) if key in choices)
