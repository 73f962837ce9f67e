"""One form field per question. Fields carry what was typed; whether it is valid is decided by the scoring room."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.scoring import answer_in_words, read_answer
from apps.scoring.definitions import Choice, Question

DONT_KNOW = "?"  # no choice key looks like this
DONT_KNOW_LABEL = "I don't know"
DONT_KNOW_ANSWER = {"dont_know": True}
PREFIX = "q-"


def field_name(question: Question) -> str:
    return f"{PREFIX}{question.key}"


def version_name(question: Question) -> str:
    return f"v-{question.key}"


def unknown_name(question: Question) -> str:
    """The separate "I don't know" box of questions without choices."""
    return f"u-{question.key}"


def mine_name(question: Question) -> str:
    """The button that saves one's own answer instead of a colleague's; its value is the version it replaces."""
    return f"mine-{question.key}"


def theirs_name(question: Question) -> str:
    """The button that shows a colleague's answer instead of one's own."""
    return f"theirs-{question.key}"


def names(question: Question) -> tuple[str, ...]:
    """Everything that holds the answer of a question."""
    return field_name(question), version_name(question), unknown_name(question)


class AsTyped:
    """Keeps the value as it came: the scoring room is the one judge of answers."""

    def clean(self, value: Any) -> Any:
        return value


class SingleField(AsTyped, forms.ChoiceField):
    widget = forms.RadioSelect


class Boxes(forms.CheckboxSelectMultiple):
    """Marks the boxes that cannot be ticked together with others."""

    alone: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.alone:
            option["attrs"]["data-alone"] = True
        return option


class MultiField(AsTyped, forms.MultipleChoiceField):
    widget = Boxes


class TextField(AsTyped, forms.CharField):
    unit = ""  # beside the field


def build_field(question: Question) -> forms.Field:
    common: dict[str, Any] = {
        "label": str(question.title),
        "help_text": str(question.help or ""),
        "required": question.required,  # for the label only, see AsTyped
    }
    if question.type == "single":
        return SingleField(choices=choice_labels(question), **common)
    if question.type == "multi":
        boxes = MultiField(choices=choice_labels(question), **common)
        boxes.widget.alone = frozenset({DONT_KNOW, *(choice.key for choice in question.choices if choice.exclusive)})
        return boxes
    field = TextField(widget=text_widget(question), **common)
    field.unit = str(question.unit or "")
    return field


def choice_labels(question: Question) -> list[tuple[str, str | SafeString]]:
    labels = [(choice.key, choice_label(choice)) for choice in question.choices]
    return [*labels, (DONT_KNOW, DONT_KNOW_LABEL)] if question.dont_know else labels


def choice_label(choice: Choice) -> str | SafeString:
    if not choice.help:
        return str(choice.title)
    return format_html('{} <span class="choice__help">{}</span>', str(choice.title), str(choice.help))


def text_widget(question: Question) -> forms.Widget:
    if question.type == "number":
        mode = "decimal" if question.places else "numeric"
        return forms.TextInput(attrs={"inputmode": mode, "class": "input--number", "autocomplete": "off"})
    if question.type == "date":
        bounds = {"min": str(question.minimum), "max": str(question.maximum)}
        return forms.DateInput(attrs={"type": "date", **bounds})
    limit = {"maxlength": question.max_length}
    return forms.Textarea(attrs={"rows": 4, **limit}) if question.type == "long_text" else forms.TextInput(attrs=limit)


def raw_from_post(question: Question, post: QueryDict) -> Any:
    """The raw answer for the scoring room; None when nothing was chosen. Raises ValueError for a repeated field."""
    values = post.getlist(field_name(question))
    if question.type == "multi":
        if DONT_KNOW in values and len(values) > 1:
            raise ValueError(f"“{DONT_KNOW_LABEL}” cannot be combined with other options.")
        return DONT_KNOW_ANSWER if values == [DONT_KNOW] else values or None
    if len(values) > 1:
        raise ValueError("This question takes one answer, more were sent.")
    text = values[0] if values else ""
    if post.get(unknown_name(question)) and text.strip():
        raise ValueError(f"Give an answer or tick “{DONT_KNOW_LABEL}”, not both.")
    if post.get(unknown_name(question)) or text == DONT_KNOW:
        return DONT_KNOW_ANSWER
    return text if text.strip() else None


def typed_text(question: Question, post: QueryDict) -> str:
    """What was typed, in words, also where it is no answer; empty when nothing was."""
    try:
        answer = read_answer(question, raw_from_post(question, post))
        return "" if answer is None else answer_in_words(question, answer)
    except ValueError:
        return "; ".join(post.getlist(field_name(question)))


def initial_value(question: Question, stored: Any) -> Any:
    """What the field shows for a stored answer."""
    if stored == DONT_KNOW_ANSWER:
        return [DONT_KNOW] if question.type == "multi" else DONT_KNOW if question.type == "single" else ""
    return stored


def put(data: QueryDict, question: Question, stored: Any) -> None:
    """Fills in the answer as if it had been typed."""
    shown = initial_value(question, stored)
    if shown is not None:
        data.setlist(field_name(question), shown if isinstance(shown, list) else [shown])
    if stored == DONT_KNOW_ANSWER:
        data[unknown_name(question)] = "on"
