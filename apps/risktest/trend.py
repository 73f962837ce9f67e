"""How the tests of one thing developed, and why: other answers, or another questionnaire.

The same thing is this test itself, and the team's tests with the same name or of the same use case of the library.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.assessments.models import Assessment, Snapshot
from apps.questionnaires.models import QuestionnaireVersion
from apps.questionnaires.queries import definition
from apps.risktest.pictures import level_value, ruler_bands
from apps.scoring import Questionnaire, evaluate
from apps.scoring.renames import renamed
from apps.ui import charts
from apps.ui.marks import tone_of

SHOWN = 8
Definitions = Mapping[int, Questionnaire]


@dataclass(frozen=True)
class Result:
    """What one test came to. Unanswered counts as the worst it could be, so `high` is what the level is read from."""

    title: str
    number: int  # of the submission; 0: not submitted
    on: date
    version: int
    level: str
    level_title: str
    tone: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Difference:
    """Points of risk to the test before, and what they come from; None where the answers do not carry over."""

    total: Decimal
    answers: Decimal | None
    questionnaire: Decimal | None


@dataclass(frozen=True)
class Trend:
    results: list[Result]  # oldest first, the last is the one on the page
    difference: Difference
    picture: SafeString

    @property
    def before(self) -> Result:
        return self.results[-2]

    @property
    def now(self) -> Result:
        return self.results[-1]


def trend_of(
    user: User, assessment: Assessment, content: Mapping[str, Any], questionnaire: Questionnaire
) -> Trend | None:
    """None where there is nothing earlier that this person may see."""
    snapshots = list(earlier(user, assessment, content)[:SHOWN])[::-1]
    if not snapshots or questionnaire.levels is None:
        return None
    contents = [json.loads(snapshot.content) for snapshot in snapshots]
    known = definitions(questionnaire, contents)
    results = [result(each, known[each["questionnaire"]["version"]]) for each in contents]
    now = result(content, questionnaire)
    again = rescored(known, snapshots[-1].answers, results[-1].version, questionnaire, now.on)
    return Trend([*results, now], difference(results[-1], again, now), picture([*results, now], questionnaire))


def earlier(user: User, assessment: Assessment, content: Mapping[str, Any]) -> QuerySet[Snapshot]:
    """Newest first, in the order they were submitted, whatever the clock said."""
    same = Q(pk=assessment.pk) | Q(title=assessment.title)
    if assessment.use_case:
        same |= Q(use_case=assessment.use_case)
    tests = Assessment.objects.visible_to(user).filter(
        same, team=assessment.team_id, questionnaire__key=assessment.questionnaire.key
    )
    found = Snapshot.objects.filter(assessment__in=tests).order_by("-pk")
    if content["draft"]:
        return found
    return found.filter(pk__lt=assessment.snapshots.filter(number=content["number"]).values("pk"))


def definitions(newest: Questionnaire, contents: Iterable[Mapping[str, Any]]) -> Definitions:
    """Every version from the oldest one used to this one: renames are declared from each to the next."""
    used = [content["questionnaire"]["version"] for content in contents]
    first, last = min([*used, newest.version]), max([*used, newest.version])
    if first == last:
        return {newest.version: newest}
    found = QuestionnaireVersion.objects.filter(key=newest.key, version__range=(first, last)).order_by("version")
    return {version.version: definition(version) for version in found}


def result(content: Mapping[str, Any], questionnaire: Questionnaire) -> Result:
    outcome, levels = content["outcome"], questionnaire.levels
    titles = {band.key: str(band.title) for band in levels.bands} if levels else {}
    value = level_value(questionnaire, outcome)
    return Result(
        title=content["title"],
        number=content["number"],
        on=date.fromisoformat(content["on"]),
        version=content["questionnaire"]["version"],
        level=outcome["level"],
        level_title=titles.get(outcome["level"], outcome["level"]),
        tone=tone_of(outcome["level"], list(titles)),
        low=value["low"],
        high=value["high"],
    )


def rescored(
    known: Definitions, answers: Mapping[str, Any], version: int, questionnaire: Questionnaire, on: date
) -> Decimal | None:
    """What these answers come to with this questionnaire; None from a newer version, which nothing leads back from."""
    if version > questionnaire.version:
        return None
    steps = [known[number] for number in sorted(known) if version < number <= questionnaire.version]
    outcome = evaluate(questionnaire, renamed(steps, answers), on_date=on).as_json()
    return level_value(questionnaire, outcome)["high"]


def difference(before: Result, again: Decimal | None, now: Result) -> Difference:
    total = now.high - before.high
    if again is None:
        return Difference(total, None, None)
    return Difference(total, answers=now.high - again, questionnaire=again - before.high)


def picture(results: list[Result], questionnaire: Questionnaire) -> SafeString:
    bands = ruler_bands(questionnaire.levels) if questionnaire.levels else []
    stops = [charts.Stop(f"{each.level_title}, {each.on}", each.low, each.high, each.tone) for each in results]
    title = f"Risk of {len(results)} tests, from {results[0].high} to {results[-1].high}"
    return charts.level_trend(stops, bands, title=title)
