"""Which questions are asked and what their answers are, whatever is closed: `visibility.settle`, as a program."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from apps.scoring.answers import Answer
from apps.scoring.definitions import Question, Questionnaire, Section
from apps.scoring.language.values import EITHER, NO, YES
from apps.scoring.planning.formulas import Place
from apps.scoring.planning.numbers import Cases, Truth, each_once, every
from apps.scoring.planning.program import Program
from apps.scoring.planning.quantities import Quantity, no
from apps.scoring.visibility import lacks_answer, value_of

# The answers that each question could have by its key, each with its bit.
Answering = Mapping[str, Sequence[tuple[Answer | None, Quantity]]]


class Reading:
    """One reading of the answers; `env` is the same with no gap closed. As things stand, or with open ends: then an
    answer that is missing could be anything, and so could one to a question that is not shown `as_it_stands`."""

    def __init__(
        self,
        program: Program,
        questionnaire: Questionnaire,
        answering: Answering,
        env: Mapping[str, Any],
        as_it_stands: "Reading | None" = None,
    ) -> None:
        self.program, self.answering, self.as_it_stands = program, answering, as_it_stands
        self.place = Place(program, env)
        self.shown: dict[str, Truth] = {}
        self.states: dict[str, Cases] = {}  # by question: whether it is shown, and its value
        for section in questionnaire.sections:
            for question in section.questions:
                names = {name for condition in questionnaire.conditions[question.key] for name in condition.names}
                self._settle(section, question, names)

    def _settle(self, section: Section, question: Question, looks_at: Collection[str]) -> None:
        shown = self.shown[question.key] = self._shown(section, question, looks_at)
        states = self.states[question.key] = self._states(question, shown)
        values = each_once((value, bit) for (_, value), bit in states)
        if len(values) > 1:
            self.place.cases[question.key] = values

    def _shown(self, section: Section, question: Question, looks_at: Collection[str]) -> Truth:
        """The same where all that it looks at is the same in both readings."""
        if self.as_it_stands and all(self.states[name] is self.as_it_stands.states[name] for name in looks_at):
            return self.as_it_stands.shown[question.key]
        return every(self.program, self.place.truth(section.visible_if), self.place.truth(question.visible_if))

    def _states(self, question: Question, shown: Truth) -> Cases:
        known = self.as_it_stands
        if known and shown is known.shown[question.key] and not self._may_lack_answer(question):
            return known.states[question.key]
        return each_once(self._each_state(question, shown))

    def _may_lack_answer(self, question: Question) -> bool:
        return any(lacks_answer(question, answer) for answer, _ in self.answering[question.key])

    def _each_state(self, question: Question, shown: Truth) -> Iterable[tuple[tuple[int, Any], Quantity]]:
        all_of, open_ends = self.program.all_of, self.as_it_stands is not None
        yield (NO, question.kind.nothing), no(shown.holds)
        for answer, given in self._answers(question, shown):
            yield (YES, value_of(question, YES, answer, open_ends=open_ends)), all_of([no(shown.fails), given])
            if not shown.is_certain:
                value = value_of(question, EITHER, answer, open_ends=open_ends)
                yield (EITHER, value), all_of([shown.holds, shown.fails, given])

    def _answers(self, question: Question, shown: Truth) -> Iterable[tuple[Answer | None, Quantity]]:
        if self.as_it_stands is None or shown is self.as_it_stands.shown[question.key]:
            return self.answering[question.key]
        counts = self.as_it_stands.shown[question.key].holds
        counted = [(answer, self.program.all_of([bit, counts])) for answer, bit in self.answering[question.key]]
        return [*counted, (None, no(counts))]
