"""The frameworks and laws that gaps, flags and use cases point to: data with a source and dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.questionnaires.documents import UnreadableDocument, read_file

ITEM_KEYS = {"key", "id", "title", "applies_from", "applied_from_before", "note"}
FRAMEWORK_KEYS = {"key", "title", "source", "as_of", "note"}


class InvalidReferences(Exception):
    """A reference file is refused; the argument names file and reason."""


@dataclass(frozen=True)
class Reference:
    key: str
    framework: str
    id: str
    title: str
    source: str
    as_of: date
    applies_from: date | None = None
    note: str = ""

    def __str__(self) -> str:
        return f"{self.framework}, {self.id}"


@cache
def all_references() -> Mapping[str, Reference]:
    return read_references(settings.FIXTURES_DIR / "references")


def references_in(content: Any) -> set[str]:
    """Every key that a document points to, wherever in it."""
    if isinstance(content, Mapping):
        listed = content.get("references")
        own = set(listed) if isinstance(listed, list) else set()
        return own.union(*map(references_in, content.values()))
    if isinstance(content, list):
        return set().union(*map(references_in, content))
    return set()


def frozen_references(content: Any) -> dict[str, dict[str, str | None]]:
    """What a document points to, as it reads today: kept with the document, because law is dated."""
    known = all_references()
    return {key: as_json(known[key]) for key in sorted(references_in(content) & known.keys())}


def as_json(reference: Reference) -> dict[str, str | None]:
    values = {field.name: getattr(reference, field.name) for field in fields(reference)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def references_of(content: Mapping[str, Any]) -> Mapping[str, Reference]:
    """As they read when the document was frozen; documents from before they were kept go by today's."""
    return {**all_references(), **{key: from_json(each) for key, each in content.get("references", {}).items()}}


def from_json(values: Mapping[str, Any]) -> Reference:
    applies_from = values["applies_from"]
    dates = {
        "as_of": date.fromisoformat(values["as_of"]),
        "applies_from": date.fromisoformat(applies_from) if applies_from else None,
    }
    return Reference(**{**values, **dates})


def read_references(folder: Path) -> dict[str, Reference]:
    """All references of a folder by key. Raises InvalidReferences."""
    found: dict[str, Reference] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            for reference in parse_framework(read_file(path).data):
                if reference.key in found:
                    raise ValueError(f"the key {reference.key} is used twice")
                found[reference.key] = reference
        except (UnreadableDocument, ValueError, KeyError, TypeError) as error:
            raise InvalidReferences(f"{path.name}: {error}") from error
    return found


def parse_framework(data: Any) -> Iterator[Reference]:
    framework = data["framework"]
    refuse_unknown(framework, FRAMEWORK_KEYS)
    for item in data["items"]:
        refuse_unknown(item, ITEM_KEYS)
        applies_from = item.get("applies_from")
        yield Reference(
            key=str(item["key"]),
            framework=str(framework["title"]),
            id=str(item["id"]),
            title=str(item["title"]),
            source=str(framework["source"]),
            as_of=date.fromisoformat(framework["as_of"]),
            applies_from=date.fromisoformat(applies_from) if applies_from else None,
            note=str(item.get("note") or ""),
        )


def refuse_unknown(mapping: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(mapping) - known:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
