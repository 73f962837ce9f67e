"""How models, prices and approvals are written on pages."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.catalog.index import FLAGS, Facet, Option
from apps.catalog.models import Approval, Model, Offer, Pricing
from apps.ui import formats
from apps.ui.templatetags.ui import status

register = template.Library()

CHECKED = mark_safe(" checked")
FACET_CHOICE = (
    '<label class="choice"><input type="checkbox" id="{0}-{1}" name="{0}" value="{1}"{2}>'
    '<span class="choice__label">{3} <span class="soft">{4}</span></span></label>'
)
PRICING_WORDS = {Pricing.FREE: "free", Pricing.INCLUDED: "included", Pricing.UNKNOWN: formats.NOT_KNOWN}


@register.filter
def modality(model: Model) -> str:
    """Written as in price lists: text+image->text."""
    return f"{'+'.join(model.input_modalities)}->{'+'.join(model.output_modalities)}"


@register.filter
def capabilities(model: Model) -> list[str]:
    return [words.lower() for name, words in FLAGS.items() if getattr(model, name)]


@register.filter
def offer_price(offer: Offer | None, field: str) -> str:
    """Free, included and not known are three different words, and none of them is $0.00."""
    if not isinstance(offer, Offer):
        return formats.NOT_KNOWN
    price = getattr(offer, field)
    if offer.pricing == Pricing.METERED:
        return formats.NOT_KNOWN if price is None else formats.money(price)
    return PRICING_WORDS[Pricing(offer.pricing)]


@register.filter
def approval_words(model: Model, today: date) -> str:
    in_force = model.approval_on(today)
    return "approval expired" if in_force != model.approval else str(Approval(in_force).label)


@register.simple_tag
def approval_status(model: Model, today: date) -> SafeString:
    return status(model.approval_on(today), approval_words(model, today).capitalize())


@register.simple_tag
def facet_choices(facet: Facet, options: Iterable[Option]) -> SafeString:
    """A hundred of them stand beside the list: as template nodes they took longer than the list itself."""
    return mark_safe("\n".join(facet_choice(facet.key, option) for option in options))  # noqa: S308 (of safe strings)


@lru_cache(maxsize=4096)
def facet_choice(facet: str, option: Option) -> SafeString:
    """Kept, because most choices read the same on every page."""
    checked = CHECKED if option.ticked else ""
    return format_html(FACET_CHOICE, facet, option.value, checked, option.title, formats.number(option.models))
