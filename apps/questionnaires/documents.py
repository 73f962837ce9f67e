"""YAML text to plain data, safely: bounded, no aliases, no tags, no duplicate keys, and the line of every part.

Scalars follow the YAML 1.2 core rules, not 1.1: `yes` is text, numbers with a point are exact Decimals,
dates stay text.
"""

import re
from argparse import ArgumentTypeError
from dataclasses import dataclass, field
from decimal import Decimal
from errno import ESPIPE
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import yaml

from apps.scoring.canonical import nfc
from apps.scoring.texts import turning

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 30
MAX_NODES = 200_000
MAX_DIGITS = 30
MAX_PATH = 300  # characters; what has a longer one is told with the line of what is around it
MAX_NAME = 1_000  # characters of a file's name with its folders
QUOTED = ("'", '"', "|", ">")

INTEGER = re.compile(r"[-+]?[0-9]+")
DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class UnreadableDocument(Exception):
    """Not a document we accept. `line` is 1-based, 0 when it concerns the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.line = message, line

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True)
class Document:
    """`lines` maps a path such as `sections[0].questions[1].key` to its 1-based line."""

    data: Any
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int:
        """The line of `path`, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def file_name(text: str) -> Path:
    """For arguments of commands, whose errors repeat the name."""
    if len(text) > MAX_NAME:
        raise ArgumentTypeError(f"a file name of {len(text):,} characters is too long")
    return Path(text)


def read_bytes(path: Path, at_most: int = MAX_BYTES) -> bytes:
    """No more than shows that the file is too large. Raises OSError."""
    if path.is_fifo() and Path("/dev") not in path.parents:  # standard input is one, and has somebody who writes
        raise OSError(ESPIPE, "it is a pipe, on which one might wait for ever")
    with path.open("rb") as file:
        return file.read(at_most + 1)


def write_beside(path: Path, text: str) -> Path:
    """A new file next to `path`, to be moved there once it is whole. Raises OSError, and then leaves nothing behind."""
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(text.encode())
            file.flush()
            temporary.chmod(0o644)
        except BaseException:
            temporary.unlink()
            raise
    return temporary


def read_file(path: Path) -> Document:
    try:
        return read_document(read_bytes(path))
    except OSError as error:
        raise UnreadableDocument(f"cannot be read: {error.strerror}") from error


def read_document(raw: bytes) -> Document:
    """Raises UnreadableDocument."""
    text = decode(raw)
    try:
        check_events(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise UnreadableDocument(f"is not YAML: {error.problem or error.context}.", line) from error
    except yaml.YAMLError as error:
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text[: odd.start()].count("\n") + 1 if odd else 0
        raise UnreadableDocument("is not YAML: it contains a character that is not allowed.", line) from error
    lines: dict[str, int] = {}
    return Document(construct(node, "", lines) if node else None, lines)


def decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise UnreadableDocument(f"is larger than {MAX_BYTES // 1024} KiB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument("is not UTF-8 text.", raw[: error.start].count(b"\n") + 1) from error
    if "\0" in text:
        raise UnreadableDocument("contains a NUL character.", text[: text.index("\0")].count("\n") + 1)
    return text


def refuse_turning(text: str) -> None:
    """Also in comments, which people read as well. No part of reading: what was published stays readable."""
    for number, line in enumerate(text.split("\n"), start=1):
        if told := turning(line):
            raise UnreadableDocument(f"holds {told}", number)


def check_events(text: str) -> None:
    """Before anything is built: one document, bounded depth and size, no alias, anchor or tag."""
    depth = documents = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if number > MAX_NODES:
            raise UnreadableDocument(f"has more than {MAX_NODES:,} parts.", line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableDocument("uses an alias or anchor (& or *); write the value out.", line)
        if getattr(event, "tag", None):
            raise UnreadableDocument("uses a tag (!); only plain values are allowed.", line)
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise UnreadableDocument(f"is nested deeper than {MAX_DEPTH} levels.", line)
        if documents > 1:
            raise UnreadableDocument("holds more than one document.", line)


LIKE_A_PATH = frozenset(".[")


def construct(node: yaml.Node, path: str, lines: dict[str, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [construct(child, below(path, f"[{index}]"), lines) for index, child in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = mapping_key(key_node, result)
        inside: dict[str, int] = {}
        result[key] = construct(value_node, below(path, f".{key}" if path else key), inside)
        if LIKE_A_PATH.isdisjoint(key):  # otherwise it would take the line of what has that path
            # A value may begin lines below its key; a long key is told by its beginning.
            inside |= {f"{path}.{name}" if path else name: key_node.start_mark.line + 1 for name in (key, key[:60])}
            lines |= inside
    return result


def below(path: str, part: str) -> str:
    """Paths are kept for every part of a document, so they do not grow with hostile keys."""
    return path + part if len(path) + len(part) <= MAX_PATH else path


def mapping_key(node: yaml.Node, seen: dict[str, Any]) -> str:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        raise UnreadableDocument("has a key that is not a word.", line)
    key = nfc(node.value)  # one é is written in two ways; the hash knows one
    if key in seen:
        raise UnreadableDocument(f"has the key '{key[:60]}' twice.", line)
    return key


def scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style in QUOTED:
        return text
    if text in CONSTANTS:
        return CONSTANTS[text]
    is_integer = INTEGER.fullmatch(text)
    if is_integer or DECIMAL.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise UnreadableDocument(f"has a number of more than {MAX_DIGITS} digits.", node.start_mark.line + 1)
        return int(text) if is_integer else Decimal(text)
    return text
