"""Charts as inline SVG: pure functions from numbers to safe strings, for pages and PDFs alike.

Every chart has a <title> that says its content in words; every mark has a shape, not only a colour. All take
`palette` and `width` for print (see apps.ui.drawing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString

from apps.ui import formats
from apps.ui.drawing import LIGHT, TINY, Canvas, Palette, join, titled
from apps.ui.marks import LEVELS


@dataclass(frozen=True)
class Band:
    """A named range of the ruler; `tone` is the look: low, moderate, high, critical."""

    title: str
    start: Decimal | int
    end: Decimal | int
    tone: str


@dataclass(frozen=True)
class Raised:
    """The level that is shown, where the score alone would lie in a better one, and why."""

    band: Band
    words: str


@dataclass(frozen=True)
class Point:
    """A use case in the picture, 0 to 100 on both axes; `number` leads to its row in the table."""

    number: int
    label: str
    fit: Decimal | int
    risk: Decimal | int  # the worst it could be, as everywhere
    tone: str
    at_least: Decimal | int | None = None  # where not all is known: the best it could be, at the end of a line


@dataclass(frozen=True)
class Bar:
    label: str
    value: Decimal | int
    text: str = ""
    tone: str = "accent"
    at_most: Decimal | int | None = None  # what it could still become, drawn as a line after the bar


@dataclass(frozen=True)
class Stop:
    """One result in a row of them: from `low` to `high`, which counts."""

    label: str
    low: Decimal | int
    high: Decimal | int
    tone: str


Price = tuple[date, Decimal]

# What the words on a raised level take above the ruler.
RAISED_ROOM = 20

# Big enough for its number. A chart that fills its column must do so on a phone as well.
POINT, PHONE = 28, 358
# Where a mark looks for room, in its own sizes: nearest first, and never down, to less risk.
ASIDE = sorted(
    ((dx / 2, dy / 2) for dx in range(-6, 7) for dy in range(-6, 1)),
    key=lambda step: (abs(step[0]) + abs(step[1]), step),
)


def part(value: Decimal | int, start: Decimal | int, end: Decimal | int) -> float:
    return float((value - start) / (end - start)) if end != start else 0.0


def level_ruler(
    value: Decimal | int | None,
    low: Decimal | int,
    high: Decimal | int,
    bands: Sequence[Band],
    *,
    title: str,
    raised: Raised | None = None,
    palette: Palette = LIGHT,
    width: int | None = None,
) -> SafeString:
    """Where a score stands among the levels, how far unanswered questions could move it, and what else raises it."""
    start, end = bands[0].start, bands[-1].end
    canvas = Canvas(92 + RAISED_ROOM if raised else 92, title, palette, width)
    left, right = part(low, start, end), part(high, start, end)
    parts = [ruler_band(canvas, band, start, end) for band in bands]
    parts.append(canvas.words(0, 90, formats.number(start), size=TINY))
    parts += [
        canvas.words(
            part(b.end, start, end), 90, formats.number(b.end), size=TINY, anchor="end" if b is bands[-1] else "middle"
        )
        for b in bands
    ]
    if raised:
        parts.append(ruler_raised(canvas, raised, right, start, end))
    if left != right:
        parts += [canvas.line((left, 24), (right, 24), "ink", 2.5)]
        parts += [canvas.line((edge, 19), (edge, 29), "ink", 2.5) for edge in (left, right)]
    if value is not None:
        parts.append(ruler_pointer(canvas, part(value, start, end), formats.number(value)))
    elif left != right:
        parts.append(ruler_words(canvas, (left + right) / 2, formats.interval(low, high)))
    return canvas.svg([canvas.lowered(RAISED_ROOM, parts)] if raised else parts)


def ruler_band(canvas: Canvas, band: Band, start: Decimal | int, end: Decimal | int) -> SafeString:
    left, right = part(band.start, start, end), part(band.end, start, end)
    drawn = [
        canvas.bar(left, right, 36, 14, f"{band.tone}-wash"),
        canvas.line((left, 50), (right, 50), "rule-strong"),
        canvas.line((right, 50), (right, 56), "rule-strong"),
        canvas.at(left, 43, canvas.mark(band.tone, 10, band.title), shift=10),
    ]
    if right - left > 0.12:
        drawn.append(canvas.words(left, 70, band.title, colour=band.tone, bold=True, size=TINY))
    return join(drawn)


def ruler_pointer(canvas: Canvas, share: float, text: str) -> SafeString:
    return join([canvas.line((share, 18), (share, 56), "ink", 2.5), ruler_words(canvas, share, text)])


def ruler_words(canvas: Canvas, share: float, text: str) -> SafeString:
    anchor = "start" if share < 0.05 else "end" if share > 0.95 else "middle"
    return canvas.words(share, 13, text, colour="ink", bold=True, size=15, anchor=anchor)


def ruler_raised(canvas: Canvas, raised: Raised, stands: float, start: Decimal | int, end: Decimal | int) -> SafeString:
    """A line from where the score stands to the level's own mark, and above it why."""
    left, right = part(raised.band.start, start, end), part(raised.band.end, start, end)
    middle, tone = (left + right) / 2, raised.band.tone
    edge, anchor = (right, "end") if middle > 0.5 else (left, "start")
    return join(
        [
            canvas.line((stands, 24), (middle, 24), tone, 1.5),
            canvas.at(middle, 24, canvas.mark(tone, 18)),
            canvas.words(edge, -7, raised.words, colour=tone, bold=True, size=TINY, anchor=anchor),
        ]
    )


