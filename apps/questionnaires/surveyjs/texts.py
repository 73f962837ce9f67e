"""Texts of a survey: one string or one per language, HTML reduced to what it says."""

import re
import unicodedata
from collections.abc import Container
from html import unescape
from typing import Any

from apps.questionnaires.surveyjs.notes import READ, shown
from apps.questionnaires.surveyjs.reading import Part

DEFAULT = "default"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section"})
# Where a survey holds a text; elsewhere a mapping with `default` may be anything.
HELD = frozenset(
    {"title", "description", "help", "text", "html", "noneText", "otherText", "refuseText", "dontKnowText"}
    | {"commentText", "otherPlaceholder", "requiredErrorText", "labelTrue", "labelFalse"}
    | {"minRateDescription", "maxRateDescription"}
)
SHOWN = frozenset({"iframe", "embed", "object", "video", "audio", "source"})
SILENT = frozenset({"script", "style", "template"})
LONG_CODE = re.compile(r"&#[0-9]{100,};?")  # no character has it, and Python reads no number of 5,000 digits
PIPED = re.compile(r"\{([^{}:]{1,200})\}")
WORD = re.compile(r"[A-Za-z_][\w.\-]{0,80}")  # what may be a variable that the survey's program sets
TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*|!)")
MAX_TAG = 2_000  # so much of a tag is looked at for where it leads
MAX_TITLE = 400
MAX_TEXT = 20_000


class Text(dict[str, str]):
    """Language -> text: complete for every language of the survey, or empty."""

    @property
    def own(self) -> str:
        return next(iter(self.values()))

    @property
    def is_same(self) -> bool:
        return len(set(self.values())) == 1


class _Words:
    """Collects what a reader would read, and where links and films lead; each block starts a new line. Where nothing is
    said but pictures are shown, it is where they stand.

    Goes through the text once: a parser that looks ahead for the end of each tag takes minutes for a hostile one."""

    def __init__(self, text: str) -> None:
        self.text, self.small = text, text.lower()
        self.found: list[str] = []
        self.link, self.link_start = "", 0
        self.pictures: list[str] = []  # where they stand

    def read(self) -> str:
        at = 0
        while (start := self.text.find("<", at)) >= 0:
            self.say(self.text[at:start])
            at = self.after_markup(start)
        self.say(self.text[at:])
        said = "".join(self.found)
        return said if said.strip() else "\n".join(filter(is_address, self.pictures))

    def after_markup(self, start: int) -> int:
        """Where the text goes on after what begins at `start`. A tag or comment without end reaches to the end."""
        opening = TAG.match(self.text, start)
        if opening is None:
            self.say("<")
            return start + 1
        ends = "-->" if self.text.startswith("<!--", start) else ">"
        end = self.text.find(ends, start)
        if end < 0:
            return len(self.text)
        name = opening[1].lower()
        if name in SILENT:
            end = self.small.find(f"</{name}", end)
            return len(self.text) if end < 0 else end
        self.tag(name, self.text[start : min(end, start + MAX_TAG)])
        return end + len(ends)

    def tag(self, name: str, inside: str) -> None:
        if name.strip("/") in BLOCKS:
            self.found.append("\n")
        elif name == "a":
            self.link, self.link_start = attribute(inside, "href"), len(self.found)
        elif name == "/a":
            self.end_link()
        elif name in SHOWN:
            self.elsewhere(inside)
        elif name == "img":
            self.say(attribute(inside, "alt"))
            self.pictures.append(attribute(inside, "src"))

    def elsewhere(self, inside: str) -> None:
        """What is shown in place, such as a film: where it stands is all that a text can say of it."""
        if is_address(address := attribute(inside, "src") or attribute(inside, "data")):
            self.found.append(f" {address} ")

    def end_link(self) -> None:
        if not self.link:
            return
        said = "".join(self.found[self.link_start :]).strip()
        if is_address(self.link) and self.link != said:
            self.found.append(f" ({self.link})")
        self.link = ""

    def say(self, said: str) -> None:
        self.found.append(unescape(LONG_CODE.sub("\ufffd", said)))


