"""The questionnaire as commented YAML. Every name of the survey that changed stands as a comment beside its key."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.notes import DISPLAY, Note, shown
from apps.questionnaires.surveyjs.operators import text_of
from apps.questionnaires.surveyjs.texts import Text

BARE = re.compile(r"[a-z][a-z0-9_]*")
READ_OTHERWISE = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
MAX_NOTES = 500  # in the file; the command prints them all
INDENT = "  "
APART = frozenset({"dimensions", "sections", "contradictions"})  # an empty line before them
LONG = frozenset({"type", "questions", "when"})  # what has one of these takes several lines

HEAD = """\
# Imported from a SurveyJS survey.
#
# Keys are permanent. Where a key differs from the survey's own name or value, that stands behind it as a comment.
# A question is shown under the conditions it has in the survey; an answer that is hidden counts as not given.
"""


def write_questionnaire(document: dict[str, Any], notes: list[Note], rules: str) -> str:
    lines = [HEAD.rstrip("\n"), *_notes(notes), ""]
    for key, value in document.items():
        if value == []:
            continue
        if key in APART:
            lines.append("")
        lines += _entry(key, value, "")
    if rules.strip():
        lines += ["", rules.strip("\n")]
    return "\n".join(lines) + "\n"


def _notes(notes: list[Note]) -> Iterator[str]:
    if not notes:
        yield "# Everything in the survey was carried over."
        return
    shown_here = notes[:MAX_NOTES]
    of_display = [note for note in shown_here if note.grade == DISPLAY]
    yield from _listed("Not carried over, or not as it was", [note for note in shown_here if note.grade != DISPLAY])
    yield from _listed("Not carried over, and only about how the survey looks and runs", of_display)
    if len(notes) > MAX_NOTES:
        yield f"# - and {len(notes) - MAX_NOTES} more"


def _listed(heading: str, notes: list[Note]) -> Iterator[str]:
    if notes:
        yield "#"
        yield f"# {heading} ({len(notes)}):"
    for note in notes:
        yield f"# - {comment(str(note))}"


def comment(text: str) -> str:
    """On one line, whatever is in it: nothing can leave a comment."""
    return "".join(character if character.isprintable() else " " for character in text)


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield f"{indent}{key}:"
        for item in value:
            yield from _item(item, indent + INDENT)
    elif isinstance(value, Text) and not value.is_same:
        yield f"{indent}{key}:"
        for language, said in value.items():
            yield f"{indent}{INDENT}{language}: {scalar(said)}"
    else:
        yield f"{indent}{key}: {flow(value)}"


def _item(item: dict[str, Any], indent: str) -> Iterator[str]:
    """One item of a list. Choices and dimensions fit on a line, sections and questions do not."""
    origin = _origin(item)
    inner = {key: value for key, value in item.items() if key != "#"}
    if not LONG & inner.keys():
        yield f"{indent}- {flow(inner)}{origin}"
        return
    first, *others = (line for key, value in inner.items() for line in _entry(key, value, indent + INDENT))
    yield f"{indent}- {first.lstrip()}{origin}"
    yield from others


def _origin(item: dict[str, Any]) -> str:
    if "#" not in item:
        return ""
    name = text_of(item["#"])
    return "" if not name or name == item["key"] else f"  # {comment(shown(name) if len(name) > 60 else name)}"


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Text) and value.is_same:
        return scalar(value.own)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return text_of(value)
    if BARE.fullmatch(value) and value not in READ_OTHERWISE:
        return str(value)
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    named = {"\n": "\\n", "\t": "\\t"}
    return named.get(character) or (
        f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
    )
