"""What could not be carried over, in the order in which a person should read it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

LOST = 0  # a condition, a question, points: each is told by itself
SETTING = 1  # nothing here stands for it, and it may matter
READ = 2  # read or said in another way
DISPLAY = 3  # it only concerns how the survey looks and runs

EXAMPLES = {SETTING: 3, READ: 3, DISPLAY: 2}  # places that are named where the same is told of several


def shown(value: object) -> str:
    """A value of the file in a message: quoted, on one line, cut where it gets long."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(character if character.isprintable() else " " for character in text[:80])
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the survey that the questionnaire does not hold."""

    place: str
    message: str
    name: str = ""  # of the question, panel or page there
    grade: int = LOST

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"

    @property
    def where(self) -> str:
        named = self.name and shown(self.name) not in self.message
        return f"{self.place} {shown(self.name)}" if named else self.place

    @property
    def heading(self) -> str:
        return "only display, not carried over" if self.grade == DISPLAY else "not carried over"


def in_order(notes: Iterable[Note]) -> list[Note]:
    """What changes the result first. What is told of many places but is no loss is told once, with a few of them."""
    same: dict[tuple[int, str, str], list[Note]] = {}
    for note in dict.fromkeys(notes):
        apart = str(note) if note.grade == LOST else ""
        same.setdefault((note.grade, note.message, apart), []).append(note)
    return sorted((_once(found) for found in same.values()), key=lambda note: note.grade)


def _once(notes: list[Note]) -> Note:
    first = notes[0]
    if len(notes) == 1 or first.grade == LOST:
        return first
    named = [note.where for note in notes[: EXAMPLES[first.grade]]]
    more = len(notes) - len(named)
    places = f"{', '.join(named)} and {more} more" if more else " and ".join([", ".join(named[:-1]), named[-1]])
    return replace(first, place=places, name="")


# Where a question is worth something itself, not its choices.
WHOLE_POINTS = frozenset({"score", "correctAnswer"})

# Settings of SurveyJS, of old and new versions, that change neither what is asked nor what is answered.
LOOKS = frozenset(
    # the frame: pages, buttons, progress, logo, what is said at the end
    {"allowCompleteSurveyAutomatic", "autoAdvanceAllowComplete", "autoAdvanceEnabled", "goNextPageAutomatic"}
    | {"autoFocusFirstError", "autoFocusFirstQuestion", "focusFirstQuestionAutomatic", "focusOnFirstError"}
    | {"backgroundImage", "backgroundImageAttachment", "backgroundImageFit", "backgroundOpacity", "checkErrorsMode"}
    | {"completedBeforeHtml", "completedHtml", "completeText", "cookieName", "css", "editText", "emptySurveyText"}
    | {"firstPageIsStarted", "firstPageIsStartPage", "fitToContainer", "headerView", "isSinglePage", "loadingHtml"}
    | {"logo", "logoFit", "logoHeight", "logoPosition", "logoWidth", "navigateToUrl", "navigationButtonsLocation"}
    | {"navigationButtonsVisibility", "navigationDescription", "navigationTitle", "pageNextText", "pagePrevText"}
    | {"partialSendEnabled", "previewMode", "previewText", "progressBarLocation", "progressBarShowPageNumbers"}
    | {"progressBarShowPageTitles", "progressBarType", "questionsOnPageMode", "sendResultOnPageNext", "sjsVersion"}
    | {"showBrandInfo", "showCompletedPage", "showCompletePage", "showHeader", "showNavigationButtons"}
    | {"showPageNumbers", "showPageTitles", "showPrevButton", "showPreviewBeforeComplete", "showProgressBar"}
    | {"showTimer", "showTimerPanel", "showTimerPanelMode", "showTitle", "showTOC", "startSurveyText", "surveyId"}
    | {"surveyPostId", "surveyShowDataSaving", "textUpdateMode", "themeVariables", "timerLocation", "tocLocation"}
    | {"width", "widthMode", "$schema"}
    # questions: numbers, titles, places and sizes
    | {"alternateRows", "autoGrow", "autoGrowComment", "allowResize", "allowResizeComment", "colSpan", "cols"}
    | {"columnColCount", "columnLayout", "columnMinWidth", "colCount", "commentAreaRows", "commentPlaceholder"}
    | {"descriptionLocation", "displayMode", "errorLocation", "gridLayoutColumns", "gridLayoutEnabled", "hideNumber"}
    | {"horizontalScroll", "indent", "innerIndent", "inputSize", "inputTextAlignment", "itemComponent"}
    | {"maxWidth", "minWidth", "questionDescriptionLocation", "questionErrorLocation", "questionStartIndex"}
    | {"questionTitleLocation", "questionTitlePattern", "questionTitleTemplate", "questionTitleWidth", "renderAs"}
    | {"requiredMark", "requiredText", "rowTitleWidth", "separateSpecialChoices", "showLabel", "showNumber"}
    | {"showQuestionNumbers", "size", "startWithNewLine", "state", "textWrapEnabled", "titleLocation", "verticalAlign"}
    # what is typed and chosen from
    | {"allowClear", "autocomplete", "choicesOrder", "closeOnSelect", "contentMode"}
    | {"displayRateDescriptionsAsExtremeItems", "hideSelectedItems", "imageFit", "imageHeight", "imageLink"}
    | {"imageWidth", "maxImageHeight", "maxImageWidth", "minImageHeight", "minImageWidth", "optionsCaption"}
    | {"otherErrorText", "placeHolder", "placeholder", "questionOrder", "questionsOrder", "rateColorMode"}
    | {"rateDescriptionLocation", "rateType", "rowOrder", "rowsOrder", "scaleColorMode", "searchEnabled", "searchMode"}
    | {"selectAllText", "showClearButton", "swapOrder", "useTitleAsLabel"}
)


def grade_of(setting: str) -> int:
    """How much is lost with a setting that nothing here stands for."""
    if setting in WHOLE_POINTS:
        return LOST
    return DISPLAY if setting in LOOKS else SETTING
