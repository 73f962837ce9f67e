"""The sheet of a model: one page, for everybody, with the figures of its profile and where they come from."""

import re
from datetime import date
from io import BytesIO

import page
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from apps.catalog.actions import edit_statement, load_catalog
from apps.catalog.models import Approval, Model, StatementEdit
from apps.catalog.profile import load_profile
from apps.reports.sheets import model_sheet, sheet_html, sheet_pdf
from tests.factories.accounts import make_admin, make_team, make_user
from tests.factories.catalog import make_approved_model, make_known_model, make_model, metered

pytestmark = [
    pytest.mark.django_db,
    # WeasyPrint says so where HarfBuzz' subsetting library is missing; the PDF is right, only larger.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:weasyprint"),
]
TODAY = date(2026, 7, 10)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def words(pdf):
    return squeezed("".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages))


def compliant(pdf, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf)
    return page.validate_pdf(str(path)).is_compliant


@pytest.fixture
def gpt_4o_mini():
    load_catalog(by=None)
    return Model.objects.select_related("provider").get(slug="openai/gpt-4o-mini")


def test_sheet_is_one_accessible_page_with_the_whole_profile(gpt_4o_mini, tmp_path):
    pdf = model_sheet(gpt_4o_mini, TODAY)

    assert compliant(pdf, tmp_path)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    for expected in [
        "GPT-4o-mini",
        "128,000",
        "$0.15",
        "$0.60",
        "text+image+file->text",
        "Unreviewed in this company",
        "Strengths",
        "Tradeoffs",
        "Deployment checklist",
        "as of",
        "OpenRouter",
        "Data checked",
    ]:
        assert squeezed(expected) in words(pdf)


def test_sheet_is_the_same_bytes_every_time(gpt_4o_mini):
    html = sheet_html(load_profile(gpt_4o_mini, TODAY))

    assert sheet_pdf.__wrapped__(html) == sheet_pdf.__wrapped__(html)


def test_sheet_of_every_known_model_fits_one_page(gpt_4o_mini):
    longest = max(
        Model.objects.select_related("provider"), key=lambda model: len(sheet_html(load_profile(model, TODAY)))
    )

    assert len(PdfReader(BytesIO(model_sheet(longest, TODAY))).pages) == 1


def test_sheet_of_a_model_nothing_is_known_about_says_so(tmp_path):
    model = make_model(context_window=None, data_checked=None, input_modalities=[], output_modalities=[])

    pdf = model_sheet(model, TODAY)

    assert compliant(pdf, tmp_path)
    assert "notknown" in words(pdf)
    assert squeezed("No source states a figure") in words(pdf)


def test_sheet_shows_what_each_source_says_when_they_differ():
    make_known_model(slug="maker/one", source="first", rank=10, offers={"maker": metered("0.15", "0.60")})
    model = make_known_model(slug="maker/one", source="second", rank=30, offers={"maker": metered("0.30", "0.60")})

    text = words(model_sheet(model, TODAY))

    assert squeezed("$0.15 per 1M tokens (First) / $0.30 per 1M tokens (Second)") in text


def test_sheet_says_what_the_model_fits_and_which_sentence_was_written_here(gpt_4o_mini):
    kind = StatementEdit.Kind.REWRITE
    text = "Our support desk runs on it."
    edit = StatementEdit(model=gpt_4o_mini, rule_id="strengths.workload", kind=kind, text=text)
    edit_statement(by=make_admin(), edit=edit)

    said = words(model_sheet(gpt_4o_mini, TODAY))

    assert "High-fitusecases" in said
    assert squeezed("GPT-4o-mini for wide deployment within a strict budget.") in said
    assert squeezed(f"{text} (edited)") in said
    assert said.count("(edited)") == 2, "the sentence, and what the mark means"


def test_sheet_names_no_person_no_reason_and_no_team(client):
    model = make_approved_model(
        teams=[make_team(name="Secret ventures")], approval_reason="Their lawyers agreed.", approval_by=make_admin()
    )

    client.force_login(make_user())
    text = words(client.get(reverse("reports:model_pdf", args=[model.slug])).content)

    assert squeezed("Restricted in this company") in text
    assert squeezed("only for some teams") in text
    assert "Secretventures" not in text
    assert "lawyers" not in text
    assert squeezed(str(model.approval_by)) not in text


def test_sheet_of_an_expired_approval_says_expired():
    model = make_model(approval=Approval.APPROVED, approval_at=timezone.now(), approval_expires=date(2026, 7, 9))

    assert squeezed("Approval expired in this company") in words(model_sheet(model, TODAY))


def test_sheet_shows_hostile_names_literally():
    model = make_model(name="<img src=file:///etc/hostname>")

    assert squeezed("<img src=file:///etc/hostname>") in words(model_sheet(model, TODAY))


def test_sheet_is_for_everybody_signed_in_and_linked_from_the_profile(client):
    model = make_model()
    address = reverse("reports:model_pdf", args=[model.slug])
    assert address not in client.get(model.get_absolute_url()).content.decode()

    client.force_login(make_user())
    response = client.get(address)

    assert address == f"/reports/models/{model.slug}.pdf"
    assert response["Content-Type"] == "application/pdf"
    assert address in client.get(model.get_absolute_url()).content.decode()


def test_sheet_of_a_model_that_is_not_listed_is_for_admins(client):
    address = reverse("reports:model_pdf", args=[make_model(listed=False).slug])

    client.force_login(make_user())
    assert client.get(address).status_code == 404
    client.force_login(make_admin())
    assert client.get(address).status_code == 200
