"""A small questionnaire with one of everything, for tests that are not about its content."""

import itertools

from apps.questionnaires.actions import publish
from apps.questionnaires.models import QuestionnaireVersion

_numbers = itertools.count(1)

SOURCE = """
schema: 1
key: {key}
version: {version}
languages: [en]
title: Small test
summary: A few questions.
result: {result}
minutes: 2
roles: {{owner: Owner}}
dimensions:
  - {{key: exposure, title: Exposure, group: exposure, maximum_over: all}}
  - {{key: control, title: Control, group: control, domain: care}}
sections:
  - key: about
    title: What it is
    questions:
      - {{key: name, title: What do you call it?, type: short_text, max_length: 40}}
      - key: data
        title: Which data goes in?
        type: multi
        dont_know: true
        why: It decides the duties.
        choices:
          - {{key: none, title: Nothing special, exclusive: true}}
          - {{key: personal, title: Personal data, points: {{exposure: 4}}}}
          - {{key: secret, title: Secret data, points: {{exposure: 2}}}}
      - key: consent
        title: Do people know?
        type: single
        visible_if: "'personal' in data"
        choices:
          - {{key: told, title: "Yes", points: {{exposure: 0}}}}
          - {{key: untold, title: "No", points: {{exposure: 2}}}}
      - key: users
        title: How many users?
        type: number
        minimum: 0
        maximum: 10000
        required: false
        dont_know: true
  - key: care
    title: What is done about it
    questions:
      - key: owner
        title: Who answers for it?
        type: single
        choices:
          - {{key: named, title: One person, points: {{control: 4}}}}
          - {{key: missing, title: Nobody, points: {{control: 0}}}}
        gap:
          closed_by: [named]
          title: No owner
          why: Nobody stops it.
          action: Name an owner.
          owner: owner
          effort: 1
          due_days: 14
          references: [nist_govern_2_1]
  - key: secrets
    title: Secrets
    visible_if: "'secret' in data"
    questions:
      - {{key: vault, title: Where are they?, type: long_text, required: false}}
derived:
  - key: residual
    title: Remaining risk
    value: "share(exposure) * (100 - share(control) / 2) / 100"
    round: {{places: 1, mode: half_up}}
levels:
  of: residual
  bands:
    - {{key: low, title: Low, below: 25}}
    - {{key: high, title: High, at_least: 25}}
"""


def make_questionnaire(*, key: str = "", version: int = 1, result: str = "risk") -> QuestionnaireVersion:
    key = key or f"small_{next(_numbers)}"
    return publish(by=None, source=SOURCE.format(key=key, version=version, result=result).encode())


def make_long_questionnaire(questions: int) -> QuestionnaireVersion:
    """One section of short texts q0, q1, and so on; it scores nothing."""
    head = "schema: 1\nkey: long\nversion: 1\nlanguages: [en]\ntitle: Long\nsummary: Long\nresult: risk\nsections:\n"
    lines = [f"      - {{key: q{number}, title: Question {number}, type: short_text}}" for number in range(questions)]
    section = "  - key: texts\n    title: Texts\n    questions:\n"
    return publish(by=None, source=(head + section + "\n".join(lines)).encode())


def publish_next(version: QuestionnaireVersion, *changes: tuple[str, str], renames: str = "") -> QuestionnaireVersion:
    """The version after it: each (old, new) replaced in the text, `renames` appended."""
    source = SOURCE.format(key=version.key, version=version.version + 1, result="risk") + renames
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return publish(by=None, source=source.encode())
