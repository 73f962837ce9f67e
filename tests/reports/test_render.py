"""What the PDF says, and that it says it to everyone and every time the same."""

import hashlib
import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import page
import pytest
from pypdf import PdfReader

from apps.assessments.queries import content, definition
from apps.reports.build import UseCases, build_report
from apps.reports.documents import draft_pdf, frozen_report, record_pdf, submitted_pdf
from apps.reports.render import StylesheetMissing, _refuse_everything, _stylesheet, report_html
from apps.reviews.transitions import ConditionVerb, Verb
from apps.selector.queries import recommendations_json
from tests.factories.reviews import (
    ANSWERS,
    FORBIDDEN,
    SAFE,
    UNCERTAIN,
    make_complete,
    make_decided,
    make_selector_questionnaire,
    report,
    send_back,
    snapshot_of,
    step,
)
from tests.factories.use_cases import READY_TEAM

pytestmark = [
    pytest.mark.django_db,
    # WeasyPrint says so where HarfBuzz' subsetting library is missing; the PDF is right, only larger.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:weasyprint"),
]

HOSTILE = [
    "<img src=file:///etc/hostname>",
    "<img src='http://127.0.0.1:9/x.png'>",
    "<link rel=attachment href=file:///etc/hostname>",
    "<link rel=stylesheet href=file:///etc/passwd>",
    "<style>@import url(file:///etc/hostname)</style>",
    "<style>@font-face{font-family:x;src:url(file:///etc/hostname)}</style>",
    "<svg><image href='file:///etc/hostname'/></svg>",
    "<meta name=title content=forged>",
    "<object data=file:///etc/hostname></object>",
    "</td></tr></table><h1>Approved</h1>",
    "{{ 7|add:7 }}{% load static %}",
    "=cmd|' /C calc'!A1",
    "&lt;b&gt; &amp; &#60;",
    "url(file:///etc/hostname)",
]


def words(pdf):
    """All text, without the line breaks of the layout."""
    return re.sub(r"\s+", "", "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages))


def squeezed(text):
    return re.sub(r"\s+", "", text)


def compliant(pdf, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    return page.validate_pdf(str(path)).is_compliant


@pytest.mark.parametrize("answers", [SAFE, ANSWERS, UNCERTAIN, FORBIDDEN])
def test_pdf_is_accessible(tmp_path, answers):
    assert compliant(submitted_pdf(snapshot_of(answers=answers)), tmp_path)


def test_pdf_of_a_draft_is_accessible_and_marked(tmp_path):
    pdf = draft_pdf(make_complete())

    assert compliant(pdf, tmp_path)
    assert "Draft\N{EN DASH}notsubmitted" in words(pdf)


def test_pdf_of_a_decision_is_accessible_and_names_conditions(tmp_path):
    pdf = record_pdf(make_decided(verb=Verb.APPROVE_WITH_CONDITIONS))

    assert compliant(pdf, tmp_path)
    assert "Traineverybody" in words(pdf)
    assert "Wellargued." in words(pdf)


def test_pdf_of_a_decision_says_how_its_conditions_stand(tmp_path):
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    assert "Notreportedyet" in words(record_pdf(review))

    condition = report()
    assert "Waitsforariskofficer" in words(record_pdf(review))
    report(send_back(condition, text="Where is it?"), text="Page 3")
    step(condition, ConditionVerb.ACCEPT)

    pdf = record_pdf(review)
    assert compliant(pdf, tmp_path)
    said = words(pdf)
    order = ["Listinthewiki", "Whereisit?", "Page3", "Accepted"]
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)
    assert "Waitsforariskofficer" not in said
    assert "fromthenon" not in said, "the day stayed the same"


def test_reason_and_conditions_follow_the_first_page():
    pdf = record_pdf(make_decided(verb=Verb.APPROVE_WITH_CONDITIONS))

    said = words(pdf)
    order = ["Dofirst", "Wellargued.", "Traineverybody", "Whatisitfor?", "Howthiscameabout"]
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)


def test_pdf_of_use_cases_says_for_which_volume_it_costs_what():
    draft = make_complete(questionnaire=make_selector_questionnaire(), answers={"team_function": "finance"})
    data = build_report(content(draft), definition(draft), {}, source="", identifier="", sha256=None)
    case = {"title": "Drafts", "models": {"choices": [{"name": "A"}], "requests": 2000}}

    page = report_html(replace(data, use_cases=UseCases((case,), (), (), ())))

    assert "For 2,000 requests a month." in page


def test_pdf_of_use_cases_is_accessible_and_lists_them(tmp_path):
    pdf = draft_pdf(make_complete(questionnaire=make_selector_questionnaire(), answers={"team_function": "finance"}))

    assert compliant(pdf, tmp_path)
    assert "Starthere" in words(pdf)


