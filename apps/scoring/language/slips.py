"""What people write who know other languages, and what it is here: a hint where an expression cannot be read."""

import re

SLIPS = {
    r"&&|\bAND\b": "Write “and”.",
    r"\|\||\bOR\b": "Write “or”.",
    r"!(?!=)|\bNOT\b": "Write “not”.",
    "[\u2018\u2019\u201c\u201d]": "Write plain quotes: 'x'.",
    r"<>": "Write “!=”.",
    r"=[<>]": "Write “<=” or “>=”.",
    r"\?|^if\b": "Write “x if condition else y”.",
    r"(?<![=!<>])=(?!=)": "Write “==” to compare.",
}


def slip_in(text: str) -> str:
    """The hint with a space before it; "" for none."""
    if text.count("(") > text.count(")"):
        return " A bracket is left open. Where YAML has { }, a comma ends the value: put the expression in quotes."
    return next((f" {right}" for wrong, right in SLIPS.items() if re.search(wrong, text)), "")
