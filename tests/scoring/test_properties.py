"""What holds for every questionnaire and every way of answering it."""

import copy
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.scoring import (
    Outcome,
    Questionnaire,
    canonical_bytes,
    check_questionnaire,
    close_gaps,
    evaluate,
    parse_questionnaire,
    read_answers,
    visible_questions,
)
from apps.scoring.score import decisive
from tests.factories.definitions import (
    make_choices,
    make_control,
    make_gap,
    make_question,
    make_scored_definition,
)

TODAY = date(2026, 11, 22)
LEVELS = ["low", "moderate", "high", "critical"]


def branching_questions() -> list[dict[str, Any]]:
    """Every type of question, conditions on conditions, formulas."""
    per_user = {"exposure": "users / 50"}
    checks = [
        {"key": "a", "title": "A", "points": {"control": 2}},
        {"key": "b", "title": "B", "points": {"control": -1}},
        {"key": "none", "title": "None", "exclusive": True},
    ]
    audit = [*make_choices(done=0, never=5), {"key": "na", "title": "Not applicable", "not_applicable": True}]
    return [
        {**make_control("review"), "visible_if": "reach != 'few'"},
        make_question("audit", choices=audit, gap=make_gap("done"), visible_if="not ('public' in data)"),
        make_control("logging", there=5, missing=-1, effort=2),
        make_question("users", type="number", maximum=500, points=per_user, visible_if="reach != 'few'"),
        make_question("since", type="date", visible_if="answered(users) and users > 100"),
        make_question("note", type="short_text", required=False),
        make_question("checks", type="multi", dont_know=True, choices=checks, gap=make_gap("a")),
    ]


MORE = {
    "key": "more",
    "title": "More",
    "visible_if": "'health' in data or count(checks) > 1",
    "questions": [make_question("extra", choices=make_choices(x=7, y=-2), visible_if="not ('a' in checks)")],
}
DERIVED = [
    {"key": "load", "title": "Load", "value": "(users if answered(users) else 0) / 3 + count(checks) * 0"},
    {"key": "worst", "title": "Worst", "value": "max(worth(reach) * worth(audit), worth(data), -worth(checks))"},
    {"key": "base", "title": "Base", "value": "share(exposure) * (120 - share(control)) / 100"},
    {
        "key": "residual",
        "title": "Residual",
        "value": "min(100, base + worst / 10 + (10 if answered(since) and since < date('2025-01-01') else 0))",
        "round": {"places": 1, "mode": "half_up"},
    },
]
FLAGS = [
    {
        "key": "unchecked",
        "title": "Unchecked",
        "when": "'none' in checks or residual > 70 or points(exposure) > maximum(exposure) * 0.9",
        "effect": {"minimum_level": "moderate"},
        "because": "So.",
    },
    {"key": "banned", "title": "Banned", "when": "extra == 'x'", "effect": "forbid", "because": "So."},
    {"key": "told", "title": "Told", "when": "reach != 'few'", "effect": "notice", "because": "So."},
]


def branching_definition() -> dict[str, Any]:
    """Flags and a level over all of it."""
    data = make_scored_definition(*branching_questions(), derived=copy.deepcopy(DERIVED))
    data["sections"].append(copy.deepcopy(MORE))
    data["dimensions"][1]["maximum_over"] = "all"
    data["flags"] += copy.deepcopy(FLAGS)
    return data


FORM = parse_questionnaire(branching_definition())

DONT_KNOW = {"dont_know": True}
OFFERED: dict[str, st.SearchStrategy[Any]] = {
    "reach": st.sampled_from(["few", "many", "everyone", DONT_KNOW]),
    "data": st.just(["none"]) | st.lists(st.sampled_from(["public", "personal", "health"]), min_size=1, unique=True),
    "review": st.sampled_from(["there", "missing"]),
    "logging": st.sampled_from(["there", "missing"]),
    "audit": st.sampled_from(["done", "never", "na"]),
    "users": st.integers(0, 500).map(str),
    "since": st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(date.isoformat),
    "note": st.text(alphabet="abc xyz", max_size=20),
    "checks": st.sampled_from([["a"], ["b"], ["a", "b"], ["none"], DONT_KNOW]),
    "extra": st.sampled_from(["x", "y"]),
}
ANSWERS = st.fixed_dictionaries({}, optional=OFFERED)


def score(answers: dict[str, Any], form: Questionnaire = FORM) -> Outcome:
    return evaluate(form, answers, on_date=TODAY)


