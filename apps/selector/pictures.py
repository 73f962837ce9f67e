"""The use cases of a result as a picture, on pages and on paper."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from apps.ui.charts import Point, fit_risk_scatter
from apps.ui.marks import tone_of


def fit_and_risk(cases: Sequence[Mapping[str, Any]], **look: Any) -> SafeString | str:
    """Numbered as they come; each at the worst its open answers allow."""
    points = [
        Point(number, case["title"], case["fit"], case["risk_at_most"], tone_of(case["risk_key"]), case["risk"])
        for number, case in enumerate(cases, start=1)
    ]
    return fit_risk_scatter(points, title="Use cases by fit and risk", **look) if points else ""
