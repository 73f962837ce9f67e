"""What holds the level where it is: the value that decides it, and each flag that allows no lower one.

A concern tells whether it still holds the level once points, maxima and answers have moved, and which sums of them it
depends on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.scoring.definitions import Derived, Flag, Levels, Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import NO
from apps.scoring.planning.dependence import Dependence, Feature
from apps.scoring.planning.terrain import Terrain
from apps.scoring.score import in_force, level_of_value


@dataclass(frozen=True, slots=True)
class Concern:
    questionnaire: Questionnaire
    levels: Levels
    current: int  # index of the level as it is
    flag: Flag | None  # None: the value that decides the level
    derived: tuple[Derived, ...]  # what it is made of, in order
    names: frozenset[str]  # everything it looks at, through derived values
    compiled: dict[str, Expression] = field(default_factory=dict)  # see `Dependence`

    def holds(self, env: Mapping[str, Any]) -> bool:
        """Whether it keeps the level from being lower. Derived values in `env` are worked out anew."""
        env = self._with_derived(env)
        if self.flag is not None:
            return bool(self.flag.when.run(env) != NO)
        return level_of_value(self.levels, env[self.levels.name])[1] >= self.current

    def features(self, env: Mapping[str, Any], terrain: Terrain) -> tuple[Feature, ...]:
        """The sums it depends on, see `Dependence`."""
        here, anywhere = self._with_derived(env), self._with_derived(terrain.wide)
        found = Dependence(self.questionnaire, terrain, here, anywhere, self.compiled)
        if self.flag is not None:
            found.of_truth(self.flag.when)
        else:
            found.of_number(self.levels.name)
        return tuple(found.features)

    def _with_derived(self, env: Mapping[str, Any]) -> dict[str, Any]:
        env = dict(env)
        for derived in self.derived:
            env[derived.key] = derived.rounded(derived.value.run(env))
        return env


def concerns_of(questionnaire: Questionnaire, levels: Levels, current: int, on_date: date) -> list[Concern]:
    def concern(flag: Flag | None, looks_at: Iterable[str]) -> Concern:
        names = _looked_at(questionnaire, looks_at)
        derived = tuple(each for each in questionnaire.derived if each.key in names)
        return Concern(questionnaire, levels, current, flag, derived, names)

    least = questionnaire.least_levels
    flags = [flag for flag in questionnaire.flags if in_force(flag, on_date) and least[flag.key] >= current]
    return [concern(None, [levels.name]), *(concern(flag, flag.when.names) for flag in flags)]


def _looked_at(questionnaire: Questionnaire, names: Iterable[str]) -> frozenset[str]:
    """These names and what they are made of, through derived values."""
    derived = {value.key: value.value for value in questionnaire.derived}
    queue, found = list(names), set[str]()
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(derived[name].names if name in derived else ())
    return frozenset(found)
