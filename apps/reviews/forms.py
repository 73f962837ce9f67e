"""What officers and teams type; every rule about *when* is in policies.py."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from apps.accounts.models import Team
from apps.reviews.models import Review, Status
from apps.reviews.policies import MOST_CONDITIONS, ConditionText
from apps.reviews.queries import REPORTED
from apps.reviews.transitions import DECISIONS, ConditionVerb, Verb

VERB_LABELS = {
    Verb.APPROVE: "Approve",
    Verb.APPROVE_WITH_CONDITIONS: "Approve with conditions",
    Verb.REQUEST_CHANGES: "Request changes",
    Verb.REJECT: "Reject",
}


class SingleValuesForm(forms.Form):
    """A field sent twice is refused instead of one of its values being picked."""

    def clean(self) -> dict[str, Any]:
        if isinstance(self.data, QueryDict):
            for name in self.fields:
                if len(self.data.getlist(self.add_prefix(name))) > 1:
                    self.add_error(name, "This was sent more than once. Reload the page and try again.")
        return self.cleaned_data


def day_field(*, error_messages: Mapping[str, str] | None = None, **options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a real date.", **(error_messages or {})},
        **options,
    )


class DecisionForm(SingleValuesForm):
    verb = forms.ChoiceField(
        label="Decision",
        choices=[(verb.value, VERB_LABELS[verb]) for verb in DECISIONS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision."},
    )
    reason = forms.CharField(
        max_length=4000,
        label="Reason",
        help_text="The team reads this first. Say what decided it.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Give the reason: it is what the team reads first."},
    )
    valid_until = day_field(
        required=False, label="Approval ends on", help_text="After this day the approval lapses by itself."
    )
    # What the officer had before their eyes. Missing or different, it is a conflict, not a typing error.
    snapshot = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def chosen(self) -> Verb:
        return Verb(self.cleaned_data["verb"])


class ConditionForm(SingleValuesForm):
    text = forms.CharField(max_length=500, label="What must be true")
    due_on = day_field(label="Due on", error_messages={"required": "Give the day it is due."})


ConditionFormSet = forms.formset_factory(
    ConditionForm, extra=3, max_num=MOST_CONDITIONS, absolute_max=MOST_CONDITIONS, validate_max=True
)


def filled_in(conditions: forms.BaseFormSet) -> list[ConditionText]:
    """Empty rows are no conditions."""
    rows = [form.cleaned_data for form in conditions.forms if form.has_changed()]
    return [ConditionText(row["text"], row["due_on"]) for row in rows]


class CommentForm(SingleValuesForm):
    question = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    text = forms.CharField(
        max_length=4000,
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the comment first."},
    )


class ConditionStepForm(SingleValuesForm):
    """`seen` is how many steps were on screen; missing or different, it is a conflict, not a typing error."""

    seen = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, widget=forms.HiddenInput)


class ConditionReportForm(ConditionStepForm):
    text = forms.CharField(
        max_length=1000,
        label="How it was met",
        help_text="A sentence, and where to find the proof.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say how it was met, so that it can be checked."},
    )


class ConditionReturnForm(ConditionStepForm):
    text = forms.CharField(
        max_length=1000,
        label="What is missing",
        help_text="The team reads this, and can report it again.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is missing: it is what the team reads first."},
    )
    due_on = day_field(required=False, label="New due day")


CONDITION_FORMS = {
    ConditionVerb.REPORT: ConditionReportForm,
    ConditionVerb.ACCEPT: ConditionStepForm,
    ConditionVerb.RETURN: ConditionReturnForm,
}


def titled(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Labels as they stand alone in a list: "In review"."""
    return [(value, capfirst(label)) for value, label in choices]


class QueueFilterForm(SingleValuesForm):
    status = forms.ChoiceField(required=False)
    level = forms.ChoiceField(required=False)
    team = forms.ModelChoiceField(Team.objects.none(), required=False, empty_label="Any team")
    uncertain = forms.BooleanField(required=False, label="Only uncertain")
    mine = forms.BooleanField(required=False, label="Only mine")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter_%s")
        levels = Review.objects.order_by().values_list("snapshot__level", flat=True).distinct()
        self.choice("level").choices = [("", "Any level")] + [(key, words(key)) for key in sorted(levels) if key]
        self.choice("status").choices = [
            ("", "Open"),
            (REPORTED, "Conditions to check"),
            ("all", "All"),
            *titled(Status.choices),
        ]
        teams: forms.ModelChoiceField = self.fields["team"]  # type: ignore[assignment]
        teams.queryset = Team.objects.filter(assessments__review__isnull=False).distinct().order_by("name")

    def choice(self, name: str) -> forms.ChoiceField:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        return field


def words(key: str) -> str:
    return key.replace("_", " ").capitalize()