def level_trend(
    stops: Sequence[Stop],
    bands: Sequence[Band],
    *,
    title: str,
    height: int = 190,
    palette: Palette = LIGHT,
    width: int | None = None,
) -> SafeString:
    """Results in the order they came, numbered as in the table, over the levels; the bar is what is not known yet."""
    canvas = Canvas(height, title, palette, width)
    top, bottom = 18, height - 20

    def y(value: Decimal | int) -> float:
        return bottom - part(value, bands[0].start, bands[-1].end) * (bottom - top)

    step = 0.66 / max(len(stops) - 1, 1)
    spots = [(0.28 + index * step, y(stop.high)) for index, stop in enumerate(stops)]
    parts = [trend_band(canvas, band, y(band.start), y(band.end)) for band in bands]
    parts += [canvas.line(a, b, "soft", 1.5) for a, b in pairwise(spots)]
    for number, (stop, (x, at)) in enumerate(zip(stops, spots, strict=True), start=1):
        if stop.low != stop.high:
            parts.append(canvas.line((x, y(stop.low)), (x, at), "ink", 2.5))
        parts.append(canvas.at(x, at, canvas.mark(stop.tone, 15, stop.label)))
        parts.append(canvas.words(x, at - 11, formats.number(stop.high), colour="ink", anchor="middle", size=TINY))
        parts.append(canvas.words(x, height - 4, number, anchor="middle", size=TINY))
    return canvas.svg(parts)


def trend_band(canvas: Canvas, band: Band, lower: float, upper: float) -> SafeString:
    drawn = [canvas.line((0, lower), (1, lower), "rule-strong")]
    if lower - upper > 14:
        drawn.append(canvas.words(0, (lower + upper) / 2 + 4, band.title, colour=band.tone, bold=True, size=TINY))
    return join(drawn)


def inset(share: float, margin: float = 0.025) -> float:
    """Keeps marks at the ends inside the picture."""
    return margin + max(0.0, min(1.0, share)) * (1 - 2 * margin)


def fit_risk_scatter(
    points: Sequence[Point],
    *,
    title: str,
    height: int = 340,
    palette: Palette = LIGHT,
    width: int | None = None,
) -> SafeString:
    """Fit to the right, risk upwards: what to start with lies low and right, though not all there is. Numbers lead to
    the lists and the table."""
    canvas = Canvas(height, title, palette, width)
    bottom = height - 26
    frame = [
        canvas.bar(0.5, 1, bottom / 2 + 9, bottom / 2 - 9, "low-wash"),
        canvas.line((0, 18), (0, bottom), "rule-strong"),
        canvas.line((0, bottom), (1, bottom), "rule-strong"),
        *[canvas.line((0, y), (1, y)) for y in (18, bottom / 2 + 9)],
        canvas.line((0.5, 18), (0.5, bottom)),
        canvas.words(0, 11, "More risk ↑", size=TINY),
        canvas.words(1, height - 8, "Better fit →", size=TINY, anchor="end"),
        canvas.words(
            1, bottom - 8, "Fits well, risks less", size=TINY, anchor="end", shift=-8, colour="low", bold=True
        ),
    ]

    def y(risk: Decimal | int) -> float:
        return 30 + (1 - part(risk, 0, 100)) * (bottom - 44)

    placed = spread([(inset(part(p.fit, 0, 100), 0.04), y(p.risk)) for p in points], width or PHONE)
    known = [(p, *at) for p, at in zip(points, placed, strict=True)]
    ranges = [
        canvas.line((x, at), (x, y(p.at_least)), "rule-strong", 1.5)
        for p, x, at in known
        if p.at_least is not None and p.at_least < p.risk
    ]
    return canvas.svg(frame + ranges + [scatter_point(canvas, *each) for each in known])


