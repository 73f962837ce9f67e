"""Scoring: one assessment, the cheapest plan, reading a large questionnaire."""

import json
import os
import random
from collections.abc import Callable
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
django.setup()

from apps.questionnaires.documents import read_document, read_file  # noqa: E402
from apps.scoring import Questionnaire, cheapest_plan, evaluate, parse_questionnaire, read_answers  # noqa: E402
from apps.scoring.score import decisive  # noqa: E402
from tests.bench.timing import medians, show  # noqa: E402
from tests.factories.published import current_file  # noqa: E402

TODAY = date(2026, 11, 22)
RISKTEST = current_file("risktest")


def source(questions: int, flags: int) -> str:
    """Exposure and control questions in turn; every fifth looks back at the one before."""
    lines = [
        "schema: 1\nkey: bench\nversion: 1\nlanguages: [en]\ntitle: Bench\nsummary: Bench\nresult: risk",
        "roles: {owner: Owner}\ndimensions:\n  - {key: exposure, title: E}\n  - {key: control, title: C}\nsections:",
    ]
    for number in range(questions):
        if number % 10 == 0:
            lines.append(f"  - key: s{number // 10}\n    title: Section\n    questions:")
        dimension = "control" if number % 2 else "exposure"
        lines.append(f"      - key: q{number}\n        title: Question {number}\n        type: single")
        if number % 5 == 4:
            lines.append(f"        visible_if: \"q{number - 1} != 'c'\"")
        lines.append("        choices:")
        lines += [
            f"          - {{key: {key}, title: {key.upper()}, points: {{{dimension}: {points}}}}}"
            for points, key in enumerate("abc")
        ]
    lines.append(
        "derived:\n  - key: rest\n    title: Rest\n    value: share(exposure) * (100 - share(control) / 2) / 100"
    )
    lines.append("    round: {places: 1, mode: half_up}\nlevels:\n  of: rest\n  bands:")
    lines.append("    - {key: low, title: Low, below: 25}\n    - {key: high, title: High, at_least: 25}\nflags:")
    for number in range(flags):
        one, two = number % questions, (number * 7 + 3) % questions
        lines.append(f"  - key: f{number}\n    title: Flag\n    when: \"q{one} == 'c' and q{two} in ('a', 'b')\"")
        lines.append("    effect: {minimum_level: high}\n    because: Because")
    return "\n".join(lines)


def answer_sheets(questionnaire: Questionnaire, count: int) -> list[dict[str, str]]:
    chance = random.Random(7)
    return [{q.key: chance.choice(q.choices).key for q in questionnaire.questions} for _ in range(count)]


def one_assessment(questionnaire: Questionnaire, sheets: list[dict[str, str]]) -> None:
    texts = [json.dumps(sheet) for sheet in sheets]
    turn = iter(range(10**9))

    def each(work: Callable[[int], object]) -> Callable[[], object]:
        return lambda: work(next(turn) % len(sheets))

    found = medians(
        {
            "json.loads of the answers": each(lambda i: json.loads(texts[i])),
            "the level": each(lambda i: decisive(questionnaire, read_answers(questionnaire, sheets[i]), TODAY)),
            "the whole outcome": each(lambda i: evaluate(questionnaire, sheets[i], on_date=TODAY)),
            "the whole outcome of an empty form": lambda: evaluate(questionnaire, {}, on_date=TODAY),
        }
    )
    show("One assessment of 60 questions and 120 rules", found, "json.loads of the answers")


def plan_of_an_empty_form() -> None:
    """Of the risk test, whose gaps are all open then."""
    questionnaire = parse_questionnaire(read_file(RISKTEST).data)
    gaps = len(evaluate(questionnaire, {}, on_date=TODAY).gaps)
    work = {
        "the whole outcome": lambda: evaluate(questionnaire, {}, on_date=TODAY),
        "the cheapest plan": lambda: cheapest_plan(questionnaire, {}, on_date=TODAY),
    }
    show(f"The risk test with {gaps} open gaps", medians(work, rounds=5), "the whole outcome")


def large_file() -> None:
    large = source(300, 120).encode()
    read = read_document(large).data
    work = {
        "reading the YAML": lambda: read_document(large),
        "parse, check and compile": lambda: parse_questionnaire(read),
    }
    show("A questionnaire of 300 questions", medians(work, rounds=5), "reading the YAML")


def main() -> None:
    questionnaire = parse_questionnaire(read_document(source(60, 120).encode()).data)
    sheets = answer_sheets(questionnaire, 200)
    one_assessment(questionnaire, sheets)
    plan_of_an_empty_form()
    large_file()


if __name__ == "__main__":
    main()
