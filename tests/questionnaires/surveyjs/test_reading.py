import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.questionnaires.documents import read_document
from apps.questionnaires.surveyjs import Options, SurveyRefused, import_survey, questions
from apps.questionnaires.surveyjs.reading import MAX_BYTES, read_survey
from apps.scoring import parse_questionnaire


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "top level"),
        (b"{", "not JSON"),
        (b'{"a": 1, "a": 2}', "appears twice"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "not a number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
        (b'{"a": 1e999999}', "too large"),
        (b'{"a": 0.' + b"1" * 5_000 + b"}", "too long"),
        (b'{"a": ' * 100_000, "nested deeper"),
        (b'{"a": ' * 60 + b"1" + b"}" * 60, "nested deeper"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": [' + b"1," * 250_000 + b"1]}", "parts"),
        (b'"' + b"x" * 10_000_000 + b'"', "larger than"),
    ],
)
def test_read_survey_refuses_what_is_not_a_survey_file(raw: bytes, said: str) -> None:
    started = time.monotonic()

    with pytest.raises(SurveyRefused, match=said):
        read_survey(raw)

    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "survey", [{}, {"pages": []}, {"pages": {}}, {"pages": [3]}, {"pages": [{"elements": "none"}]}, {"elements": [{}]}]
)
def test_import_of_nothing_is_refused_with_a_sentence(survey: object) -> None:
    with pytest.raises(SurveyRefused, match=r"\w+ \w+"):
        import_survey(json.dumps(survey).encode(), Options(key="survey"))


TEXT = {"type": "text", "name": "a"}
CHOICE = {"type": "radiogroup", "name": "a"}


@pytest.mark.parametrize(
    ("odd", "place", "told"),
    [
        (None, "elements[1]", "belongs an object, not nothing"),
        ("text", "elements[1]", "belongs an object, not “text”"),
        ({"name": "a"}, "elements[1].type", "has no type"),
        ({"type": 1, "name": "a"}, "elements[1].type", "belongs a text, not “1”"),
        ({**TEXT, "name": 5}, "elements[1].name", "“5” is a number; it is read as text"),
        ({**TEXT, "name": ["a"]}, "elements[1].name", "belongs a text, not a list"),
        ({**TEXT, "name": "n" * 501}, "elements[1].name", "is cut after 500 characters"),
        ({**TEXT, "name": {}, "visible": False}, "elements[1].name", "belongs a text, not an object"),
        ({**TEXT, "title": []}, "elements[1].title", "a text for each language, not a list; it is left out"),
        ({**TEXT, "title": {"default": 5}}, "elements[1].title", "under “default” belongs a text"),
        ({**TEXT, "visibleIf": True}, "elements[1].visibleIf", "belongs a text, not “true”; it is left out"),
        ({**TEXT, "visibleIf": {}}, "elements[1].visibleIf", "belongs a text, not an object"),
        ({**TEXT, "isRequired": "yes"}, "elements[1].isRequired", "not “yes”; it is read as true"),
        ({**TEXT, "isRequired": 1}, "elements[1].isRequired", "not “1”; it is read as true"),
        ({**TEXT, "isRequired": 0}, "elements[1].isRequired", "not “0”; it is read as false"),
        ({**TEXT, "maxLength": "long"}, "elements[1].maxLength", "a number, not “long”; it is left out"),
        ({**TEXT, "maxLength": True}, "elements[1].maxLength", "a number, not “true”; it is left out"),
        ({**CHOICE, "choices": [{}]}, "elements[1].choices[0]", "a choice needs a value"),
        ({**CHOICE, "choices": [[1]]}, "elements[1].choices[0]", "a choice needs a value"),
        ({**CHOICE, "choices": "x"}, "elements[1].choices", "not “x”; it is read as a list of one"),
        ({"type": "boolean", "name": "a", "valueTrue": []}, "elements[1].valueTrue", "not a list; it is left out"),
        ({"type": "panel", "elements": {**TEXT}}, "elements[1].elements", "it is read as a list of one"),
    ],
)
def test_what_is_odd_is_told_and_the_rest_is_carried_over(odd: Any, place: str, told: str) -> None:
    survey = {"elements": [{"type": "text", "name": "first"}, odd]}

    imported = import_survey(json.dumps(survey).encode(), Options(key="survey"))

    assert "first" in imported.names
    assert any(note.place == place and told in note.message for note in imported.notes)


def test_odd_values_are_read_as_surveyjs_reads_them() -> None:
    odd = {"type": "text", "name": 5, "title": None, "isRequired": 1, "visibleIf": False}
    survey = {"elements": [odd, {"type": "comment", "name": "b", "visibleIf": "{5} notempty"}]}

    imported = import_survey(json.dumps(survey).encode(), Options(key="survey"))

    first, second = parse_questionnaire(read_document(imported.source.encode()).data).questions
    assert (first.key, first.required, first.visible_if) == ("q_5", True, None)
    assert second.visible_if is not None


