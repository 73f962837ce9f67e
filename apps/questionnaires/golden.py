"""Golden cases: answer sheets with the outcome an expert expects, beside each questionnaire."""

import re
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from apps.questionnaires.documents import MAX_BYTES, UnreadableDocument, read_bytes, read_document, refuse_turning
from apps.scoring import Outcome, Questionnaire, evaluate, read_answers
from apps.scoring.answers import Ignored
from apps.scoring.language.values import day_of
from apps.scoring.parsing.costs import scoring_work
from apps.scoring.parsing.pieces import MOST_WORK
from apps.scoring.texts import holds_control, turning

NEEDED_KEYS = ("name", "on", "expect")
CASE_KEYS = frozenset({*NEEDED_KEYS, "answers"})
MOST_STEPS = 10 * MOST_WORK  # all cases of a version together may take ten times what one outcome may
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
OUTCOME_KEYS = frozenset(field.name for field in fields(Outcome))


@dataclass(frozen=True)
class GoldenCase:
    name: str
    answers: dict[str, Any]
    on: date
    expect: dict[str, Any]
    where: str = ""  # its file, if it has one, and its line


@dataclass(frozen=True)
class Deviation:
    case: str
    part: str
    told: str  # what is wrong with it
    where: str = ""

    def __str__(self) -> str:
        told = f"case '{self.case}': {self.part} {self.told}"
        return f"{self.where}: {told}" if self.where else told


class UnreadableCases(Exception):
    """Not golden cases; the argument is a sentence that says what is wrong and where."""


def cases_beside(path: Path) -> list[GoldenCase]:
    """The golden cases of the questionnaire file `path`. Raises UnreadableCases."""
    return [case for file in _files_beside(path) for case in _read(file, path.parent)[1]]


def source_beside(path: Path) -> str:
    """They lie in files that are lists: put together, one list. Raises UnreadableCases."""
    sources = [_read(file, path.parent)[0] for file in _files_beside(path)]
    together = "\n".join(sources)
    items = [item for source in sources for item in _data(source) or []]
    # Written in different ways, texts may not go together: then what they say does, without their comments.
    return together if _data(together) == (items or None) else yaml.dump(items, Dumper=_Exact, sort_keys=False)


def _data(source: str) -> Any:
    """None when it cannot be read."""
    try:
        return read_document(source.encode()).data
    except UnreadableDocument:
        return None


