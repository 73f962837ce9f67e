"""An admin keeps the catalog in Django admin; everybody sees the result."""

from typing import Any

from apps.audit.models import AuditEvent
from apps.catalog.models import Model, Provider

MODELS = "/admin/catalog/model/"
REASON = "Reviewed for drafts without personal data."


def test_admin_adds_a_model_approves_it_and_everybody_sees_it(portal, signed_in):
    admin, nobody = signed_in("admin"), signed_in("")
    entered = {
        "name": "House Model 1",
        "slug": "house/model-1",
        "provider": Provider.objects.get(key="openai").pk,
        "listed": "on",
        "context_window": "32000",
        "input_modalities": ["text"],
        "output_modalities": ["text"],
        "tools": "unknown",
        "structured_outputs": "unknown",
        "reasoning": "unknown",
        **no_rows(admin.get(f"{MODELS}add/")),
    }

    assert admin.post(f"{MODELS}add/", entered).status_code == 302
    made = Model.objects.get(slug="house/model-1")
    assert "House Model 1" in nobody.get("/catalog/?q=house").content.decode()
    decided = {"action": "decide", "_selected_action": made.pk, "status": "approved", "reason": REASON, "decided": "1"}
    assert admin.post(MODELS, decided).status_code == 302

    page = nobody.get(made.get_absolute_url()).content.decode()
    assert "32,000" in page
    assert "Approved" in page
    assert REASON in signed_in("lead").get(made.get_absolute_url()).content.decode()
    assert AuditEvent.objects.filter(verb="model.approval_decided", subject_id=str(made.pk)).count() == 1


def no_rows(page: Any) -> dict[str, str]:
    """The tables below the form, left empty."""
    tables = [table.formset.prefix for table in page.context["inline_admin_formsets"]]
    return {f"{table}-{count}": "0" for table in tables for count in ("TOTAL_FORMS", "INITIAL_FORMS")}


def test_decision_without_a_reason_is_not_recorded(portal, signed_in):
    chosen = Model.objects.filter(approval_at=None).first()
    decided = {"action": "decide", "_selected_action": chosen.pk, "status": "approved", "reason": "", "decided": "1"}

    assert signed_in("admin").post(MODELS, decided).status_code == 422

    chosen.refresh_from_db()
    assert chosen.approval_at is None


def test_admin_pages_are_closed_to_everybody_else(portal, signed_in):
    answers = {name: signed_in(name).get(MODELS, follow=True).status_code for name in ("member", "lead", "officer")}

    assert set(answers.values()) == {403}
    assert signed_in("").get(MODELS, follow=True).redirect_chain[-1][0].startswith("/account/sign-in/")
