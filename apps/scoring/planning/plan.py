"""The cheapest set of gaps to close, by effort, that reaches a lower level. Exact.

A solver of integer programs proposes the cheapest set that is not yet known to be too little; at first that is to close
nothing. It is scored. If the level is lower, it is the plan. If not, the solver is told what every set that is enough
must have more of (`limits.py`), and proposes again. It never excludes a set that is enough, so the first one that is
enough is a cheapest one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from apps.scoring.answers import Answers, RawAnswers, as_answers
from apps.scoring.definitions import FORBID, Levels, Questionnaire
from apps.scoring.gaps import closing_answer, open_gaps
from apps.scoring.language.values import YES
from apps.scoring.planning.chooser import TooMuchToTry
from apps.scoring.planning.concerns import concerns_of
from apps.scoring.planning.limits import Limits
from apps.scoring.planning.parts import parts_of
from apps.scoring.planning.proposals import Proposals
from apps.scoring.score import Standing, decisive
from apps.scoring.visibility import counted, settle

MAX_PROPOSALS = 60  # most plans take fewer than ten
FEW = 10  # gaps whose sets are all tried, in a second or so, when so many proposals were not enough:
MAX_PROPOSALS_FOR_FEW = 20
RECENT = 200  # sets whose standing is remembered
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
        return {
            "close": list(self.close),
            "effort": self.effort,
            "level_before": self.level_before,
            "level_after": self.level_after,
            "reason": self.reason,
            "exact": self.exact,
        }


def cheapest_plan(
    questionnaire: Questionnaire, answers: RawAnswers, *, on_date: date, language: str | None = None
) -> Plan:
    read = counted(questionnaire, as_answers(questionnaire, answers))
    levels = questionnaire.levels
    if levels is None:
        return Plan((), 0, None, None, "This questionnaire has no levels.")
    search = _Search(questionnaire, levels, read, on_date)
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


class _Search:
    def __init__(self, questionnaire: Questionnaire, levels: Levels, answers: Answers, on_date: date) -> None:
        self.questionnaire, self.answers, self.on_date = questionnaire, answers, on_date
        visible = settle(questionnaire, answers, open_ends=False).visible
        self.gaps = open_gaps(questionnaire, answers, visible)
        self.closed = {gap.question.key: closing_answer(gap, answers) for gap in self.gaps}
        self._remembered = lru_cache(RECENT)(self._standing)
        self.current = self.standing(()).worst
        self.concerns = concerns_of(questionnaire, levels, self.current, on_date)

    def standing(self, close: Collection[str]) -> Standing:
        return self._remembered(frozenset(close))

    def _standing(self, close: frozenset[str]) -> Standing:
        answers = Answers({**self.answers.values, **{key: self.closed[key] for key in close}})
        return decisive(self.questionnaire, answers, self.on_date)

    def run(self) -> tuple[Collection[str] | None, bool]:
        """The keys of the gaps to close, None when there is no way; and whether that is proven."""
        if not self.gaps:
            return None, True
        parts = parts_of(self.questionnaire, self.gaps, self.standing)
        proposals = Proposals(parts, [gap.question.key for gap in self.gaps], [gap.gap.effort for gap in self.gaps])
        limits = [Limits(concern, parts, self.standing) for concern in self.concerns]
        try:
            for _ in range(MAX_PROPOSALS if len(self.gaps) > FEW else MAX_PROPOSALS_FOR_FEW):
                close = proposals.cheapest()
                if close is None or self.standing(close).worst < self.current:
                    return close, True
                for limit in (limit for each in limits for limit in each.broken_by(close)):
                    proposals.keep_to(limit)
                proposals.exclude(close)
        except TooMuchToTry:
            pass
        if len(self.gaps) <= FEW:
            return self._cheapest_of_all(), True
        return self._enough(), False

    def _cheapest_of_all(self) -> Collection[str] | None:
        efforts = {gap.question.key: gap.gap.effort for gap in self.gaps}
        sets = [some for size in range(len(efforts) + 1) for some in combinations(efforts, size)]
        sets.sort(key=lambda some: sum(efforts[key] for key in some))  # of equal ones the fewest first, as they were
        return next((some for some in sets if self.standing(some).worst < self.current), None)

    def _enough(self) -> Collection[str] | None:
        """Every gap, less what can be left open, dearest first; None when all of them are not enough."""
        close = {gap.question.key for gap in self.gaps}
        if self.standing(close).worst >= self.current:
            return None
        for gap in sorted(self.gaps, key=lambda gap: -gap.gap.effort):
            fewer = close - {gap.question.key}
            close = fewer if self.standing(fewer).worst < self.current else close
        return close

    def why_not(self, language: str | None) -> str:
        holding = [
            concern.flag
            for concern in self.concerns
            if concern.flag is not None and self._never_undone(concern.flag.key)
        ]
        if holding:
            title = holding[0].title.in_language(language)
            verb = "forbids this use" if holding[0].effect == FORBID else "holds the level"
            return f"“{title}” {verb}, whatever gaps are closed."
        if not self.gaps:
            return "No gap is open that could be closed."
        return "Even with every gap closed the level would not be lower; other answers decide it."

    def _never_undone(self, flag: str) -> bool:
        return self.standing(()).fired[flag] == YES and self.standing(self.closed).fired[flag] == YES
