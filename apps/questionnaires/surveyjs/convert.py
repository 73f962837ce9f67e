"""A whole survey: pages, panels and questions with their conditions, checked before anything is written."""

import re
from dataclasses import dataclass, field
from typing import Any

from apps.questionnaires.documents import UnreadableDocument, read_document
from apps.questionnaires.surveyjs.conditions import NotCarried
from apps.questionnaires.surveyjs.formulas import Formula, Truth, both, is_answered, opposite
from apps.questionnaires.surveyjs.keys import Keys, question_keys, section_keys
from apps.questionnaires.surveyjs.points import Options, Points
from apps.questionnaires.surveyjs.questions import BUILDERS, Built, Element, Tools, names_of, read_element
from apps.questionnaires.surveyjs.reading import Note, Part, SurveyRefused, read_survey, shown
from apps.questionnaires.surveyjs.texts import LANGUAGE, Text, Texts, find_languages
from apps.questionnaires.surveyjs.translate import Asked, Known, expression, translate
from apps.questionnaires.surveyjs.write import write_questionnaire
from apps.scoring import Problem, check_questionnaire
from apps.scoring.language.expressions import MAX_LENGTH

MAX_ROUNDS = 8  # each leaves out what the checker proved can never be seen
MAX_PANELS = 15
MAX_SHOWN = 30
UNSEEN = re.compile(r"(sections\[\d+\](?:\.questions\[\d+\])?)\.visible_if|(contradictions\[\d+\])\.when")
ELEMENTS = ("elements", "questions")
# Choices that come from elsewhere: what is known of the question's choices is then not all of them.
OPEN_CHOICES = frozenset({"choicesByUrl", "choicesFromQuestion", "choicesMin", "choicesMax"})
NO_POINTS = (
    "No question that fits a --dimension gives points. They come from a “score” on each choice, "
    "from --points-suffix (item3-4 gives 4) or from --points-value (a rating of 4 gives 4)."
)
NEVER = Asked("", "never")


@dataclass(frozen=True, slots=True)
class Imported:
    source: str
    notes: list[Note]
    names: dict[str, dict[str, Any]]
    counts: dict[str, int]

    @property
    def summary(self) -> str:
        counted = ", ".join(counted_as(number, name) for name, number in self.counts.items() if number)
        return f"{counted}; not carried over: {len(self.notes)}"


def import_survey(raw: bytes, options: Options, known_references: frozenset[str] | None = None) -> Imported:
    """Raises SurveyRefused."""
    data = read_survey(raw)
    unseen: set[str] = set()
    for _ in range(MAX_ROUNDS):
        survey = Survey(data, options, frozenset(unseen))
        source = write_questionnaire(survey.document(), survey.notes, options.rules)
        problems = _problems(source, known_references)
        if not problems:
            return survey.imported(source)
        found = {survey.place_of(problem) for problem in problems} - {""}
        if not found:
            break
        unseen |= found
    raise SurveyRefused("\n".join(["The result would not pass the check:", *map(str, problems[:MAX_SHOWN])]))


