import gc
import json

import pytest

from apps.catalog.models import Change, Fact
from apps.catalog.rows import insert, without_collector
from tests.factories.catalog import AS_OF, make_model, make_source

COLUMNS = ("model", "field", "value", "source", "since", "as_of", "preferred", "url")


@pytest.mark.django_db
def test_rows_go_in_as_they_are_and_fields_left_out_stay_empty() -> None:
    source, model = make_source(), make_model()
    awkward = "tab\there, line\nthere, 100 %s, \\N and ünï"
    value = [{"above": 200000, "input": "0.15", "note": awkward}]

    insert(Fact, COLUMNS, iter([(model.pk, "x", json.dumps(value), source.pk, AS_OF, AS_OF, True, awkward)]))

    fact = Fact.objects.get()
    assert (fact.value, fact.url, fact.preferred, fact.as_of) == (value, awkward, True, AS_OF)
    assert (fact.model, fact.offer, fact.superseded_on) == (model, None, None)


@pytest.mark.django_db
def test_no_rows_are_no_mistake() -> None:
    insert(Change, ("kind", "on"), [])

    assert not Change.objects.exists()


def test_the_collector_is_on_again_afterwards_even_after_a_failure() -> None:
    seen = []

    @without_collector()
    def fail() -> None:
        seen.append(gc.isenabled())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert seen == [False]
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
