"""The pen for charts: places, colours and the frame of an inline SVG.

Without a width a chart is fluid: places are percentages, so it fills its column while its words keep their size, on a
phone as on a desk. With a width all places are plain numbers, as a PDF needs them. Colours are presentation attributes
(valid on paper); on screen the stylesheet's `c-…` classes repaint them for the reader's theme.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.ui.marks import SHAPES, UNKNOWN

Palette = Mapping[str, str]

# The light theme of static/css/tokens.css; a test holds the two together.
LIGHT: Palette = {
    "ink": "#1b2023",
    "soft": "#52595d",
    "paper": "#faf8f3",
    "rule": "#ddd8cc",
    "rule-strong": "#767d80",
    "accent": "#0e4f63",
    "low": "#0b6b57",
    "moderate": "#815400",
    "high": "#b23a12",
    "critical": "#7a1f60",
    "unknown": "#52595d",
    "low-wash": "#e0f0eb",
    "moderate-mark": "#b07800",
    "moderate-wash": "#f8eed7",
    "high-wash": "#fbe7de",
    "critical-wash": "#f5e3ef",
    "unknown-wash": "#ecebe6",
}
# White paper, and washes that stay apart when the printer has no colour.
PRINT: Palette = {
    **LIGHT,
    "paper": "#ffffff",
    "low-wash": "#eef3f1",
    "moderate-wash": "#e3e1da",
    "high-wash": "#d3cbc7",
    "critical-wash": "#bdb2ba",
}

SMALL = 13
TINY = 12


@dataclass(frozen=True)
class Canvas:
    height: int
    title: str
    palette: Palette
    width: int | None

    def x(self, share: float) -> str:
        """A place between the left (0) and the right edge (1)."""
        share = max(0.0, min(1.0, share))
        return f"{share * 100:.2f}%" if self.width is None else f"{share * self.width:.2f}"

    def fill(self, colour: str) -> SafeString:
        return format_html('class="c-{}" fill="{}"', colour, self.palette[colour])

    def stroke(self, colour: str) -> SafeString:
        return format_html('class="c-{}-line" stroke="{}"', colour, self.palette[colour])

    def outlined(self, fill: str, stroke: str) -> SafeString:
        return format_html(
            'class="c-{0} c-{1}-line" fill="{2}" stroke="{3}"', fill, stroke, self.palette[fill], self.palette[stroke]
        )

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str = "rule", thick: float = 1
    ) -> SafeString:
        return format_html(
            '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke-width="{}" {}/>',
            self.x(start[0]),
            f"{start[1]:.2f}",
            self.x(end[0]),
            f"{end[1]:.2f}",
            thick,
            self.stroke(colour),
        )

    def bar(self, start: float, end: float, y: float, height: float, colour: str) -> SafeString:
        return format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" {}/>',
            self.x(start),
            f"{y:.2f}",
            self.x(end - start),
            height,
            self.fill(colour),
        )

    def words(self, share: float, y: float, text: object, **look: object) -> SafeString:
        """look: colour, size, anchor (start, middle, end), bold, shift (pixels to the right)."""
        return format_html(
            '<text x="{}" y="{}" dx="{}" font-size="{}" font-weight="{}" text-anchor="{}" {}>{}</text>',
            self.x(share),
            f"{y:.2f}",
            look.get("shift", 0),
            look.get("size", SMALL),
            650 if look.get("bold") else 400,
            look.get("anchor", "start"),
            self.fill(str(look.get("colour", "soft"))),
            text,
        )

    def at(self, share: float, y: float, content: SafeString, shift: float = 0) -> SafeString:
        """Content drawn around a point, in pixels, wherever the point comes to lie."""
        moved = format_html('<g transform="translate({} {})">{}</g>', f"{shift:.2f}", f"{y:.2f}", content)
        if self.width is None:
            return format_html('<svg x="{}" width="1" height="1" overflow="visible">{}</svg>', self.x(share), moved)
        return format_html('<g transform="translate({} 0)">{}</g>', self.x(share), moved)

    def lowered(self, by: int, parts: Iterable[SafeString]) -> SafeString:
        return format_html('<g transform="translate(0 {})">{}</g>', by, join(parts))

    def mark(self, tone: str, size: float = 16, title: str = "", colour: str = "") -> SafeString:
        """A level's shape, centred on the point."""
        colour = colour or (f"{tone}-mark" if f"{tone}-mark" in self.palette else tone)
        return format_html(
            '<g transform="translate({0} {0}) scale({1})">{2}<path d="{3}" stroke-width="{4}" {5}/></g>',
            f"{-size / 2:.2f}",
            f"{size / 16:.4f}",
            titled(title),
            SHAPES.get(tone, SHAPES[UNKNOWN]),
            1.5,
            self.outlined(colour, "paper"),
        )

    def dot(self, radius: float, title: str = "") -> SafeString:
        return format_html('<circle r="{}" {}>{}</circle>', radius, self.outlined("accent", "paper"), titled(title))

    def svg(self, parts: Iterable[SafeString], kind: str = "chart") -> SafeString:
        width = "100%" if self.width is None else str(self.width)
        box = "" if self.width is None else format_html(' viewBox="0 0 {} {}"', self.width, self.height)
        return format_html(
            '<svg class="{}" role="img" width="{}" height="{}"{} font-family="sans-serif"><title>{}</title>{}</svg>',
            kind,
            width,
            self.height,
            box,
            self.title,
            join(parts),
        )


def titled(text: str) -> SafeString:
    return format_html("<title>{}</title>", text) if text else SafeString("")


def join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
