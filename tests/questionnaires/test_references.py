from datetime import date

import pytest

from apps.questionnaires import references
from apps.questionnaires.references import (
    InvalidReferences,
    all_references,
    frozen_references,
    read_references,
    references_of,
)

FRAMEWORK = "framework: {key: f, title: Frame, source: Public text, as_of: 2026-11-22}\nitems:\n"


def test_references_of_the_portal_have_source_and_date() -> None:
    references = all_references()

    assert len(references) > 150
    assert all(r.source and r.as_of <= date(2026, 11, 22) for r in references.values())
    assert references["nist_govern_1_6"].id == "GOVERN 1.6"


def test_every_reference_comes_back_from_a_document_as_it_was() -> None:
    keys = list(all_references())
    document = {"outcome": {"gaps": [{"references": keys[:9]}, {"references": keys[9:]}]}}

    frozen = frozen_references(document)

    assert [references_of({"references": frozen})[key] for key in keys] == list(all_references().values())


def test_document_keeps_what_it_points_to_and_nothing_else() -> None:
    document = {"a": [{"references": ["nist_govern_2_1", "nosuch"]}], "references": "none"}

    assert frozen_references(document)["nist_govern_2_1"]["id"] == "GOVERN 2.1"
    assert len(frozen_references(document)) == 1


def test_document_goes_by_its_own_references_even_after_they_changed(monkeypatch) -> None:
    frozen = {"references": frozen_references([{"references": ["nist_govern_2_1"]}])}
    title = all_references()["nist_govern_2_1"].title
    monkeypatch.setattr(references, "all_references", dict)  # the entry is gone

    assert references_of(frozen)["nist_govern_2_1"].title == title


def test_document_from_before_references_were_kept_goes_by_todays() -> None:
    assert references_of({}) == all_references()


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ("  - {key: a, id: A, title: T, colour: red}\n", "unknown key colour"),
        ("  - {key: a, id: A}\n", "title"),
        ("  - {key: a, id: A, title: T, applies_from: soon}\n", "soon"),
        ("  - {key: a, id: A, title: T}\n  - {key: a, id: B, title: T}\n", "used twice"),
        ("  - &x {key: a, id: A, title: T}\n", "alias or anchor"),
    ],
)
def test_broken_reference_file_is_refused_by_name(tmp_path, items: str, reason: str) -> None:
    (tmp_path / "broken.yaml").write_text(FRAMEWORK + items)

    with pytest.raises(InvalidReferences, match=r"broken\.yaml") as refusal:
        read_references(tmp_path)

    assert reason in str(refusal.value)
