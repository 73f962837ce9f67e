"""Nothing typed is lost: each form with text in it gives the text back when the sign-in ended meanwhile."""

import re

from tests.house_rules.source import ROOT, TEMPLATES, where

# Django's own admin forms are as Django makes them; passwords are kept nowhere.
PASSWORDS = ("templates/accounts/sign_in.html", "templates/accounts/change_password.html")
ELSEWHERE = ("templates/admin/", *PASSWORDS, "templates/accounts/typed.html", "templates/ui/")
POSTS = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.DOTALL)
HOLDS_TEXT = re.compile(r"\|crispy|as_crispy_field|<textarea|\{% include|type=\"text\"")


def forgetful(text: str) -> list[str]:
    forms = [form for form in POSTS.findall(text) if HOLDS_TEXT.search(form)]
    return [form.split(">")[0] for form in forms if "{% typed_by %}" not in form]


def test_forms_with_text_name_their_author():
    ours = [path for path in TEMPLATES if not path.relative_to(ROOT).as_posix().startswith(ELSEWHERE)]

    found = {where(path): forms for path in ours if (forms := forgetful(path.read_text()))}

    assert not found


def test_rule_can_fail():
    assert forgetful('<form method="post">{% csrf_token %}{{ form|crispy }}</form>')
