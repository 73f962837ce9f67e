"""uv.lock names one public registry, so that it installs the same everywhere."""

import itertools
import re
import tomllib

from tests.house_rules.source import ROOT

LOCK = (ROOT / "uv.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def test_lock_names_one_public_registry():
    assert set(re.findall(r'registry = "([^"]*)"', LOCK)) == {"https://pypi.org/simple"}


def test_lock_has_files_of_the_public_host_only():
    hosts = set(re.findall(r'url = "([a-z+]+://[^/"]*)', LOCK))

    assert hosts == {"https://files.pythonhosted.org"}


def test_lock_names_no_local_path():
    assert set(re.findall(r'\b(path|directory|editable) = "([^"]*)"', LOCK)) == set()


def test_lock_holds_every_dependency():
    wanted = [*PROJECT["dependencies"], *(name for extra in EXTRAS.values() for name in extra)]
    names = {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in wanted}
    locked = {package["name"] for package in tomllib.loads(LOCK)["package"]}

    assert names <= locked


def test_every_dependency_says_why():
    """A comment on the line or above it; a comment may cover the lines that follow it."""
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    entries = block.splitlines()[1:-2]

    uncommented = [line for before, line in itertools.pairwise(entries) if is_entry(line) and is_entry(before)]

    assert not uncommented


def is_entry(line: str) -> bool:
    return line.strip().startswith('"') and "#" not in line
