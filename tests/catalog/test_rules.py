from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.catalog.observations import Refused
from apps.catalog.rules import catalog_file, parameters, parse_rules, profile_rules, read_yaml

# Every parameter that public lists name.
KNOWN_PARAMETERS = {
    "frequency_penalty", "include_reasoning", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "min_p",
    "parallel_tool_calls", "prediction", "presence_penalty", "reasoning", "reasoning_effort", "repetition_penalty",
    "response_format", "seed", "stop", "structured_outputs", "temperature", "tool_choice", "tools", "top_a", "top_k",
    "top_logprobs", "top_p", "verbosity", "web_search_options",
}  # fmt: skip


@pytest.fixture
def raw() -> Any:
    return deepcopy(read_yaml(catalog_file("profile_rules.yaml")))


@pytest.mark.parametrize(
    ("tokens", "band"),
    [(1, "standard"), (199_999, "standard"), (200_000, "long"), (999_999, "long"), (1_000_000, "ultra_long")],
)
def test_context_bands_at_their_cuts(tokens: int, band: str) -> None:
    found = profile_rules().context.find(tokens)

    assert found is not None
    assert found.key == band


@pytest.mark.parametrize(
    ("price", "band"),
    [
        ("0", "cost_efficient"),
        ("0.30", "cost_efficient"),
        ("0.3000000001", "balanced"),
        ("2.5", "balanced"),
        ("2.51", "premium"),
    ],
)
def test_price_bands_at_their_cuts(price: str, band: str) -> None:
    found = profile_rules().price.find(Decimal(price))

    assert found is not None
    assert found.key == band


def test_what_is_not_known_is_in_no_band() -> None:
    assert profile_rules().price.find(None) is None


def test_every_known_parameter_has_a_note_of_its_own() -> None:
    notes = [parameter.note for parameter in parameters().values()]

    assert set(parameters()) == KNOWN_PARAMETERS
    assert all(len(note) > 40 for note in notes)
    assert len(set(notes)) == len(notes)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("sections", "strengths", "rules", 0, "text"), "{name} is {beautiful}.", "sections.strengths.rules[0].text"),
        (("sections", "strengths", "rules", 1, "when"), "colour == 'red'", "sections.strengths.rules[1].when"),
        (("sections", "strengths", "rules", 1, "when"), "context_window", "sections.strengths.rules[1].when"),
        (("sections", "strengths", "rules", 1, "id"), "strengths.workload", "sections.strengths"),
        (("sections", "use_cases", "rules", 0, "workload"), "dancing", "sections.use_cases.rules[0].workload"),
        (("workloads", 0, "when"), "__import__('os')", "workloads[0].when"),
        (("bands", "price", "steps"), [{"key": "a", "title": "A", "at_most": 1}], "bands.price.steps"),
        (("unread",), ["Text Embedding"], "unread"),
        (("sections", "faqs"), None, "sections.faqs"),
        (("surprise",), 1, "profile rules.surprise"),
    ],
)
def test_broken_rules_are_refused_with_their_place(raw: Any, path: tuple[Any, ...], value: Any, problem: str) -> None:
    target = raw
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    with pytest.raises(Refused) as refused:
        parse_rules(raw)

    assert problem in [found.path for found in refused.value.problems]


def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [1", encoding="utf-8")

    with pytest.raises(Refused, match=r"broken\.yaml: is not valid YAML"):
        read_yaml(tmp_path / "broken.yaml")


def test_a_yaml_file_cannot_build_objects(tmp_path: Path) -> None:
    (tmp_path / "evil.yaml").write_text("!!python/object/apply:os.getcwd []", encoding="utf-8")

    with pytest.raises(Refused):
        read_yaml(tmp_path / "evil.yaml")
