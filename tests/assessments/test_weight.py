"""What a phone on a slow line loads: a whole step on the first visit, and the reply to one answer."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.factories.accounts import make_lead, make_team
from tests.factories.assessments import make_assessment
from tests.factories.portal import load_content, newest

pytestmark = pytest.mark.django_db
FIRST_VISIT = 60 * 1024
REPLY = 7 * 1024


def test_step_of_the_risk_test_is_light() -> None:
    load_content()
    lead = make_lead(team=make_team())
    assessment = make_assessment(by=lead, questionnaire=newest("risktest"))
    client = Client()
    client.force_login(lead)
    url = f"/assessments/{assessment.pk}/sections/context/"

    page = client.get(url).content
    reply = client.post(url, {"q-stage": "live", "v-stage": "0"}, headers={"HX-Request": "true"})

    files = re.findall(rb'(?:src|href)="/static/([^"]+)"', page)
    assert len(files) > 5
    assert zipped(page) + sum(zipped(static_file(name.decode())) for name in files) <= FIRST_VISIT
    assert reply.status_code == 200
    assert len(reply.content) <= REPLY


def static_file(name: str) -> bytes:
    return Path(finders.find(name)).read_bytes()


def zipped(raw: bytes) -> int:
    return len(gzip.compress(raw, 6))
