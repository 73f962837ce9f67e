"""The frameworks and laws that gaps, flags and use cases point to: data with a source and dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
