"""The transitions table as a Mermaid state diagram, for docs/reviews.md."""

from collections.abc import Iterator

from apps.accounts.permissions import PERMISSIONS
from apps.reviews.models import Status
from apps.reviews.transitions import TRANSITIONS, Transition, Verb


def mermaid() -> str:
    return "\n".join(["stateDiagram-v2", *states(), *arrows(), *ends()])


def states() -> Iterator[str]:
    for status in Status:
        if status.label != status.value:
            yield f'    state "{status.label}" as {status.value}'


def arrows() -> Iterator[str]:
    for (start, verb), step in TRANSITIONS.items():
        origin = "[*]" if start is None else start.value
        yield f"    {origin} --> {step.to.value} : {label(verb, step)}"


def ends() -> Iterator[str]:
    starts = {start for start, _ in TRANSITIONS}
    for status in Status:
        if status not in starts:
            yield f"    {status.value} --> [*]"


def label(verb: Verb, step: Transition) -> str:
    who = " or ".join(sorted(PERMISSIONS[step.permission])) if step.permission else "by itself when overdue"
    return f"{verb.words} ({who})"
