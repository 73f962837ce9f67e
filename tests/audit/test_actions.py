"""The chain: what is recorded, and that every kind of tampering shows."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Team
from apps.audit.actions import ChainBroken, Head, entry_hash, head, record, verify
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_team, make_user
from tests.plugins.append_only import triggers_off

pytestmark = pytest.mark.django_db


def three_entries() -> list[AuditEvent]:
    team = make_team()
    return [record(by=None, verb=f"team.step_{number}", subject=team) for number in (1, 2, 3)]


def test_record_says_who_did_what_to_which_object():
    user, team = make_user(name="Kim"), make_team()

    event = record(by=user, verb="team.renamed", subject=team, details={"from": "A", "to": "B"})

    assert (event.by, event.by_name, event.verb) == (user, "Kim", "team.renamed")
    assert (event.subject_type, event.subject_id) == ("accounts.team", str(team.pk))
    assert event.details == {"from": "A", "to": "B"}


def test_record_links_each_entry_to_the_one_before():
    first, second, third = three_entries()

    assert first.previous_hash == ""
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)


def test_record_is_undone_with_the_change_it_belongs_to():
    with transaction.atomic():
        record(by=None, verb="team.made", subject=make_team(name="Gone"))
        transaction.set_rollback(True)

    assert not AuditEvent.objects.exists()
    assert not Team.objects.filter(name="Gone").exists()


def test_change_is_not_made_when_the_entry_cannot_be_written(monkeypatch):
    taken = record(by=None, verb="team.made", subject=make_team()).hash
    monkeypatch.setattr("apps.audit.actions.entry_hash", lambda _event: taken)  # unique, so refused

    with pytest.raises(IntegrityError), transaction.atomic():
        record(by=None, verb="team.made", subject=make_team(name="Gone"))

    assert not Team.objects.filter(name="Gone").exists()


def test_details_of_any_kind_verify_after_a_round_trip():
    details = {
        "ü": "é\u2028",
        "amount": Decimal("1.10"),
        "big": 1e16,
        "rate": 0.1,
        "list": [None, True, 2**70],
        "a": {},
    }

    record(by=None, verb="team.made", subject=make_team(), details=details)

    assert verify().entries == 1


def test_head_counts_and_names_the_last_entry():
    assert head() == Head(0, "")

    *_, last = three_entries()

    assert head() == verify() == Head(3, last.hash)


def test_verify_finds_changed_entry():
    _, second, _ = three_entries()

    with triggers_off():
        AuditEvent.objects.filter(pk=second.pk).update(verb="team.other")

    with pytest.raises(ChainBroken, match=f"Entry {second.pk} "):
        verify()


@pytest.mark.parametrize("field", ["at", "by_name", "subject_type", "subject_id", "details"])
def test_verify_finds_change_of_any_field(field):
    _, second, third = three_entries()
    value = {"details": {"x": 1}, "at": third.at.replace(year=2000)}.get(field, "other")

    with triggers_off():
        AuditEvent.objects.filter(pk=second.pk).update(**{field: value})

    with pytest.raises(ChainBroken):
        verify()


def test_verify_finds_change_with_recomputed_hash():
    _, second, third = three_entries()
    second.verb = "team.other"

    with triggers_off():
        AuditEvent.objects.filter(pk=second.pk).update(verb=second.verb, hash=entry_hash(second))

    with pytest.raises(ChainBroken, match=f"Entry {third.pk} "):
        verify()


@pytest.mark.parametrize("removed", [0, 1])
def test_verify_finds_removed_entry(removed):
    entries = three_entries()

    with triggers_off():
        AuditEvent.objects.filter(pk=entries[removed].pk).delete()

    with pytest.raises(ChainBroken, match=f"Entry {entries[removed + 1].pk} "):
        verify()


def test_verify_finds_inserted_entry():
    *_, second, third = three_entries()
    AuditEvent.objects.create(
        at=third.at, verb="team.forged", subject_type="x", subject_id="1", previous_hash=second.hash, hash="f" * 64
    )

    with pytest.raises(ChainBroken, match=r"team\.forged"):
        verify()


def test_verify_finds_swapped_entries():
    _, second, third = three_entries()

    with triggers_off():
        AuditEvent.objects.filter(pk=third.pk).update(id=second.pk + 1000)
        AuditEvent.objects.filter(pk=second.pk).update(id=second.pk + 2000)

    with pytest.raises(ChainBroken, match=r"team\.step_3"):
        verify()


def test_verify_finds_cut_tail_by_a_head_noted_earlier():
    *_, last = three_entries()
    noted = head()

    with triggers_off():
        AuditEvent.objects.filter(pk=last.pk).delete()

    assert verify().entries == 2, "without a noted head the rest is a whole chain"
    with pytest.raises(ChainBroken, match="entries were removed"):
        verify(noted)


def test_verify_accepts_a_head_noted_earlier():
    three_entries()
    noted = head()
    record(by=None, verb="team.made", subject=make_team())

    assert verify(noted).entries == 4
    assert verify(Head(0, "")).entries == 4
