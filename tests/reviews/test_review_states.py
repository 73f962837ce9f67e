"""The drawing in docs/reviews.md is the table in transitions.py."""

from pathlib import Path

from django.core.management import call_command

PAGE = Path(__file__).parents[2] / "docs" / "reviews.md"


def test_diagram_in_the_docs_is_what_the_command_prints(capsys):
    call_command("review_states")

    printed = capsys.readouterr().out.strip()

    assert f"```mermaid\n{printed}\n```" in PAGE.read_text(), "run manage.py review_states and paste it"


def test_diagram_has_an_arrow_for_each_step_and_an_end_for_each_dead_end(capsys):
    call_command("review_states")

    printed = capsys.readouterr().out

    assert "[*] --> submitted : submit (team lead)" in printed
    assert "approved --> lapsed : lapse (by itself when overdue)" in printed
    assert "rejected --> [*]" in printed
