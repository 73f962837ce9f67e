"""The template pack: what a reader and a screen reader get from {% crispy form %}."""

import html5lib
import pytest
from django.template import Context, Template

from apps.ui.forms import SpecimenForm

BY_HELPER = "{% load crispy_forms_tags %}<form>{% crispy form %}</form>"
BY_FILTER = "{% load crispy_forms_tags %}<form>{{ form|crispy }}</form>"


def page(source: str, form: SpecimenForm):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
    return parser.parseFragment(Template(source).render(Context({"form": form})))


@pytest.mark.parametrize("source", [BY_HELPER, BY_FILTER])
def test_every_control_has_a_label(source):
    form = page(source, SpecimenForm())

    labelled = {label.get("for") for label in form.iter("label")}
    controls = [c for name in ("input", "select", "textarea") for c in form.iter(name) if c.get("type") != "submit"]
    assert len(controls) == 12
    assert {control.get("id") for control in controls} == labelled


@pytest.mark.parametrize("source", [BY_HELPER, BY_FILTER])
def test_errors_are_tied_to_their_controls(source):
    form = page(source, SpecimenForm({"users": "-4"}))

    name = next(c for c in form.iter("input") if c.get("name") == "name")
    group = next(f for f in form.iter("fieldset") if f.get("id") == "id_audience")
    ids = {element.get("id") for element in form.iter() if element.get("id")}
    assert name.get("aria-invalid") == "true"
    assert name.get("aria-describedby") == "id_name_helptext id_name_error"
    assert {"id_name_helptext", "id_name_error", "id_audience_error"} <= ids
    assert group.get("aria-describedby") == "id_audience_error"


def test_choices_are_grouped_under_a_legend():
    form = page(BY_HELPER, SpecimenForm())

    legends = ["".join(legend.itertext()) for legend in form.iter("legend")]
    assert legends == ["Who sees the results?", "Which data goes in?"]


def test_chosen_values_come_back():
    form = page(BY_HELPER, SpecimenForm({"audience": "company", "material": ["internal", "personal"], "name": "<b>"}))

    ticked = {c.get("value") for c in form.iter("input") if "checked" in c.attrib}
    assert ticked == {"company", "internal", "personal"}
    assert next(c for c in form.iter("input") if c.get("name") == "name").get("value") == "<b>"
