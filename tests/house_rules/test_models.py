"""Every model of ours says what it is, and nothing is deleted by accident."""

import pytest
from django.apps import apps
from django.db.models import Model

MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("apps.") and not model.__name__.startswith("Historical")
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_model_has_a_text_of_its_own(model: type[Model]):
    assert model.__str__ is not Model.__str__


def test_append_only_tables_have_no_cascade():
    """Deleting something else must not try to take a snapshot, a decision or an audit entry with it."""
    kept = [model for model in MODELS if model.__name__ in {"AuditEvent", "Snapshot", "Decision"}]
    cascading = [
        f"{model._meta.label}.{field.name}"
        for model in kept
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.on_delete.__name__ == "CASCADE"
    ]

    assert kept
    assert not cascading