def test_panels_nested_without_end_are_left_out_from_there_on() -> None:
    panel: dict[str, Any] = {"type": "panel", "elements": [{"type": "text", "name": "deep"}]}
    for _ in range(16):
        panel = {"type": "panel", "elements": [panel]}
    survey = {"elements": [{"type": "text", "name": "first"}, panel]}

    imported = import_survey(json.dumps(survey).encode(), Options(key="survey"))

    assert list(imported.names) == ["first"]
    assert any("nested deeper than 15 levels" in note.message for note in imported.notes)


def test_import_refuses_what_would_be_larger_than_a_questionnaire_may_be() -> None:
    texts = [{"type": "comment", "name": f"c{n}", "title": "x" * 15_000} for n in range(100)]

    with pytest.raises(SurveyRefused, match="not be readable: it is larger"):
        import_survey(json.dumps({"elements": texts}).encode(), Options(key="survey"))


def test_huge_texts_and_names_take_bounded_time() -> None:
    hostile = '"' + "<" * 1_000_000 + '"'
    started = time.monotonic()

    import_survey(
        ('{"elements": [{"type": "html", "name": "a", "html": ' + hostile + "}]}").encode(), Options("survey")
    )

    assert time.monotonic() - started < 20
    assert len(hostile) < MAX_BYTES


def test_a_character_whose_number_has_thousands_of_digits_is_none() -> None:
    survey = {"elements": [{"type": "html", "name": "a", "html": f"Read. &#{'9' * 5_000};"}]}

    assert "\ufffd" in import_survey(json.dumps(survey).encode(), Options("survey")).source


def test_choices_in_too_many_languages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MAX_TEXTS", 5)
    survey = {"title": {"en": "A", "fr": "B"}, "elements": [{"type": "radiogroup", "name": "a", "choices": [1, 2, 3]}]}

    with pytest.raises(SurveyRefused, match="each in 2 languages, are more than 5 texts"):
        import_survey(json.dumps(survey).encode(), Options("survey"))


def test_a_long_chain_of_conditions_takes_bounded_time() -> None:
    first = {"type": "boolean", "name": "q0"}
    chain = [{"type": "boolean", "name": f"q{n}", "visibleIf": f"{{q{n - 1}}}"} for n in range(1, 1_500)]
    started = time.monotonic()

    imported = import_survey(json.dumps({"elements": [first, *chain]}).encode(), Options("survey"))

    assert imported.counts["condition"] == 1_499
    assert time.monotonic() - started < 40


def test_conditions_that_compare_without_end_are_refused() -> None:
    many = {"type": "radiogroup", "name": "q", "choices": list(range(490))}
    condition = "{q} = [" + ",".join(["1"] * 4_000) + "]"
    asking = [{"type": "comment", "name": f"t{n}", "visibleIf": condition} for n in range(3)]

    with pytest.raises(SurveyRefused, match="compare more than 5,000,000 times"):
        import_survey(json.dumps({"elements": [many, *asking]}).encode(), Options("survey"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
texts = st.text(max_size=30)
conditions = st.text(alphabet="{}ab1 '\"=<>!()[],andorcontains", max_size=40) | st.sampled_from(
    ["{a} = 1", "{a} contains ['x']", "!{a} empty", "{b.r} <> 'x' or {a} notempty", "{a} anyof [1, 2] and {c}"]
)
elements = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["radiogroup", "checkbox", "imagepicker", "text", "html", "boolean", "rating", "matrix", "panel", "file"]
        ),
        "name": st.sampled_from(["a", "b", "c", "A b", "é", "1", "class"]) | texts,
    },
    optional={
        "title": texts | st.dictionaries(st.sampled_from(["default", "fr", "xx!"]), texts) | json_values,
        "visibleIf": conditions,
        "requiredIf": conditions,
        "choices": st.lists(texts | st.integers(0, 9), max_size=4) | json_values,
        "columns": st.lists(texts, max_size=3),
        "rows": st.lists(texts, max_size=3),
        "elements": st.lists(json_values, max_size=2),
        "inputType": st.sampled_from(["number", "date", "email"]),
        "min": json_values,
        "score": json_values,
    },
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries({"pages": st.lists(st.fixed_dictionaries({"elements": st.lists(elements)}), max_size=3)}))
def test_any_survey_gives_a_valid_questionnaire_or_a_sentence(survey: object) -> None:
    raw = json.dumps(survey).encode()
    try:
        imported = import_survey(raw, Options(key="survey", points_suffix=True, points_value=True))
    except SurveyRefused:
        return

    parse_questionnaire(read_document(imported.source.encode()).data)
    again = import_survey(raw, Options(key="survey", points_suffix=True, points_value=True))
    assert again.source == imported.source


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_file_is_an_object_or_is_refused(raw: bytes) -> None:
    try:
        survey = read_survey(raw)
    except SurveyRefused:
        return

    assert isinstance(survey, dict)
