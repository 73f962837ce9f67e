from collections.abc import Iterable, Mapping

from django import template

from apps.questionnaires.references import Reference, all_references

register = template.Library()


@register.filter
def references(keys: Iterable[str], known: Mapping[str, Reference] | None = None) -> list[Reference]:
    """Reference keys to what they stand for: today, or in `known`."""
    return [(known or all_references())[key] for key in keys]
