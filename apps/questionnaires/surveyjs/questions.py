"""One element of a survey to one question or several: by its type."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.keys import Keys, choice_keys
from apps.questionnaires.surveyjs.notes import READ, SETTING, shown
from apps.questionnaires.surveyjs.operators import text_of
from apps.questionnaires.surveyjs.points import Points
from apps.questionnaires.surveyjs.reading import MAX_PARTS, Part, SurveyRefused
from apps.questionnaires.surveyjs.sources import Sources, is_open, items_of
from apps.questionnaires.surveyjs.texts import Text, Texts
from apps.questionnaires.surveyjs.translate import Asked

MAX_TEXTS = 2_000_000  # of all choices in all languages
MAX_RATES, MAX_SMILEYS, MAX_CHOICES = 20, 10, 500  # SurveyJS shows no more rates than these
SHORT_TEXT, LONG_TEXT = 1_000, 20_000
MAX_LENGTH = 100_000
WIDEST = 999_999_999_999  # bounds of a number question that has none in the survey
PLACES = 6
FIRST_DAY, LAST_DAY = "1900-01-01", "2199-12-31"
COMMENT = "-Comment"  # SurveyJS keeps the text beside "other" under the question's name with this behind it


@dataclass
class Tools:
    texts: Texts
    points: Points
    keys: Keys
    sources: Sources
    others_as_comment: bool = True
    choices: int = 0  # read so far

    def count(self, choices: int) -> None:
        """A few kilobytes can ask for one long list in thousands of questions or rows."""
        self.choices += choices
        if self.choices > MAX_PARTS:
            raise SurveyRefused(f"The questions and rows of this survey list more than {MAX_PARTS:,} choices.")
        if self.choices * (languages := len(self.texts.languages)) > MAX_TEXTS:
            told = f"The choices of this survey, each in {languages} languages, are more than {MAX_TEXTS:,} texts."
            raise SurveyRefused(f"{told} Leave out languages or choices.")


@dataclass
class Built:
    """A question as it will be written, and how conditions see it (None: they cannot)."""

    name: str
    data: dict[str, Any]
    type: str = ""
    values: list[tuple[Any, str]] = field(default_factory=list)
    place: str = ""  # in the survey
    own: tuple[Part, ...] = ()  # row and cell of a matrix, with conditions of their own
    group: str = ""  # in conditions the name of all cells of this row
    open: bool = False  # it can be answered with choices that are not here
    aside: bool = False  # the text beside another question, which is not required with it
    other: tuple[str, str] | None = None  # where the typed text is the answer: the choice and the text question

    @property
    def asked(self) -> Asked | None:
        if not self.type:
            return None
        return Asked(self.data["key"], self.type, tuple(self.values), typed=self.other[0] if self.other else "")


@dataclass
class Element:
    """What every element has, read once."""

    part: Part
    name: str
    title: Text
    help: Text
    required: bool
    dimension: str | None
    tools: Tools
    each_row: bool = False  # of a matrix: every row is required, whatever is said of the matrix

    def question(self, type_: str, name: str = "", title: Text | None = None, **more: Any) -> dict[str, Any]:
        named = name or self.name
        data: dict[str, Any] = {"#": named, "key": self.tools.keys.take(named), "title": title or self.title}
        data["type"] = type_
        if self.help:
            data["help"] = self.help
        if type_ != "static":
            data["required"] = self.required
        return {**data, **more}


def read_element(part: Part, containers: tuple[str, ...], tools: Tools) -> Element:
    name = part.name()
    texts = tools.texts
    return Element(
        part=part,
        name=name,
        title=texts.read(part, "title") or texts.same(name) or texts.same("?"),
        help=texts.joined(texts.read(part, "description"), texts.read(part, "help")),
        required=part.truth("isRequired"),
        dimension=tools.points.dimension_of((name, *containers)),
        tools=tools,
    )


# --- questions with choices


def single(element: Element) -> list[Built]:
    return _with_choices(element, "single")


def multi(element: Element) -> list[Built]:
    return _with_choices(element, "multi")


def pictures(element: Element) -> list[Built]:
    return _with_choices(element, "multi" if element.part.truth("multiSelect") else "single")


def _with_choices(element: Element, type_: str) -> list[Built]:
    part, keys = element.part, choice_keys()
    source = element.tools.sources.of(part)
    asked_of = Element(**{**vars(element), "part": source})  # what is odd about copied choices is told where they are
    choices = [*_listed(asked_of, items_of(source, part), keys), *_special(element, type_, keys)]
    if not choices or len(choices) > MAX_CHOICES:
        told = f"more than {MAX_CHOICES}" if choices else "no"
        part.note(f"it lists {told} choices, so it is not carried over.")
        return []
    built = _choice_question(element, type_, choices)
    built.open = is_open(source)
    comment = _comment(element, built, choices)
    return [built, comment] if comment else [built]


def _choice_question(
    element: Element, type_: str, choices: list[dict[str, Any]], name: str = "", title: Text | None = None
) -> Built:
    values = [(choice["#"], choice["key"]) for choice in choices]
    if type_ == "single":
        for choice in choices:
            choice.pop("exclusive", None)
    element.tools.points.on_choices(element.dimension, choices, element.part)
    data = element.question(type_, name, title, choices=choices)
    return Built(name or element.name, data, type_, values)


def _listed(element: Element, items: list[tuple[str, Any]], keys: Keys) -> list[dict[str, Any]]:
    element.tools.count(len(items))
    seen: set[str] = set()
    choices = []
    for place, item in items:
        choice = _choice(element, place, item, keys, seen)
        if choice is not None:
            choices.append(choice)
    return choices


def _choice(element: Element, place: str, item: Any, keys: Keys, seen: set[str]) -> dict[str, Any] | None:
    part = Part(_as_object(item), place, element.part.notes)
    value = part.get("value")
    if not isinstance(value, str | int | Decimal) or value == "":
        part.note("a choice needs a value that is a text or a number, so it is left out.")
        return None
    if text_of(value) in seen:
        element.part.note(f"the value {shown(text_of(value))} is there twice; the second one is left out.")
        return None
    seen.add(text_of(value))
    texts = element.tools.texts
    said = texts.same(text_of(value)) or texts.same("?")
    title = texts.read(part, "text", otherwise=said.own) or said
    choice: dict[str, Any] = {"#": value, "key": keys.take(text_of(value)), "title": title}
    if part.truth("isExclusive"):
        choice["exclusive"] = True
    choice["worth"] = element.tools.points.of_choice(part, value, element.part)
    part.rest()
    return choice


def _as_object(item: Any) -> dict[str, Any]:
    """A plain text may hold a value and what is said: “4|Often”; what is said may stand for the value."""
    if isinstance(item, dict):
        said = item.get("text")
        return {"value": said, **item} if isinstance(said, str) else item
    value, bar, said = item.partition("|") if isinstance(item, str) else (item, "", "")
    return {"value": value, "text": said} if bar and value and said else {"value": item}


def _special(element: Element, type_: str, keys: Keys) -> list[dict[str, Any]]:
    """The choices that SurveyJS adds itself."""
    part, texts = element.part, element.tools.texts
    choices: list[dict[str, Any]] = []
    none_text, other_text = texts.read(part, "noneText"), texts.read(part, "otherText")
    for value, switches, title in (
        ("none", ("hasNone", "showNoneItem"), none_text or texts.same("None")),
        ("refused", ("showRefuseItem",), texts.read(part, "refuseText") or texts.same("Refuse to answer")),
        ("dontknow", ("showDontKnowItem",), texts.read(part, "dontKnowText") or texts.same("Don't know")),
    ):
        if part.truth(*switches):
            alone = {"exclusive": True} if type_ == "multi" else {}
            choices.append({"#": value, "key": keys.take(value), "title": title, **alone})
    if part.truth("hasOther", "showOtherItem"):
        choices.append({"#": "other", "key": keys.take("other"), "title": other_text or texts.same("Other")})
    return choices


def _comment(element: Element, built: Built, choices: list[dict[str, Any]]) -> Built | None:
    """The text field beside "other", or under the question."""
    part, texts = element.part, element.tools.texts
    has_other = part.truth("hasOther", "showOtherItem")
    title = texts.read(part, "commentText") or texts.read(part, "otherPlaceholder")
    if not part.truth("hasComment", "showCommentArea") and not has_other:
        return None
    name = element.name + COMMENT
    data = element.question("long_text", name, title or element.title, max_length=LONG_TEXT)
    data["required"] = has_other  # SurveyJS always asks what the other is, and never for a comment
    if has_other:
        key, other = built.data["key"], next(choice["key"] for choice in choices if choice["#"] == "other")
        data["only_if"] = f"'{other}' in {key}" if built.type == "multi" else f"{key} == '{other}'"
    if has_other and not part.truth("storeOthersAsComment", default=element.tools.others_as_comment):
        built.other = other, data["key"]
        return Built(name, data, "never", aside=True)
    return Built(name, data, "text", aside=True)


def boolean(element: Element) -> list[Built]:
    part, texts, keys = element.part, element.tools.texts, choice_keys()
    choices = []
    for label, value_name, default, said in (
        ("labelTrue", "valueTrue", True, "Yes"),
        ("labelFalse", "valueFalse", False, "No"),
    ):
        value = part.get(value_name)
        if not isinstance(value, str | int | Decimal):
            if value is not None:
                part.odd(value_name, "a text, a number, true or false", "it is left out")
            value = default
        title = texts.read(part, label) or texts.same(said)
        worth = element.tools.points.of_choice(None, value, part)
        key = keys.take(said if value is default else text_of(value))
        choices.append({"#": value, "key": key, "title": title, "worth": worth})
    return [_choice_question(element, "single", choices)]


def rating(element: Element) -> list[Built]:
    part, texts, keys = element.part, element.tools.texts, choice_keys()
    ends = texts.read(part, "minRateDescription"), texts.read(part, "maxRateDescription")
    if part.get("rateValues") and not part.truth("autoGenerate"):
        choices = _listed(element, part.entries("rateValues"), keys)
        for ignored in ("rateMin", "rateMax", "rateStep", "rateCount"):
            part.get(ignored)
    else:
        choices = [_rate(element, rate, keys) for rate in _rates(part)]
    if not choices:
        part.note("it has no rates, so it is not carried over.")
        return []
    for choice, said in zip((choices[0], choices[-1]), ends, strict=True):
        if said:
            choice["help"] = said
    return [_choice_question(element, "single", choices)]


def _rates(part: Part) -> list[Decimal]:
    """From the least to the most, as SurveyJS counts; a number of rates matters where only the most is given."""
    count, step = part.number("rateCount"), part.number("rateStep")
    low, most = part.number("rateMin"), part.number("rateMax")
    high = Decimal(5) if most is None else most
    if low is None:
        low = Decimal(1) if count is None or most is None else high - count + 1
    if step is not None and step <= 0:
        part.note("a step has to be above 0, so it is read as 1.", "rateStep", READ)
    if low > high:
        part.note(f"it starts above its end, so only {text_of(high)} is offered, as in SurveyJS.", "rateMin", READ)
    step, low = step if step and step > 0 else Decimal(1), min(low, high)
    return [low + step * index for index in range(_rates_shown(part, int((high - low) / step) + 1))]


def _rates_shown(part: Part, rates: int) -> int:
    smileys = "smileys" in (part.string("rateType"), part.string("rateDisplayMode"))
    most = MAX_SMILEYS if smileys else MAX_RATES
    if rates > most:
        part.note(f"SurveyJS shows the first {most} of its rates; the others are left out.")
    return min(rates, most)


def _rate(element: Element, rate: Decimal, keys: Keys) -> dict[str, Any]:
    value = int(rate) if rate == int(rate) else rate
    choice = {"#": value, "key": keys.take(text_of(rate)), "title": element.tools.texts.same(text_of(rate))}
    return {**choice, "worth": element.tools.points.of_choice(None, value, element.part)}


def matrix(element: Element) -> list[Built]:
    """Every row is a question; its name in conditions is matrix.row. A matrix is answered when one of them is."""
    part, texts = element.part, element.tools.texts
    element.each_row = part.truth("isAllRowRequired", "eachRowRequired")
    columns, type_ = part.get("columns"), "multi" if part.string("cellType") == "checkbox" else "single"
    questions: list[Built] = []
    seen: set[str | int | Decimal] = set()
    for row, value, said in rows_of(element):
        if row.data["value"] in seen:
            row.note(f"the row {shown(value)} is there twice; the second one is left out.", grade=READ)
            continue
        seen.add(row.data["value"])
        again = Element(**{**vars(element), "part": Part({"columns": columns}, part.place, part.notes)})
        choices = _listed(again, again.part.entries("columns"), choice_keys())
        if choices:
            title = texts.joined(element.title, said, between=": ")
            question = _choice_question(element, type_, choices, f"{element.name}.{value}", title)
            question.own, question.data["required"] = (row,), element.each_row
            questions.append(question)
    if not questions:
        part.note("it has no rows or no columns, so it is not carried over.")
    return questions


def rows_of(element: Element) -> Iterator[tuple[Part, str, Text]]:
    """Each with its name and what is said."""
    part, texts = element.part, element.tools.texts
    for place, item in part.entries("rows"):
        row = Part(_as_object(item), place, part.notes)
        value = row.get("value")
        if not isinstance(value, str | int | Decimal) or not str(value).strip():
            row.note("a row needs a value that is a text or a number, so it is left out.")
            continue
        name = text_of(value)
        yield row, name, texts.read(row, "text", otherwise=name) or texts.same(name) or texts.same("?")


# --- questions with a free answer


def text(element: Element) -> list[Built]:
    type_ = element.part.string("inputType") or "text"
    if type_ in ("number", "range"):
        return [_number(element)]
    if type_ == "date":
        return [_date(element)]
    if type_ != "text":
        element.part.note(f"the input type {shown(type_)} is carried over as short text.", "inputType", READ)
    length = _length(element.part, SHORT_TEXT)
    return [Built(element.name, element.question("short_text", max_length=length), "text")]


def comment(element: Element) -> list[Built]:
    length = _length(element.part, LONG_TEXT)
    return [Built(element.name, element.question("long_text", max_length=length), "text")]


def _length(part: Part, default: int) -> int:
    given = part.number("maxLength")
    return int(given) if given is not None and 1 <= given <= MAX_LENGTH else default


def _number(element: Element) -> Built:
    part = element.part
    checks, step = _numeric_checks(part), _bound(part, "step")
    low = max(_given(_bound(part, "min"), *(_bound(check, "minValue") for check in checks)), default=None)
    high = min(_given(_bound(part, "max"), *(_bound(check, "maxValue") for check in checks)), default=None)
    for check in checks:
        check.rest()
    if low is None or high is None:
        part.note(f"a number needs bounds here; where it has none it is given {-WIDEST} and {WIDEST}.", grade=READ)
    given = _given(low, high, step)
    places = max((max(0, -int(number.normalize().as_tuple().exponent)) for number in given), default=0)
    if (Decimal(-WIDEST) if low is None else low) > (Decimal(WIDEST) if high is None else high):
        part.note("its bounds contradict each other, so they are not carried over.")
        low = high = None
    data = element.question(
        "number",
        minimum=Decimal(-WIDEST) if low is None else low,
        maximum=Decimal(WIDEST) if high is None else high,
        places=min(10, places) if step is not None else PLACES,
    )
    return Built(element.name, data, "number")


def _numeric_checks(part: Part) -> list[Part]:
    """Validators that only say between which numbers the answer has to be."""
    checks = []
    for check in part.parts("validators"):
        if (type_ := check.string("type")) == "numeric":
            checks.append(check)
        else:
            check.note(f"the validator {shown(type_)} is not carried over.", grade=SETTING)
    return checks


def _given(*numbers: Decimal | None) -> list[Decimal]:
    return [number for number in numbers if number is not None]


def _bound(part: Part, key: str) -> Decimal | None:
    """Numbers are often written as text in surveys."""
    value = part.get(key)
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else "" if isinstance(value, bool) else text_of(value)
    if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", text):
        return Decimal(text)
    part.note(f"{shown(value)} is no number that can be a bound here, so it is not carried over.", key)
    return None


def _date(element: Element) -> Built:
    part = element.part
    days = [_day(part, "min"), _day(part, "max")]
    if (days[0] or FIRST_DAY) > (days[1] or LAST_DAY):
        part.note("its bounds contradict each other, so they are not carried over.")
        days = [None, None]
    if None in days:
        part.note(f"a date needs bounds here; where it has none it is given {FIRST_DAY} and {LAST_DAY}.", grade=READ)
    data = element.question("date", minimum=days[0] or FIRST_DAY, maximum=days[1] or LAST_DAY)
    return Built(element.name, data, "date")


def _day(part: Part, key: str) -> str | None:
    value = part.get(key)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        part.note(f"{shown(value)} is no day that can be a bound here, so it is not carried over.", key)
        return None


def html(element: Element) -> list[Built]:
    said = element.tools.texts.read(element.part, "html")
    if not said:
        element.part.note("it says nothing, so it is left out.")
        return []
    element.title, rest = element.tools.texts.heading_and_rest(said)
    element.help = element.tools.texts.joined(element.help, rest)
    return [Built(element.name, element.question("static"))]


BUILDERS: dict[str, Callable[[Element], list[Built]]] = {
    "radiogroup": single,
    "dropdown": single,
    "buttongroup": single,
    "checkbox": multi,
    "tagbox": multi,
    "imagepicker": pictures,
    "boolean": boolean,
    "rating": rating,
    "matrix": matrix,
    "text": text,
    "comment": comment,
    "html": html,
}


def names_of(questions: Iterable[Built]) -> dict[str, dict[str, Any]]:
    """The survey's names and values with our keys, for whoever has answers to carry over."""
    names: dict[str, dict[str, Any]] = {}
    for question in questions:
        entry: dict[str, Any] = {"key": question.data["key"]}
        if question.values:
            entry["choices"] = {text_of(value): key for value, key in question.values}
        if question.other:
            entry["other"] = list(question.other)
        first = names.setdefault(question.name, entry)
        if first is not entry and question.type:  # questions of one name share their answer
            first.setdefault("also", []).append(entry)
    return names