class _Exact(yaml.SafeDumper):
    """Writes what the reader of documents reads as the same: every text in quotes, decimals as they were."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def _decimal(dumper: yaml.SafeDumper, number: Decimal) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(number, "f"))


_Exact.add_representer(str, _quoted)
_Exact.add_representer(Decimal, _decimal)


def _files_beside(path: Path) -> list[Path]:
    """Those of this version in the folder of its name; without one, those that all versions have in common."""
    own = path.parent / "cases" / path.stem
    folder = own if own.is_dir() else own.parent
    files = sorted(file for file in folder.glob("*") if file.suffix in (".yaml", ".yml"))
    if sum(file.stat().st_size for file in files if file.exists()) > MAX_BYTES:
        raise UnreadableCases(f"{folder.name}: the golden cases together are larger than {MAX_BYTES // 1024} KiB.")
    return files


def _read(file: Path, below: Path) -> tuple[str, list[GoldenCase]]:
    """Each file has to hold by itself: only then is the line that is told a line of it."""
    name = file.relative_to(below).as_posix()
    try:
        raw = read_bytes(file)
    except OSError as error:
        raise UnreadableCases(f"{name}: cannot be read: {error.strerror}") from error
    cases = read_cases(raw, name)
    return raw.decode("utf-8-sig"), cases


def read_cases(source: str | bytes, called: str = "golden cases") -> list[GoldenCase]:
    """Golden cases from YAML; empty text is none. Raises UnreadableCases."""
    raw = source.encode() if isinstance(source, str) else source
    try:
        document = read_document(raw)
        refuse_turning(raw.decode("utf-8-sig"))
    except UnreadableDocument as error:
        raise UnreadableCases(f"{called}: {error}") from error
    items = [] if document.data is None else document.data
    if not isinstance(items, list):
        raise UnreadableCases(f"{called}: they are a list; begin each with “- name:”.")
    cases = []
    for number, item in enumerate(items):
        where = f"{called}: line {document.line_of(f'[{number}]')}"
        try:
            cases.append(parse_case(item, where))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            told = f"each needs name, answers, on and expect, which names parts of the outcome; {_strange(item)}"
            raise UnreadableCases(f"{where}: {told}") from error
        if told := "a control character." if holds_control(cases[-1].name, "") else turning(cases[-1].name):
            raise UnreadableCases(f"{where}: the name holds {told}")
    return cases


def _strange(item: Any) -> str:
    expect = item.get("expect") if isinstance(item, dict) else None
    known = [(item, CASE_KEYS), (expect, OUTCOME_KEYS)]
    odd = [str(key)[:60] for part, keys in known if isinstance(part, dict) for key in part if key not in keys]
    if odd:
        return f"there is no “{odd[0]}”."
    missing = [key for key in NEEDED_KEYS if isinstance(item, dict) and key not in item]
    return f"“{missing[0]}” is missing." if missing else "something is of the wrong type."


def parse_case(item: dict[str, Any], where: str = "") -> GoldenCase:
    answers, expect = item.get("answers") or {}, item["expect"]
    if not (isinstance(item["name"], str) and isinstance(answers, dict) and isinstance(expect, dict)):
        raise TypeError("a name is a text, answers and expect are mappings")
    day = day_of(item["on"])
    if day is None:
        raise ValueError("a day is written as 2026-11-22")
    if not item.keys() <= CASE_KEYS or not expect.keys() <= OUTCOME_KEYS:
        raise ValueError("a key that means nothing would be a case that says nothing")
    return GoldenCase(item["name"], answers, day, expect, where)


def deviations(questionnaire: Questionnaire, cases: list[GoldenCase]) -> list[Deviation]:
    tried = max(1, MOST_STEPS // scoring_work(questionnaire))
    found = [deviation for case in cases[:tried] for deviation in check_case(questionnaire, case)]
    if len(cases) > tried:
        told = f"is number {tried + 1}, and only {tried} are tried of a questionnaire that takes this long to score"
        found.append(Deviation(cases[tried].name, "it", told, cases[tried].where))
    return found


def check_case(questionnaire: Questionnaire, case: GoldenCase) -> list[Deviation]:
    outcome = evaluate(questionnaire, case.answers, on_date=case.on).as_json()
    wrong = [
        Deviation(case.name, part, _told(expected, found), case.where)
        for part, expected in case.expect.items()
        if not matches(expected, found := comparable(outcome.get(part), expected))
    ]
    slips = () if "ignored" in case.expect else read_answers(questionnaire, case.answers).ignored
    uncounted = [Deviation(case.name, f"the answer to {one.key}", _not_counted(one), case.where) for one in slips]
    return uncounted + wrong


def _told(expected: Any, found: Any) -> str:
    """Only what differs, however deep it is."""
    if isinstance(expected, dict) and isinstance(found, dict):
        wrong = [key for key, value in expected.items() if key not in found or not matches(value, found[key])]
        return "; ".join(
            f"{key} {_told(expected[key], found[key])}" if key in found else f"{key} is not there" for key in wrong
        )
    if isinstance(expected, list) and isinstance(found, list):
        lacks = [item for item in map(str, expected) if item not in found]
        extra = [item for item in found if item not in map(str, expected)]
        wanted = [f"{verb} {', '.join(items)}" for verb, items in (("have", lacks), ("not have", extra)) if items]
        return f"should {' and '.join(wanted)}" if wanted else f"should be {_word(expected)} but is {_word(found)}"
    return f"should be {_word(expected)} but is {_word(found)}"


def _word(value: Any) -> str:
    """As it is written in a golden case."""
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_word, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_word(part)}" for key, part in value.items())
    return f"'{value}'" if isinstance(value, str) and not _NUMBER.fullmatch(value) else str(value)


def _not_counted(slip: Ignored) -> str:
    return f"does not count: {slip.reason}"


def comparable(found: Any, expected: Any) -> Any:
    """Lists of things with keys compare by key, as sets; mappings compare on the keys the case names."""
    if isinstance(found, list):
        return sorted(
            str(item.get("key") or item["question"]) if isinstance(item, dict) else str(item) for item in found
        )
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: comparable(found[key], value) for key, value in expected.items() if key in found}
    return found


def matches(expected: Any, found: Any) -> bool:
    if isinstance(expected, list):
        return bool(sorted(map(str, expected)) == found)
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(key in found and matches(value, found[key]) for key, value in expected.items())
    if isinstance(expected, bool) or expected is None:
        return expected is found
    return str(expected) == str(found)
