"""A questionnaire version somebody wants to publish: what is wrong with it, and what it would change."""

from dataclasses import dataclass
from datetime import date

from apps.assessments.forms import SectionForm
from apps.assessments.replay import replay_newest
from apps.questionnaires.actions import PublishingRefused, parse_source
from apps.questionnaires.documents import UnreadableDocument, read_document
from apps.questionnaires.golden import Deviation, GoldenCase, deviations, parse_case
from apps.scoring import Questionnaire
from apps.scoring.definitions import Section
from apps.scoring.versions.replay import Report, report

SHOWN_SUBMISSIONS = 20_000  # about what a second is enough for; the command replays them all


@dataclass(frozen=True)
class Examined:
    questionnaire: Questionnaire
    cases: list[GoldenCase]
    red: list[Deviation]
    replay: Report
    preview: list[tuple[Section, SectionForm]]

    @property
    def publishable(self) -> bool:
        return not self.red


def examine(source: bytes, cases_source: bytes, on: date) -> Examined:
    """Raises PublishingRefused with every problem and its line."""
    questionnaire = parse_source(source)
    cases = read_cases(cases_source)
    return Examined(
        questionnaire=questionnaire,
        cases=cases,
        red=deviations(questionnaire, cases),
        replay=report(questionnaire, replay_newest(questionnaire, SHOWN_SUBMISSIONS, on)),
        preview=[(section, SectionForm(section.questions, {})) for section in questionnaire.sections],
    )


def read_cases(source: bytes) -> list[GoldenCase]:
    """Golden cases from YAML; empty text is none. Raises PublishingRefused."""
    try:
        return [parse_case(item) for item in read_document(source).data or []]
    except UnreadableDocument as error:
        raise PublishingRefused([f"golden cases: {error}"]) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PublishingRefused([f"golden cases: each needs name, answers, on and expect ({error})."]) from error
