"""A whole survey: pages, panels and questions with their conditions, checked before anything is written."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from apps.questionnaires.documents import UnreadableDocument, read_document
from apps.questionnaires.surveyjs.conditions import NotCarried
from apps.questionnaires.surveyjs.formulas import Formula, Truth, both, either, is_answered, opposite
from apps.questionnaires.surveyjs.grids import BUILDERS
from apps.questionnaires.surveyjs.keys import Keys, question_keys, section_keys
from apps.questionnaires.surveyjs.naming import name_elements
from apps.questionnaires.surveyjs.notes import DISPLAY, READ, Note, in_order, shown
from apps.questionnaires.surveyjs.points import Options, Points
from apps.questionnaires.surveyjs.programs import filled_in, fills_in_itself, shown_by_triggers
from apps.questionnaires.surveyjs.questions import Built, Element, Tools, names_of, read_element
from apps.questionnaires.surveyjs.reading import Part, SurveyRefused, read_survey
from apps.questionnaires.surveyjs.sources import Sources
from apps.questionnaires.surveyjs.texts import LANGUAGE, Text, Texts, find_languages
from apps.questionnaires.surveyjs.translate import Asked, Known, expression, translate
from apps.questionnaires.surveyjs.write import write_questionnaire
from apps.scoring import Problem, check_questionnaire
from apps.scoring.language.expressions import MAX_LENGTH

MAX_ROUNDS = 8  # each leaves out what the checker proved can never be seen
MAX_UNSEEN = 20_000  # told at once: more than a questionnaire has conditions, so a round finds all it can
MAX_PANELS = 15
MAX_SHOWN = 30
UNSEEN = re.compile(r"(sections\[\d+\](?:\.questions\[\d+\])?)\.visible_if|(contradictions\[\d+\])\.when")
ELEMENTS = ("elements", "questions")
GRIDS = ("matrix", "matrixdropdown")
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
        display = sum(note.grade == DISPLAY for note in self.notes)
        return f"{counted}; not carried over: {len(self.notes)}" + (
            f", {display} of it only display" if display else ""
        )


def import_survey(raw: bytes, options: Options, known_references: frozenset[str] | None = None) -> Imported:
    """Raises SurveyRefused."""
    data = read_survey(raw)
    named = name_elements(data)
    unseen: set[str] = set()
    for _ in range(MAX_ROUNDS):
        survey = Survey(data, options, frozenset(unseen), [*named])
        document = survey.document()
        source = write_questionnaire(document, in_order(survey.notes), options.rules)
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
        data = read_document(source.encode()).data
        return check_questionnaire(data, known_references=known_references, at_most=MAX_UNSEEN)
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
    not_carried: set[str] = field(default_factory=set)  # places of conditions
    known: Known = field(default_factory=Known)

    def document(self) -> dict[str, Any]:
        own = self.options.language
        if not LANGUAGE.fullmatch(own):
            raise SurveyRefused(f"{shown(own)} is not a language code such as en or fr.")
        languages = find_languages(self.data, own)
        self.known.later, self.triggered = _later(self.data), shown_by_triggers(self.data)
        self.filled_in = filled_in(self.data)
        texts = Texts(languages, self.known.later)
        self.tools = Tools(texts, Points(self.options), question_keys(), Sources(self.data))
        self.page_keys, self.needed_keys = section_keys(), Keys("needed")
        survey = Part(self.data, "", self.notes)
        self.tools.others_as_comment = survey.truth("storeOthersAsComment", default=True)
        title = self.tools.texts.read(survey, "title")
        if self.options.title or not title:
            title = self.tools.texts.same(self.options.title or self.options.key)
        summary = self.tools.texts.read(survey, "description") or title
        if (locale := survey.string("locale")) not in ("", own):
            told = f"the survey says {shown(locale)}; here texts that name no language are {shown(own)} (--language)."
            survey.note(told, "locale", READ)
        pages = self.pages(survey)
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
        return Imported(source, in_order(self.notes), names_of(self.built), counts)

    def dimensions(self) -> list[dict[str, Any]]:
        choices = [choice for built in self.built for choice in built.data.get("choices", ())]
        used = [name for choice in choices for name in choice.get("points", ())]
        if self.options.dimensions and not used:
            raise SurveyRefused(NO_POINTS)
        named = dict.fromkeys([*(name for name, _ in self.options.dimensions), *used])
        return [
            {
                "key": name,
                "title": self.tools.texts.same(name.replace("_", " ").capitalize()),
                "maximum_over": self.options.maximum_over,
            }
            for name in named
        ]

    def pages(self, survey: Part) -> list[Part]:
        """A survey without pages is one page. Where it has both, SurveyJS takes what stands last."""
        given = [key for key in self.data if key in ("pages", *ELEMENTS) and self.data[key] is not None]
        if given and given[-1] != "pages":
            return [Part({"name": "page1", given[-1]: survey.get(given[-1])}, "", self.notes)]
        pages = list(survey.parts("pages"))
        if not pages:
            raise SurveyRefused(
                "\n".join(["The survey has no pages and no questions.", *map(str, in_order(self.notes))])
            )
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
            reasons = map(str, in_order(self.notes)[:MAX_SHOWN])
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
        if text := expression(shown_if):
            data["visible_if"] = text
            self.places[path] = page.place
        self.page_shown = shown_if
        built: list[Built] = []
        self.elements(page, Around((name,), shown_if is not False), built, 0)
        page.rest()
        self.built += built
        self.places |= {f"{path}.questions[{index}]": one.place for index, one in enumerate(built)}
        return data | {"questions": [_in_order(one.data) for one in built]}

    # --- elements

    def elements(self, parent: Part, around: Around, into: list[Built], depth: int) -> None:
        if depth > MAX_PANELS:
            parent.note(f"panels are nested deeper than {MAX_PANELS} levels, so what is in this one is left out.")
            return
        for part in parent.parts(*ELEMENTS):
            if part.string("type") == "panel":
                self.panel(part, around, into, depth)
            else:
                self.element(part, around, into)

    def panel(self, part: Part, around: Around, into: list[Built], depth: int) -> None:
        name, start = part.string("name"), len(into)
        heading = self.heading(part, name)
        shown_if = self.joined(around.shown, self.condition(part), part)
        self.elements(part, Around((name, *around.names), shown_if), into, depth + 1)
        if heading is not None and len(into) > start:
            inside = self.shown_inside(part, frozenset(one.data["key"] for one in into[start:]))
            told = "its heading is shown also where all that is in it is hidden: the conditions are too long together."
            if self.put(heading, self.joined(shown_if, inside, part, told), part, into):
                into.insert(start, into.pop())
        part.rest()

    def heading(self, part: Part, name: str) -> Built | None:
        texts = self.tools.texts
        title, said = texts.read(part, "title"), texts.read(part, "description")
        if not title and not said:
            return None
        data = {"#": name, "key": self.tools.keys.take(name or "panel"), "type": "static", "title": title or said}
        return Built(name, data | ({"help": said} if title and said else {}))

    def shown_inside(self, panel: Part, keys: frozenset[str]) -> Truth:
        """Whether anything in a panel is shown, asked in front of it.

        Of what is in it the first to be shown looks at nothing of it that has an answer: everything before it is
        hidden. So the conditions are read as they are while the panel's own questions have none."""
        known, self.known = self.known, replace(self.known, closed=self.known.closed | keys)
        try:
            return either(self.shown_first(part) for part in panel.parts(*ELEMENTS))
        finally:
            known.work, self.known = self.known.work, known

    def shown_first(self, part: Part) -> Truth:
        silent = Part(part.data, part.place, [])
        inside = either(map(self.shown_first, silent.parts(*ELEMENTS))) if silent.string("type") == "panel" else True
        return both([self.condition(silent), inside])

    def element(self, part: Part, around: Around, into: list[Built]) -> None:
        type_ = part.string("type")
        build = BUILDERS.get(type_)
        if build is None:
            name = part.name()
            why = f"is of the type {shown(type_)}, which is not carried over" if type_ else "has no type"
            self.known.barred[name.lower()] = why
            part.note(f"{shown(name)} {why}{'' if type_ else ', so it is left out, as SurveyJS does'}.", "type")
            return
        own_condition = self.condition(part)
        shown_if = self.joined(around.shown, own_condition, part)
        holds = {shown_if, own_condition} if shown_if == both([around.shown, own_condition]) else {shown_if}
        needed_if, error = part.string("requiredIf"), self.tools.texts.read(part, "requiredErrorText")
        element = read_element(part, around.names, self.tools)
        data_name = part.string("valueName") or element.name
        built, asked = build(element), []
        for one in built:
            one.name = one.name.replace(element.name, data_name, 1)
            one.group = one.group.replace(element.name, data_name, 1)
            here = shown_if
            for own in one.own:
                here = self.joined(here, self.of_row(own), part)
            if self.put(one, here, part, into) and one.data["type"] != "static" and not one.aside:
                asked.append((one, here))
            self.meet(one, part)
        asks = bool(asked) and not element.each_row and self.require(asked, needed_if, element, error, holds)
        if error and not asks:
            part.note("this text is not carried over.", "requiredErrorText", READ)
        self.meet_groups(data_name, built, part)
        if data_name != element.name:
            self.known.later[element.name.lower()] = f"keeps its answer under the name {shown(data_name)}"
        if not built:
            self.known.barred[data_name.lower()] = "is not carried over"
        part.rest()

    def of_row(self, row: Part) -> Truth:
        """When a row of a matrix is shown, or a cell. It has no `visible`."""
        visible_if, enable_if = row.string("visibleIf"), row.string("enableIf")
        row.rest()
        if row.place in self.unseen:
            return False
        outer = self.translated(row, "visibleIf", visible_if)
        return self.joined(outer, self.translated(row, "enableIf", enable_if), row)

    def put(self, built: Built, shown_if: Truth, part: Part, into: list[Built]) -> bool:
        """Adds one question; False when nobody can ever see it."""
        extra = built.data.pop("only_if", None)
        truth = self.joined(shown_if, Formula(f"({extra})"), part) if extra else shown_if
        if truth is False:
            self.leave_out(built, part)
            return False
        if text := expression(truth):
            built.data["visible_if"] = text
        built.place = built.own[-1].place if built.own else part.place
        into.append(built)
        return True

    def leave_out(self, built: Built, part: Part) -> None:
        """Nobody is asked it. The survey itself may still answer it, which nothing here does."""
        built.type = built.type and NEVER.type
        silent = Part(part.data, part.place, [])
        names = {built.name, built.group, silent.name(), silent.string("valueName")} - {""}
        names = {name.lower() for name in names}
        answers = any(fills_in_itself(one.data) for one in (part, *built.own))
        if built.type and (answers or names & self.filled_in):
            told = "the survey sets its value, so conditions that look at it are not carried over"
            part.note(f"{shown(built.name)} can never be seen, so it is left out; {told}.")
            self.known.barred |= dict.fromkeys(names, "is never shown and gets its value from the survey itself")
        else:
            part.note(f"{shown(built.name)} can never be seen, so it is left out.")

    def meet(self, one: Built, part: Part) -> None:
        """From here on conditions may look at this question."""
        if one.open:
            self.known.barred[one.name.lower()] = "can be answered with choices that are not carried over"
        elif one.asked and not self.known.add(one.name, one.asked) and one.type != "never":
            told = "in SurveyJS both share one answer; here each has its own, and the first that is answered counts"
            part.note(f"{shown(one.name)} is there twice: {told} in conditions.")

    def meet_groups(self, name: str, built: list[Built], part: Part) -> None:
        """A matrix may be looked at by its own name, and a row of several cells by that of the row."""
        if part.data.get("type") not in GRIDS:
            return
        groups: dict[str, list[tuple[str, str]]] = {name: []} if built else {}
        for one in built:
            for group in filter(None, (name, one.group)):
                rows = groups.setdefault(group, [])
                rows += [(one.name, one.data["key"])] if one.type != "never" and not one.aside else []
        for group, rows in groups.items():
            self.known.add(group, Asked("", "group", tuple(rows)) if rows else NEVER)

    def condition(self, part: Part) -> Truth:
        """When an element is shown. What cannot be answered (enableIf) is not shown either: nothing here is locked."""
        visible, visible_if, enable_if = (
            part.truth("visible", default=True),
            part.string("visibleIf"),
            part.string("enableIf"),
        )
        if part.place in self.unseen:
            return False
        if not visible and not visible_if.strip():
            if str(part.data.get("name")) not in self.triggered:
                return False
            part.note("a trigger shows and hides this, which is not carried over, so it is always shown.", "visible")
        outer = self.translated(part, "visibleIf", visible_if)
        return self.joined(outer, self.translated(part, "enableIf", enable_if), part)

    def joined(self, outer: Truth, inner: Truth, part: Part, told: str = "") -> Truth:
        """Each condition was measured by itself; where those of panel and question come together the inner may be
        too much."""
        truth = both([outer, inner])
        if len(expression(truth) or "") <= MAX_LENGTH:
            return truth
        part.note(told or "its own condition is too long together with those around it, so it is not carried over.")
        return outer

    def translated(self, part: Part, key: str, source: str) -> Truth:
        if not source.strip() or part.at(key) in self.not_carried:
            return True
        try:
            return translate(source, self.known)
        except NotCarried as reason:
            part.note(f"{shown(source)} is not carried over, so this is always shown: {reason}.", key)
            self.not_carried.add(part.at(key))
            return True

    def require(
        self, asked: list[tuple[Built, Truth]], source: str, element: Element, error: Text, holds: set[Truth]
    ) -> bool:
        """`requiredIf` decides alone where it stands. Of the rows of a matrix one answer is enough. `holds` is what is
        true whenever the element is shown. True: it is asked for as a contradiction."""
        truth = self.needed_if(source, element)
        truth = truth if isinstance(truth, bool) else truth in holds or truth
        (first, _), alone = asked[0], len(asked) == 1
        if alone and isinstance(truth, bool):
            first.data["required"] = truth
        elif truth is not False:
            name, key, title = element.name, element.name, element.title
            if alone:
                name, key, title = first.name, first.data["key"], first.data["title"]
            rule = {"#": f"{name} is required", "key": f"needed_{key}", "title": title, "ask": error or title}
            if self.need(asked, truth, rule, element.part.at("requiredIf" if source else "isRequired"), element.part):
                first.data["required"] = False
                return True
        return False

    def needed_if(self, source: str, element: Element) -> Truth:
        try:
            return translate(source, self.known) if source.strip() else element.required
        except NotCarried as reason:
            element.part.note(f"{shown(source)} is not carried over: {reason}.", "requiredIf")
            return element.required

    def need(
        self, asked: list[tuple[Built, Truth]], truth: Truth, rule: dict[str, Any], place: str, part: Part
    ) -> bool:
        """What `required` cannot say is asked for as a contradiction: as long as it is needed and nothing answered."""
        is_open = [opposite(is_answered(built.data["key"])) for built, _ in asked]
        when = expression(both([self.page_shown, either(here for _, here in asked), truth, *is_open]))
        if place in self.unseen or when is None or len(when) > MAX_LENGTH:
            told = "its conditions are too long together" if when and len(when) > MAX_LENGTH else "this can never apply"
            part.note(f"{told}, so it is left out.", place.rpartition(".")[2])
            return False
        self.places[f"contradictions[{len(self.needed)}]"] = place
        self.needed.append({**rule, "key": self.needed_keys.take(rule["key"]), "when": when})
        return True

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
            if isinstance(item.get("name"), str) and "expression" in item and "type" not in item:
                names[item["name"].lower()] = "is calculated by the survey"
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
    return names
