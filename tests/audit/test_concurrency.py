"""Many writers at once: no fork in the chain, no entry lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from apps.accounts.models import Team
from apps.audit.actions import record, verify
from tests.factories.accounts import make_team

WRITERS, EACH = 6, 5


def write_entries(team: Team) -> None:
    try:
        for number in range(EACH):
            with transaction.atomic():
                record(by=None, verb="team.counted", subject=team, details={"number": number})
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_parallel_writers_make_one_chain():
    team = make_team()

    with ThreadPoolExecutor(WRITERS) as pool:
        done = [pool.submit(write_entries, team) for _ in range(WRITERS)]

    assert [job.exception() for job in done] == [None] * WRITERS
    assert verify().entries == WRITERS * EACH