def is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def attribute(inside: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", inside, re.IGNORECASE)
    return unescape(next((value for value in found.groups() if value is not None), "")) if found else ""


def plain(text: str) -> str:
    """Without markup, control characters and superfluous space; one line for each block."""
    if re.search(r"<[A-Za-z/!]", text) or re.search(r"&[#A-Za-z]", text):
        text = _Words(text).read()
    text = "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else " " for c in text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def find_languages(data: Any, own: str) -> tuple[str, ...]:
    """The survey's own language first, then every other in which it says something."""
    others: dict[str, None] = {}
    queue = [data]
    while queue:
        item = queue.pop()
        if isinstance(item, dict):
            texts = [text for key, text in item.items() if key in HELD and isinstance(text, dict)]
            others |= {key: None for text in texts for key, said in text.items() if _is_language(key, said)}
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
    return (own, *sorted(set(others) - {own}))


def _is_language(key: str, value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and LANGUAGE.fullmatch(key) is not None


def _fitting(part: Part, key: str, text: str) -> str:
    if len(text) > MAX_TEXT:
        part.note(f"this text is cut after {MAX_TEXT:,} characters.", key, READ)
    return text[:MAX_TEXT]


class Texts:
    """Reads texts for a fixed list of languages; a language that is missing falls back as SurveyJS does."""

    def __init__(self, languages: tuple[str, ...], names: Container[str] = ()) -> None:
        self.languages, self.names = languages, names  # names: those of the survey, in lower case

    def read(self, part: Part, key: str, *, otherwise: str = "") -> Text:
        """Empty when the text is not there. `otherwise` stands where only another language has one."""
        value = part.get(key)
        if value is None:
            return Text()
        if piped := self.piped(str(value)):
            part.note(f"{shown(piped)} stands for an answer in SurveyJS; here it is shown as it is written.", key, READ)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return self.everywhere(_fitting(part, key, plain(str(value))))
        if not isinstance(value, dict):
            part.odd(key, "a text or a text for each language", "it is left out")
            return Text()
        return self._by_language(part, key, value, otherwise)

    def piped(self, text: str) -> str:
        """The first piece that SurveyJS puts an answer in place of."""
        inside = ((found[0], found[1].strip()) for found in PIPED.finditer(text))
        return next((piece for piece, name in inside if WORD.fullmatch(name) or name.lower() in self.names), "")

    def same(self, text: str) -> Text:
        return self.everywhere(plain(text)[:MAX_TEXT])

    def everywhere(self, said: str) -> Text:
        return Text(dict.fromkeys(self.languages, said)) if said else Text()

    def _by_language(self, part: Part, key: str, value: dict[str, Any], otherwise: str) -> Text:
        own = self.languages[0]
        said: dict[str, str] = {}
        for language, text in value.items():
            if text is None:
                continue
            if not isinstance(text, str):
                part.note(f"under {shown(language)} belongs a text; it is left out.", key, READ)
                continue
            name = own if language == DEFAULT and own not in value else language
            if name in self.languages and plain(text):
                said[name] = _fitting(part, key, plain(text))
            elif text.strip() and name != DEFAULT:
                part.note(f"{shown(language)} is not a language code; this text is not carried over.", key, READ)
        fallback = said.get(own) or (said and otherwise) or next(iter(said.values()), "")
        if not fallback:
            return Text()
        return Text((language, said.get(language, fallback)) for language in self.languages)

    def joined(self, *texts: Text, between: str = "\n") -> Text:
        there = [text for text in texts if text]
        if not there:
            return Text()
        return Text((name, between.join(text[name] for text in there)[:MAX_TEXT]) for name in self.languages)

    def heading_and_rest(self, text: Text) -> tuple[Text, Text]:
        """A long text to read: its first line is the title, the rest is help. A short one is the title."""
        if all(len(said) <= MAX_TITLE for said in text.values()):
            return text, Text()
        first = Text((name, said.split("\n")[0]) for name, said in text.items())
        rest = Text((name, said.partition("\n")[2]) for name, said in text.items())
        return (first, rest) if all(rest.values()) else (text, Text())
