"""Reads the catalog's own files. Either everything in them is valid, or nothing is taken and every reason is given."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from apps.catalog.fields import Unreadable, read_day
from apps.catalog.models import Approval
from apps.catalog.observations import Observation, Problem, Refused, read_observation
from apps.catalog.rules import catalog_file, parse_rules, read_yaml


@dataclass(frozen=True)
class ProviderEntry:
    key: str
    name: str
    website: str = ""


@dataclass(frozen=True)
class SourceEntry:
    key: str
    title: str
    rank: int
    url: str = ""


@dataclass(frozen=True)
class ApprovalEntry:
    status: str
    reason: str
    models: tuple[str, ...]
    months: int = 0
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogFiles:
    providers: tuple[ProviderEntry, ...]
    sources: tuple[SourceEntry, ...]
    observations: Mapping[str, tuple[Observation, ...]]


def read_catalog(folder: Path | None = None) -> CatalogFiles:
    """Raises Refused with file, path and reason of every problem."""
    folder = folder or catalog_file("")
    parse_rules(read_yaml(folder / "profile_rules.yaml"))
    problems: list[Problem] = []
    providers = read_entries(folder / "providers.yaml", ProviderEntry, problems)
    sources = read_entries(folder / "sources.yaml", SourceEntry, problems)
    observations = read_models(folder / "models.yaml", {p.key for p in providers}, {s.key for s in sources}, problems)
    if problems:
        raise Refused(problems)
    return CatalogFiles(tuple(providers), tuple(sources), observations)


def read_approvals(folder: Path | None = None) -> list[ApprovalEntry]:
    problems: list[Problem] = []
    path = (folder or catalog_file("")) / "approvals.yaml"
    entries = read_entries(path, ApprovalEntry, problems)
    problems += [Problem(path.name, f"unknown status {e.status!r}") for e in entries if e.status not in Approval.values]
    if problems:
        raise Refused(problems)
    return entries


def read_entries(path: Path, kind: type[Any], problems: list[Problem]) -> list[Any]:
    raw = read_yaml(path)
    if not isinstance(raw, list):
        raise Refused([Problem(path.name, "expected a list")])
    entries = []
    for place, item in enumerate(raw):
        try:
            entries.append(kind(**item))
        except TypeError as error:
            problems.append(Problem(f"{path.name}[{place}]", str(error).replace("__init__() ", "")))
    return entries


def read_models(
    path: Path, providers: set[str], sources: set[str], problems: list[Problem]
) -> dict[str, tuple[Observation, ...]]:
    raw = read_yaml(path)
    if not isinstance(raw, list):
        raise Refused([Problem(path.name, "expected a list of models")])
    found: dict[str, list[Observation]] = defaultdict(list)
    seen: set[str] = set()
    for place, item in enumerate(raw):
        where = f"{path.name}[{place}]"
        try:
            for observation in read_model(item, where, sources):
                check_known(observation, where, providers)
                found[observation.source].append(observation)
            if item["id"] in seen:
                problems.append(Problem(f"{where}.id", f"{item['id']} is in the file twice"))
            seen.add(item["id"])
        except Refused as refused:
            problems += refused.problems
    return {source: tuple(observations) for source, observations in found.items()}


def read_model(item: Any, where: str, sources: set[str]) -> list[Observation]:
    keys = {"id", "name", "provider", "observations"}
    if not isinstance(item, Mapping) or set(item) != keys:
        raise Refused([Problem(where, f"expected a mapping with {', '.join(sorted(keys))}")])
    if not isinstance(item["observations"], Mapping) or not item["observations"]:
        raise Refused([Problem(f"{where}.observations", "expected a mapping from source to what it says")])
    found = []
    for source, raw in item["observations"].items():
        path = f"{where}.observations.{source}"
        if source not in sources:
            raise Refused([Problem(path, "unknown source; see sources.yaml")])
        identity = {"slug": item["id"], "name": item["name"], "provider": item["provider"]}
        found.append(read_observation(**identity, source=source, as_of=read_as_of(raw, path), raw=raw, path=path))
    return found


def read_as_of(raw: Any, path: str) -> date:
    try:
        return date.fromisoformat(read_day(raw["as_of"]))
    except (KeyError, TypeError, Unreadable):
        raise Refused([Problem(f"{path}.as_of", "expected a day as YYYY-MM-DD")]) from None


def check_known(observation: Observation, where: str, providers: set[str]) -> None:
    unknown = {observation.provider, *observation.offers} - providers
    if unknown:
        raise Refused([Problem(where, f"unknown provider {', '.join(sorted(unknown))}; see providers.yaml")])
