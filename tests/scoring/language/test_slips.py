"""An expression that is written as in another language is told how it is written here."""

import pytest

from apps.scoring import InvalidExpression, Kind, compile_expression

NAMES = {"users": Kind.number(0, 1000), "size": Kind.number(-10, 10), "autonomy": Kind.choice("acts", "decides")}


def test_expression_that_yaml_cut_at_a_comma_is_told_so() -> None:
    with pytest.raises(InvalidExpression, match="a comma ends the value: put the expression in quotes"):
        compile_expression("100 * (1 - min(users", NAMES)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("1 <= users =< 3", "Write “<=” or “>=”."),
        ("users => 3", "Write “<=” or “>=”."),
        ("users <> 3", "Write “!=”."),
        ("users > 3 ? 1 : 2", "Write “x if condition else y”."),
        ("if(users > 3, 1, 2)", "Write “x if condition else y”."),
        ("users = 3", "Write “==” to compare."),
        ("users ** 2", "Write x * x, or exp(y * ln(x))."),
        ("size ^ users", "Write x * x, or exp(y * ln(x))."),
        ("autonomy in ('acts')", "A list of one has a comma: ('x',)."),
    ],
)
def test_slip_is_told_how_it_is_written_here(source: str, hint: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_expression(source, NAMES)

    assert caught.value.message.endswith(hint)
