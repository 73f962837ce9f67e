from collections.abc import Iterable

from django import template

from apps.questionnaires.references import Reference, all_references

register = template.Library()


@register.filter
def references(keys: Iterable[str]) -> list[Reference]:
    """Reference keys to what they stand for."""
    return [all_references()[key] for key in keys]
