"""Sentences: why each point, flag, gap and the level came out as they did, in the questionnaire's own words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from weakref import WeakKeyDictionary

from apps.scoring.answers import Answers, answer_in_words, day_in_words
from apps.scoring.canonical import plain_decimal
from apps.scoring.definitions import (
    FORBID,
    NOTICE,
    Band,
    Derived,
    Flag,
    Levels,
    PointsRule,
    Question,
    Questionnaire,
)
from apps.scoring.gaps import OpenGap
from apps.scoring.language.values import EITHER, EXACT, YES
from apps.scoring.score import Standing, band_index, in_force, level_of_value, points_of
from apps.scoring.texts import Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence with what it traces back to: the rule (its path in the definition) and the questions."""

    about: str  # points, derived, flag, gap, level
    key: str
    rule: str
    questions: tuple[str, ...]
    sentence: str


# What a choice gives is told over and over in the same words, so that is kept for as long as its questionnaire is.
_TOLD: WeakKeyDictionary[Questionnaire, dict[object, Explanation]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class QuotedAnswer:
    question: str
    title: str
    answer: str


@dataclass(frozen=True, slots=True)
class Teller:
    """What every sentence is made from: the answers, their two readings, a date, a language."""

    questionnaire: Questionnaire
    counted: Answers
    now: Standing
    later: Standing
    firing: Mapping[str, tuple[str, ...]]  # flags that fire now, by key, and the names that decided it
    on_date: date
    language: str | None

    @property
    def decisive(self) -> Standing:
        """The reading whose worst band is the level that is shown."""
        return self.later if self.questionnaire.missing_is_worst else self.now

    def say(self, text: Text) -> str:
        return text.in_language(self.language)

    def everything(self, gaps: Iterable[OpenGap]) -> tuple[Explanation, ...]:
        found = [*self.points(), *self.derived(), *self.flags(), *map(self.gap, gaps)]
        levels = self.questionnaire.levels
        return (*found, self.level(levels)) if levels else tuple(found)

    # --- points

    def points(self) -> Iterator[Explanation]:
        told_before = _TOLD.setdefault(self.questionnaire, {})
        for question in self.questionnaire.questions:
            answer = self.counted.known(question.key)
            if answer is None or not self.is_asked(question):
                continue
            told = told_before if question.type == "single" else {}
            for rule in question.points:
                at = self.language, question.key, answer, rule.dimension
                if at not in told:
                    told[at] = self.points_by(question, rule)
                yield told[at]

    def points_by(self, question: Question, rule: PointsRule) -> Explanation:
        points = points_of(question, rule, self.now.env).low or Decimal(0)
        told = f"{self.quoted(question)} counts {_in_points(points)} on {self.title_of(f'points({rule.dimension})')}."
        return Explanation("points", rule.dimension, f"{question.path}.points", (question.key,), told)

    def quoted(self, question: Question) -> str:
        told = f": “{self.words(question)}”" if self.is_asked(question) else ", which is not asked"
        return f"“{self.say(question.title)}”{told}"

    def words(self, question: Question) -> str:
        if not self.is_asked(question):
            return "not asked"
        return answer_in_words(question, self.counted.values.get(question.key), self.language)

    def is_asked(self, question: Question) -> bool:
        return self.now.visible[question.key] == YES

    # --- rules

    def derived(self) -> Iterator[Explanation]:
        for derived in self.questionnaire.derived:
            told = f"“{self.say(derived.title)}” {self.comes_to(derived)}"
            names = derived.value.names
            sentence = f"{told}, from {', '.join(map(self.named, names)) or 'a fixed number'}."
            yield Explanation("derived", derived.key, f"{derived.path}.value", self.questions_among(names), sentence)

    def comes_to(self, derived: Derived) -> str:
        """Where what is missing counts as the worst, what it adds up to so far would read as if that were all."""
        now, later = self.now.env[derived.key], self.later.env[derived.key]
        if self.questionnaire.missing_is_worst and now != later and None not in (now.low, later.low, later.high):
            return f"could be anything from {_number(later.low)} to {_number(later.high)}"
        told = f"is {_number(now.low)}"
        if derived.bands and now.low is not None:
            band = derived.bands[band_index(derived.bands, now.low)]
            told += f" (“{self.say(band.title)}” is {_reach(band)})"
        return told

    def named(self, name: str) -> str:
        """What a name stands for, and what that comes to."""
        question = self.questionnaire.by_key.get(name)
        if question is not None:
            return self.quoted(question)
        return f"{self.number_named(name)} {_number(self.now.env[name].low)}"

    def number_named(self, name: str) -> str:
        function, bracket, _ = name.partition("(")
        return f"{function} of {self.title_of(name)}" if bracket else self.title_of(name)

    def title_of(self, name: str) -> str:
        return f"“{self.say(self.questionnaire.titles[name])}”"

    def questions_among(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in self.questionnaire.by_key)

    def quoted_answers(self, names: Iterable[str]) -> tuple[QuotedAnswer, ...]:
        keys = self.questions_among(names)
        questions = [self.questionnaire.question(key) for key in keys]
        return tuple(QuotedAnswer(each.key, self.say(each.title), self.words(each)) for each in questions)

    def flags(self) -> Iterator[Explanation]:
        for flag in self.questionnaire.flags:
            names = self.firing.get(flag.key)
            if names is None:
                continue
            because = ", ".join(map(self.named, names)) or "always"
            sentence = f"“{self.say(flag.title)}” applies because of {because}; {self.consequence(flag)}."
            yield Explanation("flag", flag.key, f"{flag.path}.when", self.questions_among(names), sentence)

    def consequence(self, flag: Flag) -> str:
        if flag.applies_from and not in_force(flag, self.on_date):
            return f"it takes effect from {day_in_words(flag.applies_from)}"
        if flag.effect == NOTICE:
            return "it does not change the level"
        levels = self.questionnaire.levels
        if levels is None or flag.effect == FORBID:
            return "it forbids this use, whatever the points say"
        return f"the level is at least “{self.say(levels.bands[flag.minimum].title)}”"

    def gap(self, open_gap: OpenGap) -> Explanation:
        question, gap = open_gap.question, open_gap.gap
        needed = [self.say(question.choice(key).title) for key in gap.closed_by]
        joint = " and " if question.type == "multi" else " or "
        closed_by = joint.join(f"“{title}”" for title in needed)
        certainty = "is open" if open_gap.certain else "counts as open until it is answered"
        sentence = f"“{self.say(gap.title)}” {certainty}: {self.quoted(question)}, needed is {closed_by}."
        return Explanation("gap", question.key, f"{question.path}.gap", (question.key,), sentence)

    # --- the level

    def level(self, levels: Levels) -> Explanation:
        value, shown = self.decisive.env[levels.name], levels.bands[self.decisive.worst]
        could = "could reach" if self.now.env[levels.name] != value else "is"
        alone = levels.bands[level_of_value(levels, value)[1]]
        raised = self.raising_flags()
        number = f"{self.number_named(levels.name)} {could} {_number(value.high)}"
        told = f"The level is “{self.say(shown.title)}”: {number}, "
        if alone is not shown:
            told += f"which alone is “{self.say(alone.title)}” ({_reach(alone)}), but {raised}."
        else:
            told += f"and “{self.say(alone.title)}” is {_reach(alone)}" + (f"; also {raised}." if raised else ".")
        return Explanation("level", shown.key, "levels", (), told)

    def raising_flags(self) -> str:
        """Names the flags that hold the level where it is, certain ones first; three are enough for a sentence."""
        titles, fired = [], self.decisive.fired
        for truth, word in ((YES, "applies"), (EITHER, "may apply")):
            for flag in self.questionnaire.flags:
                if fired[flag.key] == truth and self.holds(flag):
                    titles.append(f"“{self.say(flag.title)}” {word}")
        more = [f"{len(titles) - 3} more"] if len(titles) > 3 else []
        return " and ".join(titles[:3] + more)

    def holds(self, flag: Flag) -> bool:
        """Would it keep the level from being better, if it fired?"""
        return flag.effect != NOTICE and flag.minimum >= self.decisive.worst and in_force(flag, self.on_date)


def _reach(band: Band) -> str:
    """Where a band lies: "from 25 and below 50"."""
    parts = []
    if band.lower is not None:
        parts.append(f"{'from' if band.lower_included else 'above'} {plain_decimal(band.lower)}")
    if band.upper is not None:
        parts.append(f"{'up to' if band.upper_included else 'below'} {plain_decimal(band.upper)}")
    return " and ".join(parts) or "every value"


def _in_points(points: Decimal) -> str:
    return f"{_number(points)} point{'' if points.copy_abs() == 1 else 's'}"


def _number(number: Decimal | None) -> str:
    """At most four decimals: a sentence is for reading."""
    if number is None:
        return "no value"
    return plain_decimal(number.quantize(Decimal("0.0001"), context=EXACT))
