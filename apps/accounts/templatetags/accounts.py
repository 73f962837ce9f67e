from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts import typed
from apps.accounts.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def typed_by(context: dict[str, Any]) -> SafeString | str:
    """In each form with text, beside its token: if the sign-in ends meanwhile, its author gets the text back."""
    user = context["request"].user
    if not isinstance(user, User):
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', typed.AUTHOR, typed.seal_of(user))
