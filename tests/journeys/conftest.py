"""Journeys on the content that is published, not on examples."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client

from tests.factories.portal import Portal, make_portal


@pytest.fixture(scope="module")  # "package" would mean the whole session: folders of tests are no packages
def whole_portal(django_db_setup, django_db_blocker) -> Iterator[Portal]:
    """Made once for a file, inside a transaction that is rolled back; each test gets a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_portal()
        transaction.set_rollback(True)


@pytest.fixture
def portal(whole_portal: Portal, db: None) -> Portal:
    return whole_portal


@pytest.fixture
def signed_in(portal: Portal) -> Callable[..., Client]:
    """A client with the session of one of the portal's people; "" is nobody."""

    def client_of(name: str, **headers: str) -> Client:
        client = Client(headers=headers)
        if name:
            client.force_login(portal.people[name])
        return client

    return client_of
