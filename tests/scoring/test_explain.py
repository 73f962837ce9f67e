"""The sentences that explain an outcome, in the questionnaire's words."""

from apps.scoring import evaluate, parse_questionnaire
from tests.factories.definitions import make_scored_definition
from tests.factories.outcomes import ANSWERED, TODAY, outcome_of, sentences


def test_points_are_explained_in_the_questionnaires_words() -> None:
    data = make_scored_definition()
    data["languages"] = ["en", "fr"]
    data["dimensions"][0]["title"] = {"en": "Exposure", "fr": "Exposition"}
    data["sections"][0]["questions"][0]["title"] = {"en": "How far?", "fr": "Jusqu'où ?"}

    outcome = outcome_of(data, ANSWERED, language="fr")

    assert "“Jusqu'où ?”: “Everyone” counts 10 points on “Exposition”." in sentences(outcome, "points")
    assert outcome.dimensions["exposure"].title == "Exposition"
    assert "“Remaining risk” is 62, from points of “Exposition” 14, points of “Controls” 2." in sentences(
        outcome, "derived"
    )


def test_points_are_explained_the_same_whatever_was_explained_before() -> None:
    data = make_scored_definition()
    data["languages"] = ["en", "fr"]
    reach = data["sections"][0]["questions"][0]
    reach["title"] = {"en": "How far?", "fr": "Jusqu'où ?"}
    for choice in reach["choices"]:
        choice["points"]["control"] = 3
    questionnaire = parse_questionnaire(data)

    for language in (None, "fr", "en"):
        for choice in reach["choices"]:
            answers = {**ANSWERED, "reach": choice["key"]}
            again = evaluate(questionnaire, answers, on_date=TODAY, language=language)
            assert again == outcome_of(data, answers, language=language)
            assert [told.key for told in again.explanations[:2]] == ["exposure", "control"]


def test_every_point_flag_gap_and_level_has_its_explanation() -> None:
    outcome = outcome_of(make_scored_definition(), {**ANSWERED, "data": ["health"]})

    traced = {(explanation.about, explanation.rule) for explanation in outcome.explanations}

    assert traced == {
        ("points", "sections[0].questions[0].points"),
        ("points", "sections[0].questions[1].points"),
        ("points", "sections[0].questions[2].points"),
        ("points", "sections[0].questions[3].points"),
        ("derived", "derived[0].value"),
        ("flag", "flags[0].when"),
        ("gap", "sections[0].questions[2].gap"),
        ("level", "levels"),
    }


def test_value_of_an_empty_form_does_not_read_as_if_it_were_safe() -> None:
    worst, as_it_stands = make_scored_definition(), make_scored_definition()
    as_it_stands["levels"]["when_missing"] = "as_it_stands"

    said = [sentences(outcome_of(data, {}), "derived")[0] for data in (worst, as_it_stands)]

    assert said[0].startswith("“Remaining risk” could be anything from 0 to 100, from")
    assert said[1].startswith("“Remaining risk” is 0, from")


def test_level_that_missing_answers_could_reach_says_so() -> None:
    data = make_scored_definition()
    data["flags"][0]["effect"] = "forbid"

    (sentence,) = sentences(outcome_of(data, {}), "level")

    assert sentence == (
        "The level is “Critical”: “Remaining risk” could reach 100, and “Critical” is above 75; "
        "also “Health data for everyone” may apply."
    )


def test_level_of_a_dimension_is_explained() -> None:
    data = make_scored_definition()
    data["levels"].update(of="exposure", bands=[{"key": "any", "title": "Any"}])
    data["flags"] = []

    assert sentences(outcome_of(data, ANSWERED), "level") == [
        "The level is “Any”: points of “Exposure” is 14, and “Any” is every value."
    ]


def test_flag_by_points_is_explained_with_the_number() -> None:
    data = make_scored_definition()
    data["flags"][0]["when"] = "residual > 60 and points(exposure) > 1"

    assert sentences(outcome_of(data, ANSWERED), "flag")[0].startswith(
        "“Health data for everyone” applies because of “Remaining risk” 62, points of “Exposure” 14;"
    )
