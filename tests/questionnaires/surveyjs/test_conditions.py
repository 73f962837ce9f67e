import pytest

from apps.questionnaires.surveyjs.conditions import (
    Bare,
    Compare,
    Empty,
    Junction,
    Name,
    Not,
    NotCarried,
    Value,
    read_condition,
)

A, B = Name("a"), Name("b")


@pytest.mark.parametrize("sign", ["=", "==", "equal", "EQUALS"])
def test_read_condition_knows_every_spelling_of_equal(sign: str) -> None:
    assert read_condition(f"{{a}} {sign} 'x'") == Compare("=", A, Value("x"))


def test_read_condition_binds_and_closer_than_or() -> None:
    condition = read_condition("{a} empty || {b} notempty && !{a}")

    assert condition == Junction("or", (Empty(A), Junction("and", (Not(Empty(B)), Not(Bare(A))))))


def test_read_condition_lets_brackets_and_not_change_the_order() -> None:
    condition = read_condition("!({a} empty or {b} empty) and {a} = 1.5")

    assert isinstance(condition, Junction)
    assert condition.parts[0] == Not(Junction("or", (Empty(A), Empty(B))))


def test_read_condition_reads_literals_of_every_sort() -> None:
    condition = read_condition("""{a} anyof ['x, y', "it's", -2, true, null, word, 'it\\'s']""")

    assert isinstance(condition, Compare)
    assert condition.right == Value(["x, y", "it's", -2, True, None, "word", "it's"])


@pytest.mark.parametrize(
    "source",
    [
        "{a} =",
        "{a} = 1 and",
        "({a} = 1",
        "{a} = 1)",
        "{a",
        "{a} = 'x",
        "{a} + 1 = 2",
        "age({a}) > 18",
        "{a} = 1 = 2",
        "({a} = 1) = true",
        "{a} anyof [{b}]",
        "(" * 5_000 + "{a}" + ")" * 5_000,
        "!" * 5_000 + "{a}",
        "{a} = 1 and " * 5_000,
    ],
)
def test_read_condition_says_why_it_cannot_be_carried(source: str) -> None:
    with pytest.raises(NotCarried, match=r"\w+ \w+"):
        read_condition(source)
