"""The HTML of form fields. Rendering dominates a step, and a choice looks the same to everybody who chose it."""

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.forms import BoundField

from apps.scoring.definitions import Question

MOST = 5000  # pieces of about 2 KB

_rendered: dict[tuple[str, str, str], str] = {}


def control(questionnaire_hash: str, question: Question, field: BoundField) -> str:
    """The field with its label, help and errors.

    Choices are kept by questionnaire, question and value. What somebody typed, and a form with errors, is not.
    """
    if question.type not in ("single", "multi") or field.form.is_bound:
        return str(as_crispy_field(field))
    key = (questionnaire_hash, question.key, repr(field.initial))
    html = _rendered.get(key)
    if html is None:
        if len(_rendered) >= MOST:
            _rendered.clear()
        html = _rendered[key] = as_crispy_field(field)
    return html
