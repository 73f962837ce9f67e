import pytest
from django.test import RequestFactory

from apps.ui.htmx import page_or_fragment, wants_fragment


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
        ({"HX-Request": "yes please"}, False),
    ],
)
def test_fragment_is_wanted_by_htmx_only(headers, wanted):
    assert wants_fragment(RequestFactory().get("/", headers=headers)) is wanted


def test_page_or_fragment_renders_the_fragment_alone(tmp_path, settings):
    (tmp_path / "list.html").write_text("<h1>All</h1>{% partialdef rows inline %}<p>{{ count }}</p>{% endpartialdef %}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    settings.TEMPLATES[0]["OPTIONS"] = settings.TEMPLATES[0]["OPTIONS"] | {"context_processors": []}
    factory = RequestFactory()

    page = page_or_fragment(factory.get("/"), "list.html", "rows", {"count": 3})
    part = page_or_fragment(factory.get("/", headers={"HX-Request": "true"}), "list.html", "rows", {"count": 3}, 422)

    assert page.content.decode() == "<h1>All</h1><p>3</p>"
    assert part.content.decode() == "<p>3</p>"
    assert (page.status_code, part.status_code) == (200, 422)
    assert "HX-Request" in page["Vary"]
