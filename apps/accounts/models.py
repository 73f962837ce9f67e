"""People, teams, and who belongs where."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Whoever may sign in: nobody has to remember in which case the name was written."""
        return self.get(username__iexact=username)

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, **fields | {"office": Office.ADMIN})


class Office(models.TextChoices):
    """What somebody is for the whole organisation; team roles are in Membership."""

    NONE = "none", "no office"
    RISK_OFFICER = "risk_officer", "risk officer"
    ADMIN = "admin", "admin"


class User(AbstractBaseUser):
    username = models.CharField(max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField("full name", max_length=150, blank=True)
    email = models.EmailField(blank=True)
    office = models.CharField(max_length=20, choices=Office.choices, default=Office.NONE)
    is_active = models.BooleanField("active", default=True, help_text="Untick instead of deleting: the record stays.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = "account"
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="one_account_per_name_in_any_case",
                violation_error_message="Another account has this username, in upper or lower case.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_risk_officer(self) -> bool:
        return self.office == Office.RISK_OFFICER

    @property
    def is_admin(self) -> bool:
        return self.office == Office.ADMIN

    # What Django admin asks. Admins maintain everything that its ModelAdmin offers; what must not be
    # edited (snapshots, decisions, audit) is refused there, for everyone.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_admin

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, _app_label: str) -> bool:
        return self.is_staff


class Team(models.Model):
    name = models.CharField(max_length=100, unique=True)
    function = models.CharField(
        max_length=100, blank=True, help_text="What the team does, for example customer support."
    )
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamRole(models.TextChoices):
    MEMBER = "member", "member"
    LEAD = "lead", "team lead"


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=TeamRole.choices, default=TeamRole.MEMBER)

    class Meta:
        verbose_name = "member"
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_person_and_team")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} of {self.team}"
