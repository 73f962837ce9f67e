"""The style guide: every component in every state, on one page. Routed only where settings.STYLEGUIDE is on."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from apps.ui import charts
from apps.ui.formats import EN_DASH
from apps.ui.forms import SpecimenForm

TASKS = [
    {"title": "Purpose and owner", "state": "done", "url": "#tasks"},
    {"title": "Data that goes in and comes out", "state": "started", "url": "#tasks", "note": "3 of 7"},
    {"title": "People, rights and transparency", "state": "current", "url": "#tasks"},
    {"title": "Models and vendors", "state": "error", "url": "#tasks"},
    {"title": "Security of prompts and outputs", "state": "todo", "url": "#tasks"},
    {"title": "Check your answers", "state": "locked"},
]
SPECS = [
    ("Model ID", "example/model-with-a-rather-long-identifier-2026-03-19"),
    ("Context window", "128,000 tokens"),
    ("Modality", "text+image+file->text"),
    ("Provider", "Example provider"),
]
STATES = [
    "unreviewed", "draft", "submitted", "in_review", "changes_requested", "approved",
    "approved_with_conditions", "restricted", "blocked", "rejected", "lapsed", "withdrawn", "retired",
]  # fmt: skip
MODELS = [
    ("Example Mini", "Example provider", 128_000, Decimal("0.15"), Decimal("0.60"), "approved"),
    ("Example Large with a name that goes on and on 2026-03-19 preview", "A provider with a long name", 1_048_576,
     Decimal("2.5"), Decimal("15"), "restricted"),
    ("Example Nano", "Other provider", 32_768, Decimal("0.0075"), Decimal("0.03"), "unreviewed"),
]  # fmt: skip
BANDS = [
    charts.Band("Low", 0, 25, "low"),
    charts.Band("Moderate", 25, 50, "moderate"),
    charts.Band("High", 50, 75, "high"),
    charts.Band("Critical", 75, 100, "critical"),
]
DOMAINS = [
    charts.Bar("Accountability and inventory", 60, "60%"),
    charts.Bar("Data protection", 24, f"24{EN_DASH}71%", at_most=71),
    charts.Bar("Transparency and people's rights", 0, f"0{EN_DASH}100%", at_most=100),
]
POINTS = [
    charts.Point(1, "Draft replies for support agents", 88, 22, "low"),
    charts.Point(2, "Summarise meeting notes", 86, 20, "low"),
    charts.Point(3, "Search over internal handbooks", 74, 38, "moderate"),
    charts.Point(4, "Score job applications", 58, 84, "critical"),
    charts.Point(5, "Answer customers without review", 97, 66, "high"),
    charts.Point(6, "Translate product texts", 35, 12, "low"),
]
PRICES = [
    (date(2025, 11, 4), Decimal("0.30")),
    (date(2026, 1, 20), Decimal("0.15")),
    (date(2026, 6, 2), Decimal("0.20")),
    (date(2026, 11, 1), Decimal("0.075")),
]


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/styleguide.html", specimens() | pictures())


def specimens() -> dict[str, Any]:
    return {
        "nav": [
            {"label": "Home", "url": "#", "current": False},
            {"label": "Catalog", "url": "#", "current": True},
            {"label": "Where do we start?", "url": "#", "current": False},
            {"label": "What can go wrong?", "url": "#", "current": False},
            {"label": "Reviews", "url": "#", "current": False},
        ],
        "levels": ["low", "moderate", "high", "critical", "unknown"],
        "states": STATES,
        "tasks": TASKS,
        "models": MODELS,
        "specs": SPECS,
        "form": SpecimenForm(),
        "wrong_form": SpecimenForm({"name": "", "users": "-4", "material": []}, prefix="wrong"),
        "page": Paginator(range(1234), 50).page(7),
        "checked": date(2026, 3, 19),
        "saved": datetime(2026, 3, 19, 14, 2, tzinfo=ZoneInfo("UTC")),
        "amounts": ["0.0075", "0.15", "0.6", "2.5", "1234.5", "0"],
    }


def pictures() -> dict[str, SafeString]:
    return {
        "ruler": charts.level_ruler(46, 38, 61, BANDS, title="Residual risk 46, between 38 and 61: Moderate"),
        "domains": charts.bars(DOMAINS, maximum=100, title="Controls in place, by domain"),
        "scatter": charts.fit_risk_scatter(POINTS, title="Six use cases by fit and risk"),
        "prices": charts.price_history(PRICES, title="Input price per 1M tokens since November 2025"),
        "bars": charts.bars(
            [
                charts.Bar("Output tokens", 612, "$612.00"),
                charts.Bar("Input tokens", 180, "$180.00"),
                charts.Bar("Cached input", 21, "$21.40"),
            ],
            maximum=700,
            title="Monthly cost by kind of token",
        ),
    }
