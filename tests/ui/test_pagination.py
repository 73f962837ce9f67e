import pytest
from django.core import signing

from apps.accounts.models import Team
from apps.ui import pagination
from apps.ui.pagination import keyset_page

ORDER = ("-function", "pk")


@pytest.fixture
def teams(db):
    Team.objects.bulk_create(Team(name=f"Team {n:02}", function="ab"[n % 2]) for n in range(23))
    return Team.objects.all()


def test_keyset_pages_visit_every_row_once_in_order(teams):
    seen, after = [], None
    while True:
        page = keyset_page(teams, ORDER, after, per_page=5)
        seen += list(page)
        after = page.older
        if after is None:
            break

    assert seen == list(teams.order_by(*ORDER))


def test_keyset_page_holds_its_place_when_rows_arrive_on_top(teams):
    first = keyset_page(teams, ("-pk",), per_page=5)
    Team.objects.create(name="Newcomer")

    second = keyset_page(teams, ("-pk",), first.older, per_page=5)

    assert not {team.pk for team in first} & {team.pk for team in second}
    assert (first.is_first, second.is_first) == (True, False)


@pytest.mark.parametrize(
    "cursor",
    ["", "forged", "a:b:c", signing.dumps([["name"], ["x"]], salt=pagination.SALT)],
    ids=["empty", "forged", "three parts", "other columns"],  # a signature holds the time: no name for a test
)
def test_keyset_page_with_a_foreign_cursor_starts_from_the_top(teams, cursor):
    assert keyset_page(teams, ORDER, cursor, per_page=5).is_first
