"""Tests that commit end with a flush of all tables; append-only tables refuse it, so their triggers rest then."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import TransactionTestCase

SETTLE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


@contextmanager
def triggers_off() -> Iterator[None]:
    switch = postgresql_off if connection.vendor == "postgresql" else sqlite_off
    back_on = switch()
    try:
        yield
    finally:
        run(back_on)


def sqlite_off() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    run([f'DROP TRIGGER "{name}"' for name, _sql in triggers])
    return [sql for _name, sql in triggers]


def postgresql_off() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        tables = [row[0] for row in cursor.fetchall()]
    # A table cannot be altered while foreign keys of this transaction wait to be checked.
    run([SETTLE, *[f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]])
    return [SETTLE, *[f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]]


def run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def flush_past_triggers() -> Iterator[None]:
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with triggers_off():
            original(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
