from decimal import Decimal

import pytest

from apps.catalog.fields import MODEL_FIELDS, OFFER_FIELDS, Unreadable, read_price


@pytest.mark.parametrize(
    ("text", "stored"),
    [("0.60", "0.6"), ("15", "15"), ("0.0075", "0.0075"), ("0", "0"), ("1E-7", "0.0000001"), (Decimal("2.50"), "2.5")],
)
def test_price_keeps_every_digit_that_matters(text: str, stored: str) -> None:
    assert read_price(text) == stored


def test_price_drops_binary_noise_of_feeds() -> None:
    assert read_price("0.08333333333333334") == "0.0833333333"


@pytest.mark.parametrize("value", ["-0.1", "NaN", "Infinity", "cheap", 0.1, True, None, "1e-12", "10000000", ["1"]])
def test_price_that_is_no_price_is_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        read_price(value)


@pytest.mark.parametrize("value", [0, -1, 1.5, "128000", True, None, 10**10])
def test_count_that_is_no_number_of_tokens_is_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        MODEL_FIELDS["context_window"].read(value)


def test_modalities_come_in_a_fixed_order() -> None:
    assert MODEL_FIELDS["input_modalities"].read(["file", "text", "image"]) == ["text", "image", "file"]


@pytest.mark.parametrize("value", [["smell"], [], "text", [1]])
def test_unknown_modalities_are_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        MODEL_FIELDS["input_modalities"].read(value)


@pytest.mark.parametrize("value", ["2023-13", "soon", 2023, "2023-10-32"])
def test_cutoff_that_is_no_month_is_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        MODEL_FIELDS["knowledge_cutoff"].read(value)


def test_what_is_not_known_is_said() -> None:
    assert OFFER_FIELDS["input_price"].show(None) == "not known"
    assert MODEL_FIELDS["tools"].show(None) == "not known"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2023-10-31", "31 October 2023"),
        ("2023-10", "October 2023"),
        ("2023-02-31", "2023-02-31"),
        ("", "Not known"),
    ],
)
def test_cutoff_is_shown_in_words(value: str, shown: str) -> None:
    assert MODEL_FIELDS["knowledge_cutoff"].show(value).lower() == shown.lower()