def test_first_page_of_use_cases_shows_all_of_them_at_a_glance(tmp_path):
    pdf = draft_pdf(make_complete(questionnaire=make_selector_questionnaire(), answers=READY_TEAM))

    first, rest = (squeezed(sheet.extract_text()) for sheet in PdfReader(BytesIO(pdf)).pages[:2])
    assert compliant(pdf, tmp_path)
    for expected in ["Use case", "Model, and what it costs a month", "Fits well, risks less", "numbered as they are"]:
        assert squeezed(expected) in first
    for expected in ["Controls that must be in place:", "Safer still:"]:
        assert squeezed(expected) in first + rest


def test_pdf_numbers_later_use_cases_as_the_picture_does():
    draft = make_complete(questionnaire=make_selector_questionnaire(), answers=READY_TEAM)
    data = build_report(
        content(draft) | {"recommendations": recommendations_json(draft)},
        *(definition(draft), {}),
        source="",
        identifier="",
        sha256=None,
    )

    page = report_html(data)

    found = data.use_cases
    for number, case in enumerate([*found.start_here, *found.next, *found.not_yet], start=1):
        assert f"{number}. {case['title']}: fit" in found.picture
        assert f"{number}. {case['title']}</h3>" in page


def test_pdf_is_the_same_bytes_every_time():
    snapshot = snapshot_of()

    assert submitted_pdf(snapshot) == submitted_pdf(snapshot)


def test_pdf_first_page_says_what_a_manager_acts_on():
    first = squeezed(PdfReader(BytesIO(submitted_pdf(snapshot_of(title="Reply drafts")))).pages[0].extract_text())

    for expected in [
        "Reply drafts",
        "High risk",
        "Do first",
        "No owner",
        "Owner of this use",
        "Takes off 50 points",
        "Care",
    ]:
        assert squeezed(expected) in first


def test_first_page_of_a_forbidden_use_does_not_read_as_if_closing_gaps_were_enough():
    forbidden, allowed = (
        report_html(frozen_report(snapshot_of(answers=answers), [])) for answers in (FORBIDDEN, ANSWERS)
    )

    assert "Change the plan first" in forbidden
    assert "Do first" not in forbidden
    assert "Change the plan first" not in allowed


def test_notices_are_named_on_the_first_page_and_told_after_it():
    page = report_html(frozen_report(snapshot_of(answers=FORBIDDEN | {"told": "told"}), []))
    named, told = page.split("<h2>Also applies</h2>")

    assert "Also applies</strong>, without changing the level: Entry in the register." in named
    assert "<strong>Entry in the register</strong>: applies." in told
    assert "Also applies" not in report_html(frozen_report(snapshot_of(answers=FORBIDDEN), []))


def test_first_page_without_gaps_asks_for_what_is_not_known():
    unsure = ANSWERS | {"owner": "named", "told": "told", "data": {"dont_know": True}}
    draft = make_complete(answers=unsure)
    data = build_report(content(draft), definition(draft), {}, source="", identifier="", sha256=None)

    page = report_html(data)

    assert "No gap is open. First find out what is not known" in page


def test_pdf_names_its_hash_and_carries_the_document_with_that_hash():
    snapshot = snapshot_of()

    reader = PdfReader(BytesIO(submitted_pdf(snapshot)))

    attached = reader.attachments["assessment.json"][0]
    assert hashlib.sha256(attached).hexdigest() == snapshot.sha256
    assert json.loads(attached)["answers"]
    assert all(snapshot.sha256[:12] in squeezed(sheet.extract_text()) for sheet in reader.pages)


@pytest.mark.parametrize("payload", HOSTILE)
def test_pdf_shows_hostile_text_literally_and_loads_nothing(payload, caplog):
    pdf = submitted_pdf(snapshot_of(title=payload[:200], answers=ANSWERS | {"purpose": payload}))

    reader = PdfReader(BytesIO(pdf))
    assert words(pdf).count(squeezed(payload)) >= 2
    assert list(reader.attachments) == ["assessment.json"]
    assert Path("/etc/hostname").read_text().strip() not in words(pdf).replace(squeezed(payload), "")
    assert not [record for record in caplog.records if "Failed to load" in record.message]


def test_pdf_takes_the_longest_answer_there_can_be():
    longest = "Unbroken" * 500

    assert (
        words(submitted_pdf(snapshot_of(answers=ANSWERS | {"purpose": longest}))).count("Unbroken") >= 490
    )  # a page may end in the middle of one


def test_stylesheet_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("apps.reports.render.finders.find", lambda _name: None)

    with pytest.raises(StylesheetMissing, match=r"css/report\.css"):
        _stylesheet.__wrapped__()


def test_fetcher_refuses_even_what_weasyprint_asks_for():
    for url in ["file:///etc/hostname", "http://127.0.0.1/", "data:text/plain,x"]:
        with pytest.raises(ValueError, match="nothing from outside"):
            _refuse_everything().fetch(url)
