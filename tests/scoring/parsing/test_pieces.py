"""What the points of a number question can be at most."""

from decimal import Decimal
from typing import Any

import pytest

from apps.scoring import check_questionnaire, compile_expression, parse_questionnaire
from apps.scoring.language.values import Kind
from apps.scoring.parsing import pieces
from tests.factories.definitions import make_choices, make_definition, make_question

FORMULAS = [
    ("users if users <= 10 else 10", 10),
    ("10 - users if users < 4 else users / 100", 10),
    ("20 if users > 2.5 else 3", 20),
    ("users / max(1, users)", 500),
    ("100 / users", 100),
    ("users * 2 if kind == 'big' else 5 if kind == 'small' else 0", 2000),
    ("half * 4 if half < 1.25 else 3", Decimal("4.8")),
    ("0 - users - 1", 0),
    ("1 if day < date('2026-01-01') else 2", 2),
]


def definition(formula: str) -> dict[str, Any]:
    return make_definition(
        make_question("kind", choices=make_choices(big=1, small=0)),
        make_question("day", type="date"),
        make_question("half", type="number", places=1, maximum=5),
        make_question("users", type="number", points={"exposure": formula}),
        dimensions=[{"key": "exposure", "title": "Exposure"}],
    )


@pytest.mark.parametrize(("formula", "most"), FORMULAS)
def test_most_that_a_number_can_give_is_found_piece_by_piece(formula: str, most: Decimal | int) -> None:
    found = parse_questionnaire(definition(formula)).question("users").points[0].maximum

    assert found == most


def test_too_many_pieces_are_not_tried_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the question's own are."""
    monkeypatch.setattr(pieces, "MOST_COMBINATIONS", 2)
    formula = "(users if users <= 10 else 10) + (half if half < 1 else 1)"

    assert parse_questionnaire(definition(formula)).question("users").points[0].maximum == 15


def test_points_that_never_have_a_value_give_nothing() -> None:
    assert parse_questionnaire(definition("users / (1 - 1)")).question("users").points[0].maximum == 0


def test_formulas_and_conditions_of_one_file_share_what_may_be_tried() -> None:
    condition, work = compile_expression("n > 5", {"n": Kind.number(0, 9)}), pieces.Work(left=24)

    assert [work.allows(3, [condition]), work.allows(2, [condition]), work.allows(1, [condition])] == [
        True,
        False,
        True,
    ]
    assert work.left == 4


def test_logarithms_cost_more_to_try() -> None:
    condition, work = compile_expression("ln(n) > exp(n)", {"n": Kind.number(0, 9)}), pieces.Work()

    assert work.allows(2, [condition])
    assert work.left == pieces.MOST_WORK - 2 * (len("ln(n) > exp(n)") + 2 * pieces.SLOW_STEPS)


def test_where_too_much_was_tried_the_rest_of_a_file_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = definition("users if users <= 10 else 10")
    impossible["sections"][0]["questions"].append(
        make_question("never", visible_if="kind == 'big' and kind == 'small'")
    )
    assert [problem.message for problem in check_questionnaire(impossible)] == [
        "The question “never” can never be seen."
    ]

    monkeypatch.setattr(pieces.Work, "allows", lambda *_: False)

    assert parse_questionnaire(definition("users if users <= 10 else 10")).question("users").points[0].maximum == 1000
    assert check_questionnaire(impossible) == []
