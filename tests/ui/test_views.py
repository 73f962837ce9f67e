import html5lib
import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def styleguide(client):
    return client.get(reverse("ui:styleguide"))


def test_styleguide_is_well_formed(styleguide):
    html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(styleguide.content)

    assert styleguide.status_code == 200


def test_styleguide_has_one_heading_and_unique_ids(styleguide):
    document = html5lib.parse(styleguide.content, namespaceHTMLElements=False)
    ids = [element.get("id") for element in document.iter() if element.get("id")]

    assert len(list(document.iter("h1"))) == 1
    assert len(ids) == len(set(ids))


def test_styleguide_is_read_only(client):
    assert client.post(reverse("ui:styleguide")).status_code == 405


def test_base_page_tells_htmx_to_swap_refusals_and_never_to_evaluate(styleguide):
    html = styleguide.content.decode()

    assert '"allowEval":false' in html
    assert '{"code":"4(00|01|03|04|09|13|22|29)","swap":true,"error":true}' in html
    assert "X-CSRFToken" in html
