"""What a report says, as one frozen value, made from a document (draft or snapshot) and its questionnaire alone.

The templates only print it. Nothing here asks the clock or the database, so the same document gives the same report.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString

from apps.questionnaires.references import Reference
from apps.reports import pictures
from apps.reviews.models import Decision
from apps.risktest import flags
from apps.risktest.verdict import certain, not_known, what_it_buys, without_gaps
from apps.scoring import Questionnaire
from apps.scoring.definitions import FORBID, NOTICE, Band, Derived
from apps.ui import formats, marks

# What fits on the first page, where rules in force also need room.
FIRST_GAPS = 4
FIRST_GAPS_BESIDE_RULES = 3


@dataclass(frozen=True)
class Level:
    title: str
    tone: str
    mark: SafeString
    sentence: str


@dataclass(frozen=True)
class Gap:
    number: int
    title: str
    why: str
    action: str
    said: str
    said_in_short: str
    owner: str
    effort: str
    due: date
    buys: str
    first_reference: str
    references: str
    applies_from: date | None  # set only while it lies ahead


@dataclass(frozen=True)
class Flag:
    title: str
    because: str
    action: str
    effect: str
    answers: tuple[tuple[str, str], ...]
    references: str


@dataclass(frozen=True)
class Contradiction:
    title: str
    ask: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Framework:
    """The references of one framework that were pointed to."""

    title: str
    as_of: date
    items: tuple[Reference, ...]


@dataclass(frozen=True)
class UseCases:
    start_here: tuple[Mapping[str, Any], ...]
    next: tuple[Mapping[str, Any], ...]
    not_yet: tuple[Mapping[str, Any], ...]
    refused: tuple[Mapping[str, Any], ...]
    picture: SafeString | str = ""


@dataclass(frozen=True)
class ReportData:
    result: str
    is_draft: bool
    title: str
    team: str
    about: str
    questionnaire: str
    on: date
    prepared_by: str
    made_at: datetime
    source: str  # the document itself, attached to the PDF
    sha256: str | None  # of that document; a draft has none
    identifier: str
    level: Level | None
    forbidden: bool
    ruler: SafeString | str
    domains: tuple[tuple[pictures.Domain, ...], ...]
    gaps: tuple[Gap, ...]
    flags: tuple[Flag, ...]
    coming_flags: tuple[Flag, ...]
    notices: tuple[Flag, ...]  # flags that move no level
    coming_notices: tuple[Flag, ...]
    possible_notices: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    missing: tuple[str, ...]
    without_gaps: str  # what it means that no gap is open
    sections: tuple[Section, ...]
    figures: tuple[tuple[str, str, str], ...]
    method: tuple[tuple[str, str], ...]
    frameworks: tuple[Framework, ...]
    use_cases: UseCases | None
    decisions: tuple[Decision, ...] = ()

    @property
    def first_gaps(self) -> tuple[Gap, ...]:
        return self.gaps[: FIRST_GAPS_BESIDE_RULES if self.flags or self.notices else FIRST_GAPS]

    @property
    def more_gaps(self) -> tuple[Gap, ...]:
        return self.gaps[len(self.first_gaps) :]

    @property
    def short_hash(self) -> str:
        return self.sha256[:12] if self.sha256 else "draft"


def build_report(
    content: Mapping[str, Any],
    questionnaire: Questionnaire,
    references: Mapping[str, Reference],
    *,
    source: str,
    identifier: str,
    sha256: str | None,
    decisions: Sequence[Decision] = (),
) -> ReportData:
    outcome, on = content["outcome"], date.fromisoformat(content["on"])
    teller = Teller(outcome, questionnaire, references, on)
    return ReportData(
        **what_it_is_about(content),
        on=on,
        prepared_by=content["taken_by"] or ", ".join(content["authors"]),
        made_at=decisions[-1].at if decisions else made_at(content, on),
        source=source,
        sha256=sha256,
        identifier=identifier,
        level=teller.level(),
        forbidden=outcome["forbidden"],
        ruler=pictures.ruler(questionnaire, outcome),
        domains=pictures.domains(questionnaire, outcome),
        gaps=tuple(teller.gap(number, gap) for number, gap in enumerate(outcome["gaps"], start=1)),
        flags=teller.told(flags.rules(outcome), in_force=True),
        coming_flags=teller.told(flags.rules(outcome), in_force=False),
        notices=teller.told(flags.notices(outcome), in_force=True),
        coming_notices=teller.told(flags.notices(outcome), in_force=False),
        possible_notices=tuple(flags.possible_notices(questionnaire, outcome)),
        contradictions=tuple(contradiction(found) for found in outcome["contradictions"]),
        missing=tuple(question["title"] for question in not_known(questionnaire, outcome)),
        without_gaps=without_gaps(questionnaire, outcome),
        sections=tuple(sections(content["answers"])),
        figures=tuple(teller.figure(derived, outcome["derived"][derived.key]) for derived in questionnaire.derived),
        method=tuple(method(content)),
        frameworks=tuple(teller.frameworks()),
        use_cases=use_cases(content.get("recommendations")),
        decisions=tuple(decisions),
    )


def what_it_is_about(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "result": content["questionnaire"]["result"],
        "is_draft": content["draft"],
        "title": content["title"],
        "team": content["team"],
        "about": content["model"]["name"] if content["model"] else "",
        "questionnaire": content["questionnaire"]["title"],
    }


def made_at(content: Mapping[str, Any], on: date) -> datetime:
    """A draft counts as made at the beginning of its day: the same draft gives the same bytes all day."""
    if content["taken_at"]:
        return datetime.fromisoformat(content["taken_at"])
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


@dataclass(frozen=True)
class Teller:
    """Puts the outcome into words; holds what every part of it needs."""

    outcome: Mapping[str, Any]
    questionnaire: Questionnaire
    references: Mapping[str, Reference]
    on: date

    def level_keys(self) -> list[str]:
        return [band.key for band in self.questionnaire.levels.bands] if self.questionnaire.levels else []

    def title_of(self, key: str | None) -> str:
        return title_among(self.questionnaire.levels.bands if self.questionnaire.levels else (), key)

    def level_title(self) -> str:
        return self.title_of(self.outcome["level"])

    def level(self) -> Level | None:
        key = self.outcome["level"]
        if key is None:
            return None
        tone = marks.tone_of(key, self.level_keys())
        return Level(self.title_of(key), tone, pictures.mark(tone, self.title_of(key)), self.level_sentence())

    def level_sentence(self) -> str:
        """How sure it is; and where it is sure, what it asks for."""
        low, high = self.outcome["level_low"], self.outcome["level_high"]
        count = len(not_known(self.questionnaire, self.outcome))
        answers = "One answer is" if count == 1 else f"{count} answers are"
        if self.outcome["forbidden"]:
            return "A rule forbids this use as it is described, whatever else is answered."
        if low != high:
            known = "the worst it could be" if self.questionnaire.missing_is_worst else "nothing"
            anything = f"it could be anything from {self.title_of(low)} to {self.title_of(high)}"
            return f"{answers} not known, so {anything}. What is not known counts as {known}."
        if count == 0:
            return f"Every question is answered. {certain(self.questionnaire, self.outcome)}"
        sure = f"{answers} not known, which cannot change the level."
        return f"{sure} {certain(self.questionnaire, self.outcome)}"

    def figure(self, derived: Derived, found: Mapping[str, Any]) -> tuple[str, str, str]:
        """Title, value as things stand with what it means, and what it could be."""
        unit = f" {found['unit']}" if found["unit"] else ""
        band = title_among(derived.bands, found.get("band"))  # snapshots from before there were bands name none
        value = formats.number(found["value"]) + unit + (f" ({band})" if band else "")
        if self.questionnaire.missing_is_worst and found["low"] != found["high"]:
            value = "not known yet"  # what it adds up to so far would read as if nothing more could come
        return found["title"], value, formats.interval(found["low"], found["high"]) + unit

    def gap(self, number: int, gap: Mapping[str, Any]) -> Gap:
        applies_from = gap["applies_from"] and date.fromisoformat(gap["applies_from"])
        return Gap(
            number=number,
            title=gap["title"],
            why=gap["why"],
            action=gap["action"],
            said=said(gap),
            said_in_short=said_in_short(gap),
            owner=gap["owner_title"],
            effort="1 day" if gap["effort"] == 1 else f"{gap['effort']} days",
            due=self.on + timedelta(days=gap["due_days"]),
            buys=what_it_buys(self.questionnaire, self.outcome, gap) or "moves no points by itself",
            first_reference=self.cite(self.leading(gap["references"])),
            references=self.cite(gap["references"]),
            applies_from=None if gap["in_force"] else applies_from,
        )

    def told(self, found: Iterable[flags.Flag], *, in_force: bool) -> tuple[Flag, ...]:
        return tuple(self.flag(flag) for flag in found if flag["in_force"] == in_force)

    def flag(self, flag: Mapping[str, Any]) -> Flag:
        return Flag(
            title=flag["title"],
            because=flag["because"],
            action=flag["action"] or "",
            effect=self.effect(flag),
            answers=quoted(flag["answers"]),
            references=self.cite(flag["references"]),
        )

    def effect(self, flag: Mapping[str, Any]) -> str:
        says = {FORBID: "forbids this use", NOTICE: "applies"}.get(
            flag["effect"], f"sets the level to at least {self.title_of(flag['effect'])}"
        )
        if flag["in_force"]:
            return says
        return f"{says} from {formats.day(date.fromisoformat(flag['applies_from']))}"

    def cite(self, keys: Iterable[str]) -> str:
        """EU AI Act: Art. 26(2); ISO/IEC 42001:2023: A.3.2, A.4.2"""
        found = sorted((self.references[key] for key in keys if key in self.references), key=lambda r: r.framework)
        groups = groupby(found, key=lambda reference: reference.framework)
        return "; ".join(f"{title}: {', '.join(item.id for item in items)}" for title, items in groups)

    def leading(self, keys: Sequence[str]) -> Sequence[str]:
        """The one a manager asks for first: a law, where there is one."""
        laws = [key for key in keys if key in self.references and self.references[key].applies_from]
        return (laws or list(keys))[:1]

    def frameworks(self) -> Iterator[Framework]:
        """Every reference once, in the order of its framework."""
        keys = {key for item in (*self.outcome["gaps"], *self.outcome["flags"]) for key in item["references"]}
        cited = [reference for key, reference in self.references.items() if key in keys]
        for title, found in groupby(cited, key=lambda reference: reference.framework):
            items = tuple(found)
            yield Framework(title, items[0].as_of, items)


def title_among(bands: Iterable[Band], key: str | None) -> str:
    return next((str(band.title) for band in bands if band.key == key), "")


def said(gap: Mapping[str, Any]) -> str:
    """The team's own words, which is where the gap comes from."""
    if not gap["certain"]:
        return f"Not known yet: “{gap['question']}” ({gap['answer']}). It counts as open until it is."
    return f"You answered “{gap['answer']}” to “{gap['question']}”."


