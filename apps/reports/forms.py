import re

from django import forms

SHA256 = re.compile(r"[0-9a-f]{64}")
BEGINNING = re.compile(r"[0-9a-f]{6,63}")


class HashForm(forms.Form):
    sha256 = forms.CharField(
        label="SHA-256",
        max_length=400,
        help_text="64 letters and digits, from the last page of a report or from a tool such as sha256sum.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Paste the hash first."},
    )

    def clean_sha256(self) -> str:
        """As people paste it: in groups, in capitals, with the file name that sha256sum prints after it."""
        pasted: str = self.cleaned_data["sha256"]
        for candidate in (pasted.split()[0], "".join(pasted.split())):
            if SHA256.fullmatch(candidate.lower()):
                return candidate.lower()
        if BEGINNING.fullmatch(beginning := "".join(pasted.split()).lower()):
            raise forms.ValidationError(
                f"This has {len(beginning)} of 64 characters. The head of a page shows only the beginning of the "
                "SHA-256; the whole is on the last page of the report."
            )
        raise forms.ValidationError("A SHA-256 has 64 characters, each a digit or a letter from a to f.")
