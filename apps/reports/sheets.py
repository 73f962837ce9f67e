"""A model's profile on one sheet of paper. It names nobody and gives no reasons of decisions: paper travels."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from django.template.loader import render_to_string

from apps.catalog.knowledge import Evidence
from apps.catalog.models import Model
from apps.catalog.profile import Profile, load_profile, show
from apps.catalog.templatetags.catalog import offer_price
from apps.reports.render import html_pdf

# The ones asked for again cost nothing, and memory is bounded.
KEPT_SHEETS = 64


@dataclass(frozen=True)
class Cited:
    """One source on one day, and which figures of the sheet it stands for."""

    source: str
    as_of: date | None
    labels: str


def model_sheet(model: Model, today: date) -> bytes:
    return sheet_pdf(sheet_html(load_profile(model, today)))


@lru_cache(maxsize=KEPT_SHEETS)
def sheet_pdf(html: str) -> bytes:
    """The same sheet is the same bytes: its id comes from what it says."""
    return html_pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())


def sheet_html(profile: Profile) -> str:
    context = {
        "profile": profile,
        "model": profile.model,
        "approval": profile.model.approval_on(profile.today),
        "figures": figures(profile),
        "sources": list(cited(profile)),
        "made_at": datetime(profile.today.year, profile.today.month, profile.today.day, tzinfo=UTC),
    }
    return render_to_string("reports/pdf/model.html", context)


def figures(profile: Profile) -> list[tuple[str, str]]:
    return [
        ("Context Window", show("context_window", profile.model.context_window)),
        ("Input / 1M", offer_price(profile.leading, "input_price")),
        ("Output / 1M", offer_price(profile.leading, "output_price")),
    ]


def cited(profile: Profile) -> Iterator[Cited]:
    """Every figure once, under the source this sheet goes by; the newest sources first."""
    groups: dict[tuple[str, date | None], list[str]] = {}
    for evidence in evidence_of(profile):
        groups.setdefault((evidence.source, evidence.as_of), []).append(evidence.label)
    newest_first = sorted(groups.items(), key=lambda item: item[0][0])
    newest_first.sort(key=lambda item: item[0][1] or date.min, reverse=True)
    for (source, as_of), labels in newest_first:
        yield Cited(source, as_of, ", ".join(dict.fromkeys(labels)))


def evidence_of(profile: Profile) -> list[Evidence]:
    """What the figures and the sentences on the sheet rest on. The decision is dated beside the status."""
    found = {evidence.field: evidence for _, evidence in profile.sourced_specs if evidence}
    for statements in profile.sections.values():
        for statement in statements:
            found |= {evidence.field: evidence for evidence in statement.evidence}
    return [evidence for evidence in found.values() if evidence.field != "approval"]
