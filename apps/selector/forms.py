"""Bring your own idea: described by the attributes every use case of the library has."""

from collections.abc import Iterator
from typing import Any

from django import forms

from apps.scoring import Questionnaire
from apps.selector.library import SCALES, WORDS_FROM, Attributes, HouseRules


class OwnIdeaForm(forms.Form):
    title = forms.CharField(
        max_length=120, label="What do you call it?", error_messages={"required": "Give your idea a name."}
    )
    description = forms.CharField(
        max_length=1000,
        label="What goes in, what comes out?",
        help_text="For the people who read the result. It is never scored.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say it in a sentence or two."},
    )

    LABELS = {
        "functions": "Which teams would use it?",
        "goals": "Which goals does it serve?",
        "data_kinds": "Which data does it need?",
        "audience": "Who sees what it makes?",
        "autonomy": "How far does it act by itself?",
        "decision_impact": "What is the worst that follows from an error?",
        "reversibility": "Can an error be undone?",
    }

    def __init__(self, questionnaire: Questionnaire, rules: HouseRules, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question_key in WORDS_FROM.items():
            choices = [(c.key, str(c.title)) for c in questionnaire.question(question_key).choices]
            self.fields[name] = self._field(name, choices)
        self.fields["special_uses"] = forms.MultipleChoiceField(
            choices=list(rules.special_uses.items()),
            required=False,
            label="Does any of this apply?",
            help_text=rules.special_uses_title,
            widget=forms.CheckboxSelectMultiple,
        )

    def _field(self, name: str, choices: list[tuple[str, str]]) -> forms.Field:
        if name in SCALES:
            one = {"required": "Choose one."}
            return forms.ChoiceField(
                choices=choices, label=self.LABELS[name], widget=forms.RadioSelect, error_messages=one
            )
        return forms.MultipleChoiceField(
            choices=choices,
            label=self.LABELS[name],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Tick at least one."},
        )

    def attributes(self) -> Attributes:
        data = self.cleaned_data
        names = (*WORDS_FROM, "special_uses")
        values: dict[str, Any] = {name: data[name] if name in SCALES else frozenset(data[name]) for name in names}
        return Attributes(**values)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """The idea as it was judged, to be sent once more."""
        for name, value in self.cleaned_data.items():
            for item in value if isinstance(value, list) else [value]:
                yield name, item
