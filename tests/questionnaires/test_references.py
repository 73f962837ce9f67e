from datetime import date

import pytest

from apps.questionnaires.references import InvalidReferences, all_references, read_references

FRAMEWORK = "framework: {key: f, title: Frame, source: Public text, as_of: 2026-11-22}\nitems:\n"


def test_references_of_the_portal_have_source_and_date() -> None:
    references = all_references()

    assert len(references) > 150
    assert all(r.source and r.as_of <= date(2026, 11, 22) for r in references.values())
    assert references["nist_govern_1_6"].id == "GOVERN 1.6"


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
