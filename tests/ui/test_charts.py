import re
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ui import charts, drawing, formats

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
NASTY = '<script>alert(1)</script> & "quotes"'
SVG = "{http://www.w3.org/2000/svg}"

BANDS = [
    charts.Band("Low", 0, 25, "low"),
    charts.Band("Moderate", 25, 50, "moderate"),
    charts.Band("High", 50, 75, "high"),
    charts.Band("Critical", 75, 100, "critical"),
]
POINTS = [charts.Point(1, NASTY, 88, 22, "low"), charts.Point(2, "Second", 88, 22, "high")]
STOPS = [charts.Stop(NASTY, 20, 61, "high"), charts.Stop("Now", 12, 12, "low")]
PRICES = [(date(2026, 1, 1), Decimal("0.30")), (date(2026, 3, 1), Decimal("0.15"))]


def every_chart(**options):
    return {
        "ruler": charts.level_ruler(46, 38, 61, BANDS, title=NASTY, **options),
        "scatter": charts.fit_risk_scatter(POINTS, title=NASTY, **options),
        "prices": charts.price_history(PRICES, title=NASTY, **options),
        "bars": charts.bars([charts.Bar(NASTY, 3, at_most=7)], maximum=10, title=NASTY, **options),
        "trend": charts.level_trend(STOPS, BANDS, title=NASTY, **options),
    }


ON_SCREEN = every_chart()
IN_PRINT = every_chart(palette=drawing.PRINT, width=480)
ALL = [*ON_SCREEN.values(), *IN_PRINT.values()]


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.parametrize("svg", ALL)
def test_chart_is_well_formed_and_starts_with_its_title(svg):
    root = read(svg)

    assert root.attrib["role"] == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == NASTY


@pytest.mark.parametrize("svg", ALL)
def test_chart_carries_no_style_script_or_handler(svg):
    for element in read(svg).iter():
        assert element.tag.removeprefix(SVG) in {"svg", "g", "title", "text", "line", "rect", "path", "circle"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("svg", IN_PRINT.values())
def test_chart_for_print_has_plain_numbers_and_colours_only(svg):
    text = " ".join(value for element in read(svg).iter() for value in element.attrib.values())

    assert "%" not in text
    assert "var(" not in text


def test_light_palette_is_the_light_theme_of_the_stylesheet():
    tokens = dict(re.findall(r"--([a-z-]+): light-dark\((#\w{6}),", TOKENS.read_text()))
    tokens["soft"] = tokens["ink-soft"]

    assert {name: tokens[name] for name in drawing.LIGHT} == drawing.LIGHT


def test_ruler_shows_the_interval_only_where_it_is_open():
    open_ended = charts.level_ruler(46, 38, 61, BANDS, title="x")
    settled = charts.level_ruler(46, 46, 46, BANDS, title="x")

    assert open_ended.count("<line") == settled.count("<line") + 3


def test_ruler_says_its_interval_where_there_is_no_value():
    said = f"{formats.interval(38, 61)}</text>"

    assert said in charts.level_ruler(None, 38, 61, BANDS, title="x")
    assert said not in charts.level_ruler(46, 38, 61, BANDS, title="x")


def test_ruler_without_a_value_has_no_pointer():
    without = charts.level_ruler(None, 0, 100, BANDS, title="x")

    assert 'y1="18.00"' not in without


def test_scatter_says_each_point_in_words():
    assert "2. Second: fit 88, risk 22" in charts.fit_risk_scatter(POINTS, title="x")


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(30, 300)), max_size=25))
def test_spread_keeps_every_point_inside_the_picture(places):
    settled = charts.spread(places, charts.PHONE)

    assert len(settled) == len(places)
    assert all(0 <= x <= 1 and 0 <= y <= 330 for x, y in settled)


@pytest.mark.parametrize("width", [charts.PHONE, 635])
def test_spread_keeps_points_on_the_same_spot_apart(width):
    settled = charts.spread([(0.5, 200.0)] * 20, width)

    for (x, y), (other_x, other_y) in combinations(settled, 2):
        assert max(abs(x - other_x) * width, abs(y - other_y)) > 26


def test_point_has_its_number_inside():
    [point] = [each for each in read(charts.fit_risk_scatter(POINTS[:1], title="x")) if each.tag == f"{SVG}svg"]

    [number] = point.iter(f"{SVG}text")
    assert (number.text, number.attrib["text-anchor"], number.attrib["x"]) == ("1", "middle", "0.00%")


def test_point_that_is_not_sure_stands_at_its_worst_with_a_line_down_to_its_best():
    points = [charts.Point(1, "x", 60, 70, "high", at_least) for at_least in (20, 70)]
    unsure, sure = (charts.fit_risk_scatter([point], title="x") for point in points)

    assert f"risk 20{formats.EN_DASH}70" in unsure
    assert unsure.count("<line") == sure.count("<line") + 1


def test_price_history_without_prices_still_has_its_title():
    assert "<title>No prices</title>" in charts.price_history([], title="No prices")


def test_price_history_with_one_price_and_with_free_ones_is_drawn():
    assert "$0.00" in charts.price_history([(date(2026, 1, 1), Decimal(0))], title="x")


@given(st.decimals(-1000, 1000, allow_nan=False), st.decimals(-1000, 1000, allow_nan=False))
def test_bars_outside_the_scale_stay_inside_the_picture(value, at_most):
    svg = charts.bars([charts.Bar("x", value, at_most=at_most)], maximum=100, title="x", width=400)

    places = [float(v) for v in re.findall(r'x[12]?="([\d.-]+)"', svg)]
    assert all(0 <= place <= 400 for place in places)


def test_bar_that_could_still_grow_has_a_line_and_others_have_none():
    grows, fixed = (charts.bars([charts.Bar("x", 3, at_most=top)], maximum=10, title="x") for top in (7, 3))

    assert ("<line" in grows, "<line" in fixed) == (True, False)


def test_bars_with_a_maximum_of_zero_are_drawn():
    assert ">0<" in charts.bars([charts.Bar("x", 0)], maximum=0, title="x")
