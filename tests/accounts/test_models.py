import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from tests.factories.accounts import make_admin, make_member, make_membership, make_team, make_user

pytestmark = pytest.mark.django_db


def test_user_shows_full_name_or_else_username():
    assert str(make_user(username="kim", name="Kim Example")) == "Kim Example"
    assert str(make_user(username="lee")) == "lee"


def test_username_of_a_bad_form_is_refused():
    for username in ["", "two words", "x" * 151, "a/b"]:
        with pytest.raises(ValidationError):
            User.objects.create_user(username, "a long test password")


def test_superuser_is_an_admin():
    assert User.objects.create_superuser("root", "a long test password").is_admin


def test_closed_admin_account_has_no_rights():
    admin = make_admin(is_active=False)

    assert not admin.is_staff
    assert not admin.has_perm("accounts.change_user")
    assert not admin.has_module_perms("accounts")


def test_nobody_is_superuser():
    assert not make_admin().is_superuser


def test_membership_is_unique_per_team_and_person():
    team = make_team()
    member = make_member(team=team)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_membership(team=team, user=member)


def test_membership_reads_as_a_sentence():
    team = make_team(name="Finance")

    assert str(make_member(team=team, name="Kim").memberships.get()) == "Kim, member of Finance"
