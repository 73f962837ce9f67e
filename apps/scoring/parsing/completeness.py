"""What can never work in a definition whose parts are well formed: the checker behind `check_questionnaire`.

"Never" and "always" are proven, not guessed: a condition is run over sets that together hold every possible answer.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import product
from math import prod
from typing import Any

from apps.scoring.answers import Answers
from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.language.terms import Run, all_of
from apps.scoring.language.values import EITHER, NO, YES, present
from apps.scoring.parsing.costs import check_costs
from apps.scoring.parsing.pieces import Work, most_pieces, pieces_of
from apps.scoring.parsing.problems import Problems
from apps.scoring.score import weigh
from apps.scoring.visibility import settle

MAX_COMBINATIONS = 20_000
MAX_LOOKED_AT = MAX_COMBINATIONS.bit_length() - 1  # questions behind one condition: each has two pieces at least


def find_problems(questionnaire: Questionnaire, problems: Problems) -> None:
    _check_points(questionnaire, problems)
    check_costs(questionnaire, problems)
    if problems.are_enough:
        return
    prover = Prover(questionnaire)
    _check_visibility(questionnaire, prover, problems)
    _check_rules(questionnaire, prover, problems)
    _check_values(questionnaire, prover, problems)
    _check_level_value(questionnaire, prover, problems)


# --- points


def _check_points(questionnaire: Questionnaire, problems: Problems) -> None:
    for question in questionnaire.questions:
        _check_choice_points(question, problems)
    for dimension in questionnaire.dimensions:
        if not questionnaire.scored[dimension.key]:
            problems.add(dimension.path, f"No question gives points on the dimension “{dimension.key}”.")


def _check_choice_points(question: Question, problems: Problems) -> None:
    for choice in question.choices:
        path = f"{choice.path}.points"
        for rule in question.points:
            scores = choice.points.get(rule.dimension)
            if scores and choice.exclusive:
                problems.add(path, f"“{choice.key}” is exclusive (none of the others), so it cannot give points.")
            elif scores and choice.not_applicable:
                problems.add(path, f"“{choice.key}” means that the question does not apply, so it cannot give points.")
            elif scores is None and not choice.exclusive and not choice.not_applicable:
                told = (
                    f"“{choice.key}” has no points on “{rule.dimension}”, but other choices have; write 0 if it is 0."
                )
                problems.add(path, told)


# --- visibility and rules


def _check_visibility(questionnaire: Questionnaire, prover: "Prover", problems: Problems) -> None:
    for section in questionnaire.sections:
        if section.visible_if is not None and not prover.outcomes([section.visible_if]) & YES:
            problems.add(f"{section.path}.visible_if", f"The section “{section.key}” can never be seen.")
            continue
        for question in section.questions:
            if question.visible_if is not None and not prover.outcomes(questionnaire.conditions[question.key]) & YES:
                problems.add(f"{question.path}.visible_if", f"The question “{question.key}” can never be seen.")


def _check_rules(questionnaire: Questionnaire, prover: "Prover", problems: Problems) -> None:
    for what, rules in (("flag", questionnaire.flags), ("contradiction", questionnaire.contradictions)):
        for rule in rules:
            outcomes = prover.outcomes([rule.when])
            if outcomes == NO:
                problems.add(f"{rule.path}.when", f"The {what} “{rule.key}” can never fire.")
            elif outcomes == YES:
                problems.add(f"{rule.path}.when", f"The {what} “{rule.key}” always fires.")


def _check_values(questionnaire: Questionnaire, prover: "Prover", problems: Problems) -> None:
    for derived in questionnaire.derived:
        if derived.value.is_readable and prover.env[derived.key].low is None:
            message = (
                f"“{derived.key}” never has a value, whatever is answered: it divides by 0, is a root or logarithm of"
                " too little, or needs what has no value."
            )
            problems.add(f"{derived.path}.value", message)


def _check_level_value(questionnaire: Questionnaire, prover: "Prover", problems: Problems) -> None:
    levels = questionnaire.levels
    derived = next((d for d in questionnaire.derived if levels is not None and d.key == levels.of), None)
    all_readable = all(d.value.is_readable for d in questionnaire.derived)  # one that is not could be anything
    if derived is not None and all_readable and prover.env[derived.key].absent:
        earlier = [d.key for d in questionnaire.derived if d.key in derived.value.names and prover.env[d.key].absent]
        with_them = prover.env | {key: present(prover.env[key]) for key in earlier}
        because = [] if derived.value.run(with_them).absent else earlier
        problems.add(f"{derived.path}.value", _without_value(derived.key, because))


def _without_value(key: str, earlier: Sequence[str]) -> str:
    """`earlier`: the derived values that have to be there for this one; no condition here is known to go with them."""
    if earlier:
        those = " and ".join(f"“{name}”" for name in earlier[:3])
        return (
            f"“{key}” decides the level, but may have no value, because {those} may have none. There, write"
            f" “x if answered(x) else 0” or “/ max(1, …)”; a condition in “{key}” alone is not enough."
        )
    return (
        f"“{key}” decides the level, but it has no value when a number it needs is not answered, a divisor"
        " is 0, a root or logarithm is of too little, or a result is beyond 10^30; write “x if answered(x) else 0”,"
        " or keep it within bounds, as in “/ max(1, …)”."
    )


class Prover:
    """Finds whether conditions can be true and can be false."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questions, self.conditions = questionnaire.by_key, questionnaire.conditions
        self.order = {key: index for index, key in enumerate(self.questions)}
        scene = settle(questionnaire, Answers({}), open_ends=True)
        self.env = dict(weigh(questionnaire, scene, date.max).env)
        self.work = Work()

    def outcomes(self, conditions: Sequence[Expression]) -> int:
        """NO, YES or EITHER for all of them together: first roughly, then by going through the answers they look at."""
        rough: int = _together(conditions)(self.env)
        if rough != EITHER:
            return rough
        asked = self._looked_at(conditions)
        looked_at = [*conditions, *(condition for question in asked for condition in self.conditions[question.key])]
        if len(asked) > MAX_LOOKED_AT or not self.work.allows(len(asked), looked_at):  # finding the pieces is work, too
            return rough
        literals = {literal for condition in looked_at for literal in condition.term.literals}
        count = prod(most_pieces(question, literals) for question in asked)
        if count > MAX_COMBINATIONS or not self.work.allows(count, looked_at):
            return rough
        return self._go_through(asked, [pieces_of(question, literals) for question in asked], conditions)

    def _go_through(
        self, asked: Sequence[Question], pieces: Sequence[list[Any]], conditions: Sequence[Expression]
    ) -> int:
        found, together = 0, _together(conditions)
        shown = [_together(self.conditions[question.key]) for question in asked]
        for values in product(*pieces):
            env = dict(self.env)
            for question, is_shown, value in zip(asked, shown, values, strict=True):
                env[question.key] = question.kind.nothing if is_shown(env) == NO else value
            found |= together(env)
            if found == EITHER:
                break
        return found

    def _looked_at(self, conditions: Iterable[Expression]) -> list[Question]:
        """The questions the conditions name and those that decide whether these are asked, in the form's order."""
        names: set[str] = set()
        queue = [name for condition in conditions for name in condition.names]
        while queue and len(names) <= MAX_LOOKED_AT:
            name = queue.pop()
            if name in self.questions and name not in names:
                names.add(name)
                queue += [other for condition in self.conditions[name] for other in condition.names]
        return [self.questions[name] for name in sorted(names, key=self.order.__getitem__)]


def _together(conditions: Iterable[Expression]) -> Run:
    return all_of([condition.run for condition in conditions])