def _problems(source: str, known_references: frozenset[str] | None) -> list[Problem]:
    try:
        return check_questionnaire(read_document(source.encode()).data, known_references=known_references)
    except UnreadableDocument as error:
        raise SurveyRefused(f"The result would not be readable: it {error.message}") from error


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds an element: names from the inside out, and when it is shown at all."""

    names: tuple[str, ...]
    shown: Truth = True


@dataclass
class Survey:
    """One conversion. `unseen` are places that the round before found can never be seen."""

    data: dict[str, Any]
    options: Options
    unseen: frozenset[str]
    notes: list[Note] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)  # path in the result -> place in the survey
    needed: list[dict[str, Any]] = field(default_factory=list)
    known: Known = field(default_factory=Known)

    def document(self) -> dict[str, Any]:
        own = self.options.language
        if not LANGUAGE.fullmatch(own):
            raise SurveyRefused(f"{shown(own)} is not a language code such as en or fr.")
        languages = find_languages(self.data, own)
        self.tools = Tools(Texts(languages), Points(self.options), question_keys())
        self.page_keys, self.needed_keys = section_keys(), Keys("needed")
        survey = Part(self.data, "", self.notes)
        title = self.tools.texts.read(survey, "title")
        if self.options.title or not title:
            title = self.tools.texts.same(self.options.title or self.options.key)
        summary = self.tools.texts.read(survey, "description") or title
        if (locale := survey.string("locale")) not in ("", own):
            told = f"the survey says {shown(locale)}; here texts that name no language are {shown(own)} (--language)."
            survey.note(told, "locale")
        pages = self.pages(survey)
        self.known.why_not = _later(self.data)
        sections = self.sections(pages)
        self.section_count = len(sections)
        survey.rest()
        head = {"schema": 1, "key": self.options.key, "version": 1, "languages": list(languages), "title": title}
        head |= {"summary": summary, "result": "risk", "dimensions": self.dimensions()}
        return head | {"sections": sections, "contradictions": self.needed}

    def imported(self, source: str) -> Imported:
        to_read = sum(built.data["type"] == "static" for built in self.built)
        counts = {
            "section": self.section_count,
            "question": len(self.built) - to_read,
            "text to read": to_read,
            "condition": len(re.findall(r"^ *visible_if: ", source, re.MULTILINE)),
        }
        return Imported(source, self.notes, names_of(self.built), counts)

    def dimensions(self) -> list[dict[str, Any]]:
        if self.options.dimensions and not self.tools.points.used:
            raise SurveyRefused(NO_POINTS)
        named = dict.fromkeys([*(name for name, _ in self.options.dimensions), *self.tools.points.used])
        return [
            {
                "key": name,
                "title": self.tools.texts.same(name.replace("_", " ").capitalize()),
                "maximum_over": self.options.maximum_over,
            }
            for name in named
        ]

    def pages(self, survey: Part) -> list[Part]:
        """A survey without pages is one page."""
        pages = list(survey.parts("pages"))
        loose = {key: survey.get(key) for key in ELEMENTS if survey.get(key) is not None}
        if loose:
            pages.append(Part({"name": "page1", **loose}, "", self.notes))
        if not pages:
            raise SurveyRefused("\n".join(["The survey has no pages and no questions.", *map(str, self.notes)]))
        return pages

    def sections(self, pages: list[Part]) -> list[dict[str, Any]]:
        sections: list[dict[str, Any]] = []
        for page in pages:
            section = self.section(page, f"sections[{len(sections)}]")
            if section["questions"]:
                sections.append(section)
            else:
                page.note("nothing of this page is carried over, so it is left out.")
        if not sections:
            reasons = map(str, self.notes[:MAX_SHOWN])
            raise SurveyRefused("\n".join(["Nothing of this survey can be carried over:", *reasons]))
        return sections

    def section(self, page: Part, path: str) -> dict[str, Any]:
        texts, name = self.tools.texts, page.string("name") or "page"
        shown_if = self.condition(page)
        title, intro = texts.read(page, "title"), texts.read(page, "description")
        data: dict[str, Any] = {"#": name, "key": self.page_keys.take(name)}
        data["title"] = title or texts.same(name) or texts.same("?")
        if intro:
            data["intro"] = intro
        if text := self.fitting(expression(shown_if), page):
            data["visible_if"] = text
            self.places[path] = page.place
        self.page_shown = shown_if
        questions: list[dict[str, Any]] = []
        self.elements(page, Around((name,), shown_if is not False), questions, path, 0)
        page.rest()
        return data | {"questions": questions}

    # --- elements

    def elements(self, parent: Part, around: Around, into: list[dict[str, Any]], path: str, depth: int) -> None:
        if depth > MAX_PANELS:
            parent.note(f"panels are nested deeper than {MAX_PANELS} levels, so what is in this one is left out.")
            return
        for part in parent.parts(*ELEMENTS):
            if part.string("type") == "panel":
                self.panel(part, around, into, path, depth)
            else:
                self.element(part, around, into, path)

    def panel(self, part: Part, around: Around, into: list[dict[str, Any]], path: str, depth: int) -> None:
        texts, name = self.tools.texts, part.string("name")
        shown_if = both([around.shown, self.condition(part)])
        title, said = texts.read(part, "title"), texts.read(part, "description")
        if (title or said) and shown_if is not False and any(part.entries(*ELEMENTS)):
            heading = {
                "#": name,
                "key": self.tools.keys.take(name or "panel"),
                "type": "static",
                "title": title or said,
            }
            self.put(Built(name, heading | ({"help": said} if title and said else {})), shown_if, part, into, path)
        self.elements(part, Around((name, *around.names), shown_if), into, path, depth + 1)
        part.rest()

    def element(self, part: Part, around: Around, into: list[dict[str, Any]], path: str) -> None:
        type_ = part.string("type")
        build = BUILDERS.get(type_)
        if build is None:
            name = part.name()
            why = f"is of the type {shown(type_)}, which is not carried over" if type_ else "has no type"
            self.known.why_not[name.lower()] = why
            part.note(f"{shown(name)} {why}{'' if type_ else ', so it is left out, as SurveyJS does'}.", "type")
            return
        shown_if = both([around.shown, self.condition(part)])
        needed_if, error = part.string("requiredIf"), self.tools.texts.read(part, "requiredErrorText")
        element = read_element(part, around.names, self.tools)
        if error and not needed_if:
            part.note("this text is not carried over.", "requiredErrorText")
        data_name = part.string("valueName") or element.name
        for built in build(element):
            built.name = built.name.replace(element.name, data_name, 1)
            fits = built.data["type"] != "static" and "only_if" not in built.data
            if self.put(built, shown_if, part, into, path) and needed_if and fits:
                self.need(built, shown_if, needed_if, element, error)
        part.rest()

    def put(self, built: Built, shown_if: Truth, part: Part, into: list[dict[str, Any]], path: str) -> bool:
        """Adds one question; False when nobody can ever see it."""
        extra = built.data.pop("only_if", None)
        truth = both([shown_if, Formula(f"({extra})")]) if extra else shown_if
        if truth is False:
            part.note(f"{shown(built.name)} can never be seen, so it is left out.")
            self.known.add(built.name, NEVER)
            return False
        if text := self.fitting(expression(truth), part):
            built.data["visible_if"] = text
        self.places[f"{path}.questions[{len(into)}]"] = part.place
        into.append(_in_order(built.data))
        self.built.append(built)
        if not OPEN_CHOICES.isdisjoint(part.data):
            self.known.why_not[built.name.lower()] = "can be answered with choices that are not carried over"
        elif built.asked and not self.known.add(built.name, built.asked):
            part.note(f"{shown(built.name)} is there twice; in SurveyJS both share one answer, here each has its own.")
        return True

    def condition(self, part: Part) -> Truth:
        """When an element is shown. What cannot be answered (enableIf) is not shown either: nothing here is locked."""
        visible, visible_if, enable_if = (
            part.truth("visible", default=True),
            part.string("visibleIf"),
            part.string("enableIf"),
        )
        if part.place in self.unseen or (not visible and not visible_if.strip()):
            return False
        return both([self.translated(part, "visibleIf", visible_if), self.translated(part, "enableIf", enable_if)])

    def fitting(self, text: str | None, part: Part) -> str | None:
        """Each condition was measured by itself; those of page, panel and question come together here."""
        if text is not None and len(text) > MAX_LENGTH:
            part.note("its conditions are too long together, so this is always shown.")
            return None
        return text

    def translated(self, part: Part, key: str, source: str) -> Truth:
        if not source.strip():
            return True
        try:
            return translate(source, self.known)
        except NotCarried as reason:
            part.note(f"{shown(source)} is not carried over, so this is always shown: {reason}.", key)
            return True

    def need(self, built: Built, shown_if: Truth, source: str, element: Element, error: Text) -> None:
        """An answer that is required under a condition: asked for as a contradiction, since `required` is fixed."""
        try:
            truth = translate(source, self.known)
        except NotCarried as reason:
            element.part.note(f"{shown(source)} is not carried over: {reason}.", "requiredIf")
            return
        key, place = built.data["key"], f"{element.part.place}.requiredIf"
        if isinstance(truth, bool):
            built.data["required"] = truth or element.required
            return
        when = expression(both([self.page_shown, shown_if, truth, opposite(is_answered(key))]))
        if place in self.unseen or when is None or len(when) > MAX_LENGTH:
            told = "its conditions are too long together" if when and len(when) > MAX_LENGTH else "this can never apply"
            element.part.note(f"{told}, so it is left out.", "requiredIf")
            return
        self.places[f"contradictions[{len(self.needed)}]"] = place
        title = built.data["title"]
        rule = {"#": f"{built.name} is required", "key": self.needed_keys.take(f"needed_{key}"), "title": title}
        self.needed.append({**rule, "when": when, "ask": error or title})

    def place_of(self, problem: Problem) -> str:
        """Where in the survey that stands which the checker proved useless; "" for any other problem."""
        found = UNSEEN.fullmatch(problem.path)
        if found is None or "can never" not in problem.message:
            return ""
        return self.places.get(found.group(1) or found.group(2), "")


def counted_as(number: int, name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{number} {first}{'' if number == 1 else 's'}{rest and ' ' + rest}"


def _in_order(data: dict[str, Any]) -> dict[str, Any]:
    first = ("#", "key", "title", "type", "help", "required", "visible_if")
    return {key: data[key] for key in first if key in data} | data


def _later(data: Any) -> dict[str, str]:
    """Every name of the survey, for conditions that look ahead."""
    names = {}
    queue = [data]
    while queue:
        item = queue.pop()
        if isinstance(item, dict):
            for key in ("name", "valueName"):
                if isinstance(item.get(key), str):
                    names[item[key].lower()] = "does not come before it with an answer to look at"
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
    return names
