from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, UserChangeForm, UsernameField

from apps.accounts.models import Office, TeamRole, User


class SignInForm(AuthenticationForm):
    """Django's form shows a maximum length but does not check it, and a longer name fails in the throttle's table."""

    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))
    password = forms.CharField(
        strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class AddMemberForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        help_text="The name the person signs in with.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(choices=TeamRole.choices, initial=TeamRole.MEMBER)

    def clean_username(self) -> User:
        user = User.objects.filter(username=self.cleaned_data["username"]).first()
        if user is None:
            raise forms.ValidationError("There is no account with this name. Ask an admin to create it.")
        return user


class NewUserForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["username", "name", "email", "office"]


class ChangeUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["username", "name", "email", "office", "is_active"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        stays_admin = cleaned.get("office") == Office.ADMIN and cleaned.get("is_active")
        others = User.objects.filter(office=Office.ADMIN, is_active=True).exclude(pk=self.instance.pk)
        if self.instance.is_staff and not stays_admin and not others.exists():
            raise forms.ValidationError("This is the only active admin. Make another account an admin first.")
        return cleaned
