"""The forms of the wizard: starting an assessment, and one section of questions."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from apps.accounts.models import Team, User
from apps.accounts.permissions import PERMISSIONS, TEAM_ROLES
from apps.assessments import fields
from apps.assessments.actions import Posted
from apps.assessments.models import Assessment
from apps.assessments.sheets import StoredAnswer
from apps.catalog.models import Model
from apps.questionnaires.documents import MAX_BYTES
from apps.questionnaires.models import QuestionnaireVersion
from apps.scoring.definitions import Question

MAX_TITLE = 200


class StartForm(forms.Form):
    title = forms.CharField(
        max_length=MAX_TITLE,
        label="What is it about?",
        help_text="A short name your team will recognise, for example: drafting replies to customer e-mails.",
        error_messages={"required": "Give it a short name."},
    )
    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)
    model = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, questionnaire: QuestionnaireVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.questionnaire = user, questionnaire
        roles = [name for name, role in TEAM_ROLES.items() if role in PERMISSIONS["assessment.start"]]
        self.teams = Team.objects.filter(memberships__user=user, memberships__role__in=roles)
        team: forms.ModelChoiceField = self.fields["team"]  # type: ignore[assignment]
        team.queryset = self.teams

    def clean_model(self) -> Model | None:
        if not (slug := self.cleaned_data["model"]):
            return None
        model: Model | None = Model.objects.visible_to(self.user).filter(slug=slug).first()
        if model is None:
            raise forms.ValidationError("The catalog has no such model.")
        return model


class RenameForm(forms.Form):
    """A title, and the one its author saw."""

    title = forms.CharField(max_length=MAX_TITLE, label="Title", error_messages={"required": "Give the draft a title."})
    seen = forms.CharField(max_length=MAX_TITLE, strip=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        return cls(initial={"title": assessment.title, "seen": assessment.title})

    def after(self, theirs: str) -> Self:
        """What was typed, to be sent once more by somebody who has seen the other title."""
        again = type(self)({"title": self.cleaned_data["title"], "seen": theirs})
        again.add_error("title", f"Somebody else changed it to “{theirs}” in the meantime. Rename again to keep yours.")
        return again


class SectionForm(forms.Form):
    """The visible questions of one section, with the versions their author saw."""

    use_required_attribute = False  # a section may be left and come back to

    def __init__(
        self, questions: Iterable[Question], stored: Mapping[str, StoredAnswer], data: QueryDict | None = None
    ) -> None:
        self.questions = [question for question in questions if question.type != "static"]
        if data is not None:
            data = self._complete(data, stored)
        initial: dict[str, Any] = {}
        for question in self.questions:
            answer = stored.get(question.key)
            initial[fields.field_name(question)] = fields.initial_value(question, answer.value if answer else None)
            initial[fields.version_name(question)] = answer.version if answer else 0
            initial[fields.unknown_name(question)] = bool(answer and answer.value == fields.DONT_KNOW_ANSWER)
        super().__init__(data, initial=initial, auto_id="%s")
        for question in self.questions:
            self._add_fields(question)

    def _complete(self, data: QueryDict, stored: Mapping[str, StoredAnswer]) -> QueryDict:
        """With what is stored for the questions that were not on the page that was sent."""
        data = data.copy()
        for question in self.questions:
            if fields.version_name(question) not in data:
                answer = stored.get(question.key)
                fields.put(data, question, answer.value if answer else None)
                data[fields.version_name(question)] = str(answer.version if answer else 0)
        return data

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Question key -> sentence, from whoever judged the answers."""
        for key, message in errors.items():
            name = f"{fields.PREFIX}{key}"
            self.add_error(name if name in self.fields else None, message)

    def _add_fields(self, question: Question) -> None:
        self.fields[fields.field_name(question)] = fields.build_field(question)
        self.fields[fields.version_name(question)] = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
        if question.dont_know and question.type in ("number", "date"):
            self.fields[fields.unknown_name(question)] = forms.BooleanField(
                required=False,
                label=fields.DONT_KNOW_LABEL,
                widget=forms.CheckboxInput(attrs={"data-alone": True}),
            )


