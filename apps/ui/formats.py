"""How numbers, money, dates and times are written, everywhere the same: pages, reports, mails."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateformat import format as format_date

NOT_KNOWN = "not known"
CENT = Decimal("0.01")
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
# Larger or finer figures than these are a fault in the data, not something to print digit by digit.
MOST_DIGITS = 40

Number = Decimal | int | str | float | None


def exact(value: Number) -> Decimal | None:
    """The value as a Decimal without binary noise, or None where there is no sensible number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def plain(number: Decimal) -> str:
    """All digits that matter, thousands separated, a real minus sign: 128,000 and 0.0075."""
    text = f"{number:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return MINUS + text[1:] if text.startswith("-") and text != "-0" else text.removeprefix("-")


def number(value: Number) -> str:
    found = exact(value)
    return NOT_KNOWN if found is None else plain(found)


def signed(value: Number) -> str:
    """A difference, with its sign: +3."""
    found = exact(value)
    if not found:
        return number(found)
    return f"{'+' if found > 0 else MINUS}{plain(abs(found))}"


def money(value: Number, currency: str = "$") -> str:
    """Exact, never rounded: at least two decimals, more where they matter ($0.15, $0.0075)."""
    found = exact(value)
    if found is None:
        return NOT_KNOWN
    whole, _, decimals = plain(abs(found)).partition(".")
    sign = MINUS if found < 0 else ""
    return f"{sign}{currency}{whole}.{decimals:0<2}"


def cost(value: Number, currency: str = "$") -> str:
    """An estimate: whole cents; cents dropped from 1,000 on; tiny amounts keep two digits that matter."""
    found = exact(value)
    if found is None:
        return NOT_KNOWN
    return money(rounded_cost(found), currency).removesuffix(".00" if abs(found) >= 1000 else "\0")


def rounded_cost(amount: Decimal) -> Decimal:
    if abs(amount) >= 1000:
        return amount.quantize(Decimal(1), ROUND_HALF_UP)
    if amount == 0 or abs(amount) >= CENT:
        return amount.quantize(CENT, ROUND_HALF_UP)
    return amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1), ROUND_HALF_UP)


def compact(value: Number) -> str:
    """For tight rows: 128k, 1.05M. The exact number belongs in a title or on the page behind."""
    found = exact(value)
    if found is None:
        return NOT_KNOWN
    for limit, suffix in ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k")):
        if abs(found) >= limit:
            return plain(three_digits(found / limit)) + suffix
    return plain(found)


def three_digits(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(min(0, number.adjusted() - 2)), ROUND_HALF_UP)


def percent(value: Number) -> str:
    """The value is already a percentage: 12.5 becomes 12.5%."""
    found = exact(value)
    return NOT_KNOWN if found is None else f"{plain(found)}%"


def interval(low: Number, high: Number) -> str:
    """One number where both ends meet, else both, joined by a dash."""
    first, last = number(low), number(high)
    return first if first == last else f"{first}{EN_DASH}{last}"


def day(value: date | datetime | str | None) -> str:
    """19 March 2026, in the portal's time zone. Stored documents hold days as text: 2026-03-19."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str):
        value = date.fromisoformat(value)
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return format_date(local, "j F Y")


def month(value: str) -> str:
    """October 2023 for 2023-10."""
    return format_date(date.fromisoformat(f"{value}-01"), "F Y")


def moment(value: datetime | None) -> str:
    """19 March 2026, 14:02 UTC."""
    return NOT_KNOWN if value is None else format_date(timezone.localtime(value), "j F Y, H:i e")


def clock(value: datetime | None) -> str:
    """14:02, for "Saved 14:02"."""
    return "" if value is None else format_date(timezone.localtime(value), "H:i")
