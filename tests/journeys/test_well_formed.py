"""Every page is HTML that a strict parser accepts."""

import html5lib
import pytest
from django.template.loader import render_to_string

from tests.factories.pages import NAMES, page_named


@pytest.mark.parametrize("name", NAMES)
def test_page_is_well_formed(portal, signed_in, name):
    page = page_named(name)

    response = signed_in(page.who).get(page.url(portal))

    assert response.status_code == page.status
    parser = html5lib.HTMLParser()
    parser.parse(response.content.decode())
    assert parser.errors == []


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_error_page_is_well_formed(status):
    page = render_to_string(f"{status}.html", {"status": status, "message": "Why."})

    parser = html5lib.HTMLParser()
    parser.parse(page)
    assert parser.errors == []