def spread(places: Sequence[tuple[float, float]], width: int) -> list[tuple[float, float]]:
    """Marks that would cover each other step aside to the nearest free spot, so that each number can be read."""
    settled: list[tuple[float, float]] = []
    for x, y in places:
        nearby = ((x + dx * POINT / width, y + dy * POINT) for dx, dy in ASIDE)
        free = (spot for spot in nearby if is_inside(spot, width) and not is_taken(spot, settled, width))
        settled.append(next(free, (x, y)))
    return settled


def is_inside(spot: tuple[float, float], width: int) -> bool:
    edge = POINT / 2 / width
    return edge <= spot[0] <= 1 - edge and spot[1] >= 30


def is_taken(spot: tuple[float, float], settled: Sequence[tuple[float, float]], width: int) -> bool:
    least = POINT * 0.95
    return any(abs(spot[0] - x) * width < least and abs(spot[1] - y) < least for x, y in settled)


def scatter_point(canvas: Canvas, point: Point, x: float, y: float) -> SafeString:
    risk = formats.interval(point.risk if point.at_least is None else point.at_least, point.risk)
    says = f"{point.number}. {point.label}: fit {formats.number(point.fit)}, risk {risk}"
    inside = canvas.words(
        0,
        9 if point.tone == "high" else 4,  # a triangle is wide only at its foot
        point.number,
        colour="paper" if point.tone in LEVELS else "ink",
        bold=True,
        size=11,
        anchor="middle",
    )
    return canvas.at(x, y, join([titled(says), canvas.mark(point.tone, POINT, colour=point.tone), inside]))


def price_history(
    prices: Sequence[Price],
    *,
    title: str,
    height: int = 130,
    palette: Palette = LIGHT,
    width: int | None = None,
) -> SafeString:
    """A stair: a price holds until the next one. First and last are written out, the rest are in the titles."""
    canvas = Canvas(height, title, palette, width)
    ordered = sorted(prices)
    if not ordered:
        return canvas.svg([])
    spots = price_spots(ordered, height)
    parts = [canvas.line((0, height - 22), (1, height - 22), "rule-strong")]
    for (x, y), (next_x, next_y) in pairwise(spots):
        parts.append(canvas.line((x, y), (next_x, y), "accent", 2.5))
        parts.append(canvas.line((next_x, y), (next_x, next_y), "accent", 2.5))
    for (x, y), (day, price) in zip(spots, ordered, strict=True):
        parts.append(canvas.at(x, y, canvas.dot(4.5, f"{formats.day(day)}: {formats.money(price)}")))
    parts.append(price_label(canvas, ordered[0], spots[0], "start", above=True))
    if len(ordered) > 1:
        above = ordered[-1][1] >= ordered[-2][1]
        parts.append(price_label(canvas, ordered[-1], spots[-1], "end", above=above))
    return canvas.svg(parts)


def price_spots(ordered: Sequence[Price], height: int) -> list[tuple[float, float]]:
    first, last, top = ordered[0][0], ordered[-1][0], max(price for _, price in ordered)
    days, room = max((last - first).days, 1), height - 22 - 20 - 22
    return [
        (inset((day - first).days / days, 0.01), 22 + (1 - part(price, 0, top or 1)) * room) for day, price in ordered
    ]


def price_label(canvas: Canvas, price: Price, spot: tuple[float, float], anchor: str, *, above: bool) -> SafeString:
    edge = 0 if anchor == "start" else 1
    y = spot[1] - 9 if above else spot[1] + 18
    return join(
        [
            canvas.words(edge, canvas.height - 6, formats.day(price[0]), size=TINY, anchor=anchor),
            canvas.words(edge, y, formats.money(price[1]), colour="ink", bold=True, size=TINY, anchor=anchor),
        ]
    )


def bars(
    rows: Sequence[Bar],
    *,
    maximum: Decimal | int,
    title: str,
    palette: Palette = LIGHT,
    width: int | None = None,
) -> SafeString:
    """Labelled bars on one scale, largest first only if given so."""
    canvas = Canvas(36 * len(rows), title, palette, width)
    parts = []
    for index, row in enumerate(rows):
        top = 36 * index
        parts += [
            canvas.words(0, top + 14, row.label, colour="ink"),
            canvas.words(1, top + 14, row.text or formats.number(row.value), anchor="end"),
            canvas.bar(0, 1, top + 21, 6, "rule"),
            canvas.bar(0, part(row.value, 0, maximum), top + 21, 6, row.tone),
        ]
        if row.at_most is not None and row.at_most > row.value:
            ends = part(row.value, 0, maximum), part(row.at_most, 0, maximum)
            parts.append(canvas.line((ends[0], top + 24), (ends[1], top + 24), "soft", 2))
    return canvas.svg(parts)