@settings(max_examples=200, deadline=None)
@given(ANSWERS, ANSWERS)
def test_every_completion_lies_inside_the_interval(answers: dict[str, Any], more: dict[str, Any]) -> None:
    known = {key: value for key, value in answers.items() if value != DONT_KNOW}

    wide, narrow = score(answers), score({**more, **known})

    for key, dimension in narrow.dimensions.items():
        outer = wide.dimensions[key]
        assert outer.low <= dimension.low <= dimension.points <= dimension.high <= outer.high
        assert outer.share_low <= dimension.share_low <= dimension.share <= dimension.share_high <= outer.share_high
    for key, derived in narrow.derived.items():
        if derived.value is not None:
            low, high = wide.derived[key].low, wide.derived[key].high
            assert low is not None
            assert high is not None
            assert low <= derived.value <= high
    order = [wide.level_low, narrow.level_low, narrow.level_high, wide.level_high]
    assert [LEVELS.index(str(level)) for level in order] == sorted(LEVELS.index(str(level)) for level in order)
    assert {flag.key for flag in narrow.flags} <= {flag.key for flag in wide.flags} | set(wide.possible_flags)


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries(OFFERED).filter(lambda a: DONT_KNOW not in a.values()))
def test_nothing_missing_leaves_no_interval(answers: dict[str, Any]) -> None:
    outcome = score({**answers, "note": "x"})

    assert not outcome.missing
    assert outcome.level_low == outcome.level == outcome.level_high
    assert all(d.low == d.points == d.high and d.share_low == d.share_high for d in outcome.dimensions.values())
    assert all(d.low == d.value == d.high for d in outcome.derived.values())
    assert all(flag.certain for flag in outcome.flags)
    assert not outcome.possible_flags


@settings(max_examples=100, deadline=None)
@given(ANSWERS)
def test_an_answer_less_never_makes_the_level_shown_better(answers: dict[str, Any]) -> None:
    shown = LEVELS.index(str(score(answers).level))

    for key in answers:
        fewer = {name: value for name, value in answers.items() if name != key}
        assert LEVELS.index(str(score(fewer).level_high)) >= shown


@settings(max_examples=100, deadline=None)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_order_of_answers_does_not_matter(answers: dict[str, Any], random: Any) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)

    assert canonical_bytes(score(dict(shuffled)).as_json()) == canonical_bytes(score(answers).as_json())


@settings(max_examples=100, deadline=None)
@given(ANSWERS)
def test_hidden_answers_never_count(answers: dict[str, Any]) -> None:
    visible = visible_questions(FORM, answers).keys
    without = {key: value for key, value in answers.items() if key in visible}

    outcome, clean = score(answers).as_json(), score(without).as_json()

    assert {**outcome, "ignored": []} == {**clean, "ignored": []}
    assert {item["key"] for item in outcome["ignored"]} == set(answers) - visible  # type: ignore[union-attr]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(ANSWERS)
def test_what_a_gap_buys_is_what_scoring_everything_again_finds(answers: dict[str, Any]) -> None:
    read = read_answers(FORM, answers)
    before = decisive(FORM, read, TODAY).env["residual"].high

    for gap in score(answers).gaps:
        after = decisive(FORM, close_gaps(FORM, read, {gap.key}), TODAY)
        assert gap.buys.value == before - after.env["residual"].high
        assert gap.buys.level_after == LEVELS[after.worst]


@settings(max_examples=100, deadline=None)
@given(ANSWERS, st.text(max_size=50))
def test_free_text_never_moves_the_outcome(answers: dict[str, Any], text: str) -> None:
    one, other = score({**answers, "note": "first"}), score({**answers, "note": text})

    assert other.dimensions == one.dimensions
    assert other.derived == one.derived
    assert (other.level, other.level_low, other.level_high) == (one.level, one.level_low, one.level_high)
    assert (other.flags, other.gaps, other.forbidden) == (one.flags, one.gaps, one.forbidden)


def test_hash_seed_does_not_matter() -> None:
    program = (
        "import sys; from datetime import date; from tests.scoring import test_properties as t;"
        "from apps.scoring import canonical_bytes, content_hash, cheapest_plan;"
        "answers = {'reach': 'many', 'data': ['personal', 'health'], 'checks': ['b'], 'users': '120'};"
        "plan = cheapest_plan(t.FORM, answers, on_date=t.TODAY).as_json();"
        "sys.stdout.write(content_hash([t.score(answers).as_json(), t.FORM.hash, plan]))"
    )
    root = Path(__file__).resolve().parents[2]

    def run(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu"}
        return subprocess.run(
            [sys.executable, "-c", program], cwd=root, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert len({run(seed) for seed in ("0", "12345")}) == 1


# --- a damaged definition never half loads

JUNK = st.sampled_from(
    [None, 0, -1, 1.5, float("nan"), True, "", "x", "points(exposure) > 1", [], {}, [[]], {"a": 1}, 10**5000]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, item in items for place in places(item, (*path, key))]


SOUND = branching_definition()
PLACES = places(SOUND)


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK, st.booleans()), min_size=1, max_size=3))
def test_damaged_definition_is_refused_or_scores(damages: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    data = copy.deepcopy(SOUND)
    for path, junk, remove in damages:
        target: Any = data
        for step in path[:-1]:
            if not isinstance(target, dict | list) or (isinstance(target, list) and step >= len(target)):
                break
            target = target.get(step) if isinstance(target, dict) else target[step]
        if isinstance(target, dict) and remove:
            target.pop(path[-1], None)
        elif isinstance(target, dict) or (
            isinstance(target, list) and isinstance(path[-1], int) and path[-1] < len(target)
        ):
            target[path[-1]] = junk

    problems = check_questionnaire(data)

    assert all(problem.message for problem in problems)
    if not problems:
        evaluate(parse_questionnaire(data), {}, on_date=TODAY)
