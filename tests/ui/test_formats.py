from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.ui import formats

amounts = st.decimals(min_value=0, max_value=10**12, places=12)


def read_back(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("$", "").replace(formats.MINUS, "-").replace("%", ""))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.0075", "$0.0075"),
        (Decimal("0.15"), "$0.15"),
        ("0.6", "$0.60"),
        ("0.600000", "$0.60"),
        (Decimal("2.5"), "$2.50"),
        (1234, "$1,234.00"),
        (Decimal("-3.5"), "\N{MINUS SIGN}$3.50"),
        (0.1, "$0.10"),
        (Decimal("1E+3"), "$1,000.00"),
        (Decimal("1E-9"), "$0.000000001"),
        ("-0", "$0.00"),
    ],
)
def test_money_keeps_every_digit_that_matters(value, text):
    assert formats.money(value) == text


@given(amounts)
def test_money_is_exact_and_has_two_decimals_or_more(amount):
    text = formats.money(amount)

    assert read_back(text) == amount
    assert len(text.partition(".")[2]) >= 2


@pytest.mark.parametrize("value", [None, "", "NaN", "Infinity", "-inf", "1e999999", "twelve", True, "9" * 5000])
def test_number_that_makes_no_sense_is_not_known(value):
    written = {f(value) for f in (formats.money, formats.cost, formats.number, formats.compact, formats.percent)}

    assert written == {"not known"}


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_number_groups_thousands_and_reads_back(value):
    text = formats.number(value)

    assert read_back(text) == value
    assert all(len(group) == 3 for group in text.split(",")[1:])


@pytest.mark.parametrize(
    ("value", "text"), [(128000, "128,000"), ("12.50", "12.5"), (-4, "\N{MINUS SIGN}4"), (0, "0"), ("-0", "0")]
)
def test_number_examples(value, text):
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.004567", "$0.0046"), ("12.345", "$12.35"), ("0.005", "$0.005"), ("1234.56", "$1,235"), (0, "$0.00")],
)
def test_cost_is_rounded_to_what_an_estimate_can_say(value, text):
    assert formats.cost(value) == text


@given(amounts)
def test_cost_is_close_to_the_amount(amount):
    assert abs(read_back(formats.cost(amount)) - amount) <= max(Decimal("0.005"), amount * Decimal("0.0006"))


@pytest.mark.parametrize(
    ("value", "text"), [(128000, "128k"), (32768, "32.8k"), (1048576, "1.05M"), (999, "999"), (2 * 10**9, "2B")]
)
def test_compact_keeps_three_digits(value, text):
    assert formats.compact(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(3, "+3"), (Decimal("-2.50"), "\N{MINUS SIGN}2.5"), (0, "0"), (None, "not known")]
)
def test_difference_shows_its_sign(value, text):
    assert formats.signed(value) == text


def test_interval_with_equal_ends_is_one_number():
    assert formats.interval(46, Decimal("46.0")) == "46"
    assert formats.interval(38, 61) == "38\N{EN DASH}61"


def test_percent_takes_a_percentage():
    assert formats.percent("12.50") == "12.5%"


@override_settings(TIME_ZONE="Europe/Berlin")
def test_moment_names_the_zone_it_is_in():
    moment = datetime(2026, 3, 19, 23, 30, tzinfo=UTC)

    assert formats.moment(moment) == "20 March 2026, 00:30 CET"
    assert formats.day(moment) == "20 March 2026"
    assert formats.clock(moment) == "00:30"


def test_day_reads_the_text_of_stored_documents():
    assert formats.day("2026-12-02") == "2 December 2026"


def test_day_without_a_date_is_not_known():
    assert formats.day(date(2026, 3, 19)) == "19 March 2026"
    assert (formats.day(None), formats.moment(None), formats.clock(None)) == ("not known", "not known", "")
