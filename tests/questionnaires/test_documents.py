import os
import resource
from decimal import Decimal
from pathlib import Path

import pytest

from apps.questionnaires.documents import MAX_BYTES, UnreadableDocument, read_document, read_file, write_beside


def test_scalars_follow_yaml_1_2() -> None:
    document = read_document(b"a: yes\nb: true\nc: 1.50\nd: 2026-11-22\ne: '12'\nf: 12\ng:\nh: 0o7\n")

    expected = {
        "a": "yes",
        "b": True,
        "c": Decimal("1.50"),
        "d": "2026-11-22",
        "e": "12",
        "f": 12,
        "g": None,
        "h": "0o7",
    }
    assert document.data == expected
    assert str(document.data["c"]) == "1.50"


def test_line_of_part_and_of_missing_part() -> None:
    document = read_document(b"sections:\n  - key: a\n    questions:\n      - key: q\n")

    assert document.line_of("sections[0].questions[0].key") == 4
    assert document.line_of("sections[0].questions[0].choices[1].points") == 4
    assert document.line_of("levels") == 1


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


LAUGHS = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param(LAUGHS, "line 1: uses an alias or anchor", id="aliases that explode"),
        pytest.param(b"a: !!python/object/apply:os.system [id]", "uses a tag", id="a tag that runs code"),
        pytest.param(b"a: !secret x", "uses a tag", id="an unknown tag"),
        pytest.param(b"a: 1\nb: 2\na: 3", "line 3: has the key 'a' twice", id="a duplicate key"),
        pytest.param("é: 1\ne\u0301: 2".encode(), "line 2: has the key 'é' twice", id="one key in two encodings"),
        pytest.param(b"a: \0", "line 1: contains a NUL", id="a NUL byte"),
        pytest.param(b"a: 1\nb: \xff", "line 2: is not UTF-8", id="wrong encoding"),
        pytest.param("a: 1".encode("utf-16"), "is not UTF-8", id="UTF-16"),
        pytest.param(b"x" * (MAX_BYTES + 1), "is larger than 1024 KiB", id="too large"),
        pytest.param(nested(40), "is nested deeper than 30", id="too deep"),
        pytest.param(b"[" + b"1," * 200_000 + b"]", "has more than 200,000 parts", id="too many parts"),
        pytest.param(b"a: 1\n---\nb: 2", "holds more than one document", id="two documents"),
        pytest.param(b"? [a]\n: 1", "has a key that is not a word", id="a list as key"),
        pytest.param(b"a: [1", "is not YAML", id="broken syntax"),
        pytest.param(b"a: \x07", "is not YAML", id="a control character"),
        pytest.param(b"a: " + b"9" * 5000, "more than 30 digits", id="a number of 5,000 digits"),
    ],
)
def test_hostile_document_is_refused_with_a_sentence(raw: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        read_document(raw)

    assert sentence in str(refusal.value)


def test_empty_document_is_nothing() -> None:
    assert read_document(b"").data is None


def test_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be read"):
        read_file(tmp_path / "none.yaml")


def test_key_is_on_its_own_line_however_far_its_value_begins() -> None:
    document = read_document(b"roles:\n  # a comment\n\n  lead: >-\n    Team\n    lead\nflags:\n  - key:\n      x\n")

    assert [document.line_of(path) for path in ("roles", "roles.lead", "flags[0]", "flags[0].key")] == [1, 4, 8, 8]


def test_long_key_is_found_by_its_beginning() -> None:
    key = "k" * 80
    document = read_document(f"a: 1\nb:\n  c: 2\n  {key}: 3\n".encode())

    assert document.line_of(f"b.{key[:60]}") == document.line_of(f"b.{key}") == 4


@pytest.mark.parametrize("before", [True, False])
def test_key_that_looks_like_a_path_takes_no_line_from_the_real_one(before: bool) -> None:
    odd, real = "'a[0].b': 1\n", "a:\n  - c: 1\n    b: 2\n"
    document = read_document((odd + real if before else real + odd).encode())

    assert document.line_of("a[0].b") == (4 if before else 3)


def test_character_that_is_not_allowed_has_its_line() -> None:
    with pytest.raises(UnreadableDocument, match=r"line 3: .*not allowed"):
        read_document(b"a: 1\nb: 2\nc: \x1b[2J\n")


def test_what_cannot_be_written_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            write_beside(tmp_path / "state", "x" * 200)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


MANY = b"[" + b"0," * 20_000 + b"]"
LONG_KEY = b"? " + b"k" * 100_000 + b"\n: " + MANY
LONG_KEYS = b"{" + (b"k" * 1_000 + b": {") * 27 + b"a: " + MANY + b"}" * 28


@pytest.mark.parametrize("raw", [LONG_KEY, LONG_KEYS], ids=["a long key", "long keys in each other"])
def test_lines_of_parts_below_long_keys_take_little_memory(raw: bytes) -> None:
    lines = read_document(raw).lines

    assert sum(map(len, lines)) < 10 * len(raw)


def test_pipe_on_which_nobody_writes_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "v1.yaml")

    with pytest.raises(UnreadableDocument, match="cannot be read: it is a pipe"):
        read_file(tmp_path / "v1.yaml")
