from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    UserChangeForm,
    UserCreationForm,
    UsernameField,
)
from django.core.validators import MaxLengthValidator
from django.http import QueryDict

from apps.accounts.models import Office, TeamRole, User
from apps.ui.http import AuthenticatedHttpRequest

LONGEST_PASSWORD = 1000


class SignInForm(AuthenticationForm):
    """Django's form shows a maximum length but does not check it, and a longer name fails in the throttle's table."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "This username and password do not belong together. Check both; capital letters count in the "
        "password."
    }
    username = UsernameField(
        max_length=150,
        widget=forms.TextInput(attrs={"autofocus": True}),
        error_messages={"required": "Enter your username."},
    )
    password = forms.CharField(
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )


class ChangePasswordForm(PasswordChangeForm):
    """The old password is asked for: a screen left open for a minute must not be enough."""

    def __init__(self, request: AuthenticatedHttpRequest, data: QueryDict | None = None) -> None:
        super().__init__(request.user, data)
        self.request = request
        for field in self.fields.values():
            field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
            field.error_messages["required"] = "Enter a password."
        self.fields["old_password"].label = "Password until now"
        self.fields["new_password1"].label = "New password"
        self.fields["new_password2"].label = "New password, once more"
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self) -> str:
        """Checked as at the sign-in, so that wrong tries are counted and stopped as they are there."""
        password: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=password) is None:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password


class AddMemberForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        help_text="The name the person signs in with.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        error_messages={"required": "Enter the username of the person to add."},
    )
    role = forms.ChoiceField(choices=TeamRole.choices, initial=TeamRole.MEMBER)

    def clean_username(self) -> User:
        user = User.objects.filter(username__iexact=self.cleaned_data["username"]).first()
        if user is None:
            raise forms.ValidationError("There is no account with this name. Ask an admin to create it.")
        return user


class NewUserForm(UserCreationForm):
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


class MembershipFormSet(forms.BaseInlineFormSet):
    """Who is in a team, as an admin puts it right. A team that has a lead keeps one, as on the team page."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        had_one = any(form.initial.get("role") == TeamRole.LEAD for form in self.initial_forms)
        if had_one and not any(row.get("role") == TeamRole.LEAD and row.get("user") for row in kept):
            raise forms.ValidationError("The team would be left without a team lead. Make somebody else one first.")