def chosen(questions: Iterable[Question], post: QueryDict, button: Callable[[Question], str]) -> list[Question]:
    """The questions of whose buttons one was pressed."""
    return [question for question in questions if button(question) in post]


def with_choices(questions: Sequence[Question], post: QueryDict) -> QueryDict:
    """What was posted, after a choice between one's own answer and a colleague's: whoever saw theirs and keeps their
    own has seen that version; for whoever takes theirs, nothing was typed."""
    data = post.copy()
    for question in chosen(questions, post, fields.mine_name):
        data.setlist(fields.version_name(question), post.getlist(fields.mine_name(question)))
    for question in chosen(questions, post, fields.theirs_name):
        for name in fields.names(question):
            data.pop(name, None)
    return data


def read_post(questions: Iterable[Question], post: QueryDict) -> tuple[dict[str, Posted], dict[str, str]]:
    """What was posted for these questions, and an error per field that cannot be read. Unknown fields are errors."""
    by_name = {fields.field_name(q): q for q in questions if q.type != "static"}
    posted: dict[str, Posted] = {}
    errors = {
        name.removeprefix(fields.PREFIX): "This page has no such question."
        for name in post
        if name.startswith(fields.PREFIX) and name not in by_name
    }
    for question in by_name.values():
        seen = post.getlist(fields.version_name(question))
        if not seen:
            continue  # not on the page the person saw
        if len(seen) > 1 or not (seen[0].isascii() and seen[0].isdigit() and len(seen[0]) < 10):
            errors[question.key] = "The page is damaged; reload it."
            continue
        try:
            posted[question.key] = Posted(fields.raw_from_post(question, post), int(seen[0]))
        except ValueError as error:
            errors[question.key] = str(error)
    return posted, errors


class CandidateForm(forms.Form):
    """A questionnaire version as YAML, pasted or uploaded. A file takes the place of the text that was shown, not of
    one that somebody has typed or changed since."""

    source = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "class": "vLargeTextField yaml", "spellcheck": "false"}),
        label="The questionnaire, as YAML",
    )
    file = forms.FileField(required=False, label="or a YAML file", help_text="At most 1 MiB.")
    cases = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 100, "class": "vLargeTextField yaml", "spellcheck": "false"}),
        label="Golden cases, as YAML",
        help_text="Answer sheets with the outcome you expect. All must come out as written.",
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload and (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError("The file is larger than 1 MiB.")
        if upload and not is_text(upload.read()):
            reason = f"“{upload.name}” is not UTF-8 text. Choose the questionnaire as a YAML file, not as a PDF."
            raise forms.ValidationError(reason)
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        upload, typed = data["file"], data["source"].replace("\r\n", "\n")
        if upload and typed.strip() and seal(typed) != data["shown"]:
            raise forms.ValidationError(
                "There is a text of yours and a file, and only one can be checked. Empty the text to check the file, "
                "or send the text without a file."
            )
        if upload:
            upload.seek(0)
        data["raw"] = upload.read() if upload else typed.encode()
        if not data["raw"].strip():
            raise forms.ValidationError("Paste a questionnaire or choose a file.")
        data["cases"] = data.get("cases", "").replace("\r\n", "\n")
        return data

    @property
    def text(self) -> str:
        """The document as it was read, for showing it again; empty when there is none."""
        raw: bytes = self.cleaned_data.get("raw", b"") if self.is_bound and self.is_valid() else b""
        return raw.decode("utf-8", "replace")


def seal(text: str) -> str:
    """By which a text is known again, whatever a browser did to its line ends."""
    return hashlib.sha256("\n".join(text.strip().splitlines()).encode()).hexdigest()


def is_text(raw: bytes) -> bool:
    try:
        return not raw.startswith(b"%PDF") and "\0" not in raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
