"""One form with every kind of field, for the style guide and the tests of the template pack."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms


class SpecimenForm(forms.Form):
    name = forms.CharField(
        label="Name of the use case", max_length=80, help_text="A few words your team would recognise."
    )
    purpose = forms.CharField(label="What should it do?", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    audience = forms.ChoiceField(
        label="Who sees the results?",
        choices=[("team", "Only our team"), ("company", "The whole company"), ("public", "Customers or the public")],
        widget=forms.RadioSelect,
    )
    material = forms.MultipleChoiceField(
        label="Which data goes in?",
        choices=[("public", "Public information"), ("internal", "Internal documents"), ("personal", "Personal data")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick all that apply.",
    )
    users = forms.IntegerField(label="People who will use it each month", min_value=1, required=False)
    start = forms.DateField(label="Start", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    team = forms.ChoiceField(label="Team", choices=[("a", "Customer support"), ("b", "Finance")])
    agree = forms.BooleanField(label="I have read how answers are used", required=False)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.add_input(Submit("save", "Save and continue"))
        return helper
