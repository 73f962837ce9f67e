"""Which questions are shown and what their answers are, whatever is closed: `visibility.settle`, in bits.

Each question has states: whether it is shown, and its value; each state has the bit that is 1 when it is the one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.scoring.definitions import Question, Questionnaire, Section
from apps.scoring.language.values import EITHER, NO, YES
from apps.scoring.planning.formulas import Scope
from apps.scoring.planning.numbers import Truth, every
from apps.scoring.planning.quantities import Cases, Quantity, all_of, each_once, no
from apps.scoring.visibility import lacks_answer, value_of


class Reading:
    """One reading of the answers, `given` by question; `env` is the same with no gap closed. With `now`, the reading as
    things stand, it is the one with open ends: there an answer that is missing could be anything, and so could one to a
    question that is not shown now. What cannot differ from `now` is taken from it, so that it is known to be the same.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        given: Mapping[str, Cases],
        env: Mapping[str, Any],
        now: "Reading | None" = None,
    ) -> None:
        self.questionnaire, self.given, self.now = questionnaire, given, now
        self.scope = Scope(env)
        self.shown: dict[str, Truth] = {}
        self.states: dict[str, Cases] = {}
        for section in questionnaire.sections:
            for question in section.questions:
                self._settle(section, question)

    def _settle(self, section: Section, question: Question) -> None:
        shown = self.shown[question.key] = self._shown(section, question)
        states = self.states[question.key] = self._states(question, shown)
        values = each_once((value, bit) for (_, value), bit in states)
        if len(values) > 1:
            self.scope.cases[question.key] = values

    def _shown(self, section: Section, question: Question) -> Truth:
        looks_at = {name for condition in self.questionnaire.conditions[question.key] for name in condition.names}
        if self.now and all(self.states[name] is self.now.states[name] for name in looks_at):
            return self.now.shown[question.key]
        return every(self.scope.truth(section.visible_if), self.scope.truth(question.visible_if))

    def _states(self, question: Question, shown: Truth) -> Cases:
        given = self.given[question.key]
        if self.now:
            shown_now = self.now.shown[question.key]
            if shown is not shown_now:
                counted = [(answer, all_of(bit, shown_now.must)) for answer, bit in given]
                given = [*counted, (None, no(shown_now.must))]
            elif not any(lacks_answer(question, answer) for answer, _ in given):
                return self.now.states[question.key]
        return each_once(self._each_state(question, shown, given))

    def _each_state(self, question: Question, shown: Truth, given: Cases) -> Iterable[tuple[Any, Quantity]]:
        open_ends = self.now is not None
        yield (NO, question.kind.nothing), no(shown.may)
        for answer, bit in given:
            for truth, when in ((YES, shown.must), (EITHER, shown.is_open)):
                value = value_of(question, truth, answer, open_ends=open_ends)
                yield (truth, value), all_of(when, bit)
