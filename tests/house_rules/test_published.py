"""A published questionnaire never changes: a correction is a new version."""

import pytest

from apps.questionnaires.actions import parse_source
from tests.house_rules.source import ROOT

FOLDER = ROOT / "fixtures" / "questionnaires"
LINES = [line.split() for line in (FOLDER / "PUBLISHED").read_text().splitlines() if line and line[0] != "#"]
LISTED = {f"{key} {version}": sha256 for key, version, sha256 in LINES}
FILES = {f"{path.parent.name} {path.stem}": path for path in FOLDER.glob("*/v*.yaml")}


@pytest.mark.parametrize("name", sorted(LISTED))
def test_published_file_has_the_hash_it_was_published_with(name):
    assert parse_source(FILES[name].read_bytes()).hash == LISTED[name]


def test_every_version_but_the_newest_is_published():
    newest: dict[str, int] = {}
    for name in FILES:
        newest[key_of(name)] = max(number(name), newest.get(key_of(name), 0))
    older = {name for name in FILES if number(name) < newest[key_of(name)]}

    assert older <= set(LISTED)


def key_of(name: str) -> str:
    return name.split()[0]


def number(name: str) -> int:
    return int(name.split()[1].removeprefix("v"))
