"""Accounts and teams. People and teams are never deleted here: their names stand in records."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from apps.accounts.forms import ChangeUserForm, MembershipFormSet, NewUserForm
from apps.accounts.models import Membership, Team, User
from apps.audit.admin import AuditedAdmin

# Permissions come from offices and team roles (permissions.py); Django's groups would be a second system.
admin.site.unregister(Group)
admin.site.index_title = "Administration"


class SetPasswordForm(AdminPasswordChangeForm):
    """Without "disable password": deactivate the account instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True


class MembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields: ClassVar = ["user"]
    formset = MembershipFormSet
    extra = 1


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    form = ChangeUserForm
    add_form = NewUserForm
    change_password_form = SetPasswordForm
    fieldsets = (
        (None, {"fields": ["username", "password", "name", "email"]}),
        ("What the person may do", {"fields": ["office", "is_active"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    )
    add_fieldsets = ((None, {"fields": ["username", "name", "email", "office", "password1", "password2"]}),)
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "name", "email", "office", "is_active", "last_login")
    list_filter = ("office", "is_active")
    search_fields = ("username", "name", "email")
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    inlines: ClassVar = [MembershipInline]
    list_display = ["name", "function"]
    search_fields = ["name"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
