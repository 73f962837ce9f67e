from django import forms

from apps.accounts.models import TeamRole, User


class AddMemberForm(forms.Form):
    username = forms.CharField(max_length=150, help_text="The name the person signs in with.")
    role = forms.ChoiceField(choices=TeamRole.choices, initial=TeamRole.MEMBER)

    def clean_username(self) -> User:
        user = User.objects.filter(username=self.cleaned_data["username"]).first()
        if user is None:
            raise forms.ValidationError("There is no account with this name. Ask an admin to create it.")
        return user
