"""The cheapest set of gaps to close, by effort, that reaches a lower level. Exact.

The questionnaire's rules are written as conditions of an integer program in which closing each gap is a choice, and a
solver finds the cheapest choice. It counts in floating point numbers, so that decides nothing: the set it names is
scored as everything is. If the level is not lower, that set is excluded and the solver asked again.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations

from apps.scoring.answers import Answers, RawAnswers, as_answers
from apps.scoring.definitions import FORBID, Levels, Questionnaire
from apps.scoring.gaps import closing_answer, open_gaps
from apps.scoring.language.values import YES
from apps.scoring.planning.quantities import TooMuchToTry
from apps.scoring.planning.rules import Rules
from apps.scoring.planning.solver import cheapest
from apps.scoring.score import Standing, decisive, in_force
from apps.scoring.visibility import Readings

MAX_PROPOSALS = 40  # nearly always the first is it
FEW = 10  # gaps whose sets are all tried, in a second or so, when the solver does not come to an end
STOPPED = "There was too much to try: this is the cheapest set found, and a cheaper one may exist."
NOTHING_FOUND = "There was too much to try, and no set of gaps that is enough was found; one may exist."


@dataclass(frozen=True, slots=True)
class Plan:
    close: tuple[str, ...]  # question keys of the gaps, in the questionnaire's order
    effort: int
    level_before: str | None
    level_after: str | None  # None: no set of gaps is enough, and `reason` says why
    reason: str | None
    exact: bool = True  # False: the search was stopped, so a cheaper set may exist

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "close": list(self.close)}


def cheapest_plan(
    questionnaire: Questionnaire, answers: RawAnswers, *, on_date: date, language: str | None = None
) -> Plan:
    levels = questionnaire.levels
    if levels is None:
        return Plan((), 0, None, None, "This questionnaire has no levels.")
    search = Search(questionnaire, levels, as_answers(questionnaire, answers), on_date)
    before = levels.bands[search.current].key
    if search.current == 0:
        return Plan((), 0, before, None, "This is already the lowest level.")
    close, exact = search.run()
    if close is None:
        return Plan((), 0, before, None, search.why_not(language) if exact else NOTHING_FOUND, exact)
    after = levels.bands[search.standing(close).worst].key
    chosen = [gap for gap in search.gaps if gap.question.key in close]
    keys, effort = tuple(gap.question.key for gap in chosen), sum(gap.gap.effort for gap in chosen)
    return Plan(keys, effort, before, after, None if exact else STOPPED, exact)


class Search:
    def __init__(self, questionnaire: Questionnaire, levels: Levels, answers: Answers, on_date: date) -> None:
        self.questionnaire, self.levels, self.on_date = questionnaire, levels, on_date
        self.readings = Readings(questionnaire, answers)
        self.answers = self.readings.counted
        self.gaps = open_gaps(questionnaire, self.answers, self.readings.now.visible)
        self.closed = {gap.question.key: closing_answer(gap, self.answers) for gap in self.gaps}
        self.before = self.standing(())
        self.current = self.before.worst
        self.flags = [flag for flag in questionnaire.flags if in_force(flag, on_date) and flag.minimum >= self.current]

    def standing(self, close: Collection[str]) -> Standing:
        answers = Answers({**self.answers.values, **{key: self.closed[key] for key in close}})
        return decisive(self.questionnaire, answers, self.on_date)

    def is_enough(self, close: Collection[str]) -> bool:
        return self.standing(close).worst < self.current

    def run(self) -> tuple[Collection[str] | None, bool]:
        """The keys of the gaps to close, None when there is no way; and whether that is proven."""
        if not self.gaps:
            return None, True
        try:
            return self._cheapest(), True
        except TooMuchToTry:
            if len(self.gaps) <= FEW:
                return self.cheapest_of_all(), True
            return self._enough(), False

    def _cheapest(self) -> Collection[str] | None:
        """Raises TooMuchToTry."""
        rules = self.rules()
        for _ in range(MAX_PROPOSALS):
            chosen = cheapest(rules.goals)
            if chosen is None:
                return None
            close = rules.closed_by(chosen)
            if self.is_enough(close):
                return close
            rules.exclude(close)
        raise TooMuchToTry

    def rules(self) -> Rules:
        """Raises TooMuchToTry."""
        # By effort, then the fewest.
        costs = {gap.question.key: gap.gap.effort * (len(self.gaps) + 1) + 1 for gap in self.gaps}
        closing = {key: (answer, costs[key]) for key, answer in self.closed.items()}
        envs = [self.before.env]
        if self.questionnaire.missing_is_worst:
            envs.insert(0, self.readings.now.env)
        rules = Rules(self.questionnaire, self.answers, closing, envs)
        rules.require_lower(self.levels, self.current, self.flags)
        return rules

    def cheapest_of_all(self) -> Collection[str] | None:
        efforts = {gap.question.key: gap.gap.effort for gap in self.gaps}
        sets = [some for size in range(len(efforts) + 1) for some in combinations(efforts, size)]
        sets.sort(key=lambda some: sum(efforts[key] for key in some))  # of equal ones the fewest first, as they were
        return next((some for some in sets if self.is_enough(some)), None)

    def _enough(self) -> Collection[str] | None:
        """Every gap, less what can be left open, dearest first; None when all of them are not enough."""
        close = {gap.question.key for gap in self.gaps}
        if not self.is_enough(close):
            return None
        for gap in sorted(self.gaps, key=lambda gap: -gap.gap.effort):
            fewer = close - {gap.question.key}
            close = fewer if self.is_enough(fewer) else close
        return close

    def why_not(self, language: str | None) -> str:
        holding = [flag for flag in self.flags if self._never_undone(flag.key)]
        if holding:
            title = holding[0].title.in_language(language)
            verb = "forbids this use" if holding[0].effect == FORBID else "holds the level"
            return f"“{title}” {verb}, even with every gap closed."
        if not self.gaps:
            return "No gap is open that could be closed."
        return "Even with every gap closed the level would not be lower; other answers decide it."

    def _never_undone(self, flag: str) -> bool:
        return self.before.fired[flag] == YES and self.standing(self.closed).fired[flag] == YES
