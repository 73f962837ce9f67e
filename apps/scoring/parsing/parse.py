"""From loaded data (mappings, lists, texts, numbers) to a Questionnaire: all of it, or every problem at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from apps.scoring.canonical import content_hash
from apps.scoring.definitions import Questionnaire
from apps.scoring.parsing.completeness import find_problems
from apps.scoring.parsing.parse_questions import parse_sections
from apps.scoring.parsing.parse_rules import (
    names_of_dimensions,
    parse_contradictions,
    parse_derived,
    parse_dimensions,
    parse_flags,
    parse_levels,
    parse_renames,
)
from apps.scoring.parsing.problems import MAX_PROBLEMS, InvalidDefinition, Problem, Problems
from apps.scoring.parsing.reader import Context, Reader, read_text
from apps.scoring.texts import Text

SCHEMA = 1
MAX_TITLE = 200  # lists show it, and it is kept beside the document


def parse_questionnaire(
    data: object, *, known_references: Collection[str] | None = None, published: bool = False
) -> Questionnaire:
    """Raises InvalidDefinition with every problem found; nothing is ever half loaded.

    What is `published` was found complete before, by the rules of its day; newer ones must not make it unreadable.
    """
    questionnaire, problems = _read(data, known_references, complete=not published)
    if problems:
        raise InvalidDefinition(tuple(problems))
    return questionnaire


def check_questionnaire(
    data: object, *, known_references: Collection[str] | None = None, at_most: int = MAX_PROBLEMS
) -> list[Problem]:
    return _read(data, known_references, complete=True, at_most=at_most)[1]


def _read(
    data: object, known_references: Collection[str] | None, *, complete: bool, at_most: int = MAX_PROBLEMS
) -> tuple[Questionnaire, list[Problem]]:
    known = None if known_references is None else frozenset(known_references)
    context = Context(Problems(at_most), known_references=known, published=not complete)
    questionnaire = _parse(Reader(data, "", context))
    if complete:
        find_problems(questionnaire, context.problems)
    return questionnaire, list(context.problems.found)


def _parse(reader: Reader) -> Questionnaire:
    context = reader.context
    context.languages = _languages(reader)
    context.roles = roles = _roles(reader)
    references = reader.references()
    context.listed_references = frozenset(references) if reader.get("references") is not None else None
    dimensions = parse_dimensions(reader)
    context.dimensions = [dimension.key for dimension in dimensions]
    context.later_names = _question_keys(reader.data)
    sections, names = parse_sections(reader)
    context.later_names = frozenset()
    names |= names_of_dimensions(context.dimensions)
    derived = parse_derived(reader, names)
    levels = reader.part("levels", lambda part: parse_levels(part, names, [value.key for value in derived]))
    questions = {question.key: question for section in sections for question in section.questions}
    _schema(reader)
    questionnaire = Questionnaire(
        key=reader.key(),
        version=reader.whole("version", 1, 1_000_000),
        hash="",
        languages=context.languages,
        title=_title(reader),
        summary=reader.text("summary"),
        result=reader.one_of("result", ("use_cases", "risk")),
        minutes=reader.whole("minutes", 1, 10_000, 0) or None,
        roles=roles,
        references=references,
        dimensions=dimensions,
        sections=sections,
        derived=derived,
        levels=levels,
        flags=parse_flags(reader, names, levels),
        contradictions=parse_contradictions(reader, names),
        renames=parse_renames(reader, questions),
    )
    reader.done()
    return questionnaire if context.problems.found else replace(questionnaire, hash=content_hash(reader.data))


def _schema(reader: Reader) -> None:
    schema = reader.get("schema", required=True)
    if schema is not None and (schema != SCHEMA or isinstance(schema, bool)):
        reader.problem("schema", f"This should be {SCHEMA}, the version of this format.")


def _title(reader: Reader) -> Text:
    title = reader.text("title")
    if len(title.fallback) > MAX_TITLE:
        told = f"The title has {len(title.fallback)} characters; at most {MAX_TITLE} are allowed."
        reader.problem("title", f"{told} Say the rest in “summary”.")
    return title


def _languages(reader: Reader) -> tuple[str, ...]:
    found = reader.strings("languages", required=True)
    for language in found:
        parts = language.split("-")
        if not (2 <= len(parts[0]) <= 3 and parts[0].islower() and all(p.isascii() and p.isalnum() for p in parts)):
            reader.problem("languages", f"“{language}” is not a language code such as en or fr-CA.")
    if len(set(found)) < len(found):
        reader.problem("languages", "A language is listed twice.")
    return tuple(dict.fromkeys(found)) or ("en",)


def _roles(reader: Reader) -> dict[str, Text]:
    roles = {}
    for key, path, value in reader.pairs("roles"):
        if reader.checked_key(key, "roles"):
            roles[key] = read_text(value, path, reader.context)
    return roles


def _question_keys(data: Mapping[object, object]) -> frozenset[str]:
    """Every question key of the file, wherever it stands."""
    questions = (question for section in _mappings(data, "sections") for question in _mappings(section, "questions"))
    return frozenset(question["key"] for question in questions if isinstance(question.get("key"), str))


def _mappings(data: Mapping[object, Any], key: str) -> list[Mapping[object, Any]]:
    """Tolerant, since nothing has been checked yet."""
    found = data.get(key)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list | tuple) else []
