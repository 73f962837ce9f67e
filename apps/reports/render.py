"""HTML to PDF: accessible (PDF/UA-1), the JSON inside, nothing fetched from anywhere, the same bytes every time."""

import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from apps.reports.build import ReportData

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

STYLESHEET = "css/report.css"
TEMPLATES = {"risk": "reports/pdf/risk.html", "use_cases": "reports/pdf/use_cases.html"}
# One at a time: threads gain nothing here, and the memory of one report is bounded.
ONE_AT_A_TIME = threading.Lock()


class StylesheetMissing(Exception):
    """The report's stylesheet is not among the static files; the installation is incomplete."""


def renderer_name() -> str:
    return f"WeasyPrint {version('weasyprint')}"


def report_html(data: ReportData) -> str:
    return render_to_string(TEMPLATES[data.result], {"report": data})


def report_pdf(data: ReportData) -> bytes:
    # Slow to import (half a second), and only what makes PDFs needs it.
    from weasyprint import Attachment

    attachment = Attachment(
        string=data.source,
        name="assessment.json",
        description="The answers and the result this report was made from",
        created=data.made_at,
        modified=data.made_at,
        relationship="Source",
    )
    return html_pdf(report_html(data), identifier=data.identifier, attachments=[attachment])


def html_pdf(html: str, *, identifier: str, attachments: Sequence[Any] = ()) -> bytes:
    from weasyprint import HTML

    stylesheet, fonts = _stylesheet()
    with ONE_AT_A_TIME:
        document = HTML(string=html, url_fetcher=_refuse_everything())
        pdf: bytes = document.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            attachments=list(attachments),
            pdf_variant="pdf/ua-1",
            pdf_identifier=bytes.fromhex(identifier[:32]),
        )
    return pdf


@cache
def _stylesheet() -> tuple["CSS", "FontConfiguration"]:
    """Read and parsed once per process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    path = finders.find(STYLESHEET)
    if path is None:
        raise StylesheetMissing(STYLESHEET)
    fonts = FontConfiguration()
    return CSS(filename=path, font_config=fonts, url_fetcher=_refuse_everything()), fonts


@cache
def _refuse_everything() -> Any:
    """A report needs nothing from outside: no file, no address, no redirect, whatever its text says."""
    from weasyprint.urls import URLFetcher

    class NothingFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> None:
            raise ValueError("Reports load nothing from outside.")

    return NothingFetcher(allowed_protocols=(), allow_redirects=False)