def said_in_short(gap: Mapping[str, Any]) -> str:
    return f"You answered “{gap['answer']}”." if gap["certain"] else f"Not known yet: {gap['answer']}."


def quoted(answers: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((answer["title"], answer["answer"]) for answer in answers)


def contradiction(found: Mapping[str, Any]) -> Contradiction:
    return Contradiction(found["title"], found["ask"], quoted(found["answers"]))


def sections(answers: Iterable[Mapping[str, Any]]) -> Iterable[Section]:
    for title, rows in groupby(answers, key=lambda answer: str(answer["section_title"])):
        yield Section(title, tuple((row["title"], row["answer"] or "Not answered") for row in rows))


def method(content: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    asked = content["questionnaire"]
    yield "Answered by", ", ".join(content["authors"])
    yield "Questionnaire", f"{asked['title']}, version {asked['version']} ({asked['key']})"
    yield "Its hash", asked["hash"]
    yield "Scoring engine", f"version {content['engine']}"
    yield "Rules in force on", formats.day(date.fromisoformat(content["on"]))
    if recommended := content.get("recommendations"):
        yield "Use case library", recommended["library_hash"]
    head = content["audit_head"]
    yield "Audit chain then", f"{head['entries']} entries, head {head['hash'] or 'none yet'}"


def use_cases(found: Mapping[str, Any] | None) -> UseCases | None:
    if found is None:
        return None
    lists = {name: tuple(found[name]) for name in ("start_here", "next", "not_yet", "refused")}
    numbered = [*lists["start_here"], *lists["next"], *lists["not_yet"]]
    lists["start_here"] = tuple({**case, "mark": level_mark(case)} for case in lists["start_here"])
    return UseCases(**lists, picture=pictures.use_cases(numbered))


def level_mark(case: Mapping[str, Any]) -> SafeString:
    return pictures.mark(marks.tone_of(case["risk_key"]), case["risk_band"])
