"""From a stored version to the definition the scoring room works with."""

from functools import lru_cache

from apps.questionnaires.documents import read_document
from apps.questionnaires.models import GoldenCases, QuestionnaireVersion
from apps.scoring import Questionnaire, parse_questionnaire


def definition(version: QuestionnaireVersion) -> Questionnaire:
    """Parsed once per process: a published source never changes, its hash stands for it."""
    return _parsed(version.pk, version.content_hash)


@lru_cache(maxsize=64)
def _parsed(pk: int, _content_hash: str) -> Questionnaire:
    """Fetches the source itself, so that no other query has to carry a long text that is hardly ever needed."""
    source = QuestionnaireVersion.objects.values_list("source", flat=True).get(pk=pk)
    return parse_questionnaire(read_document(source.encode()).data, published=True)


def steps(version: int, to: Questionnaire) -> list[Questionnaire]:
    """The versions that lead from answers to `version` to a later one, oldest first; none from the same or a newer."""
    if version >= to.version:
        return []
    between = QuestionnaireVersion.objects.filter(key=to.key, version__gt=version, version__lt=to.version)
    return [*map(definition, between.order_by("version")), to]


def cases_of(version: QuestionnaireVersion) -> str:
    """The golden cases it was published with, as YAML; empty when there were none."""
    return GoldenCases.objects.filter(version=version).values_list("source", flat=True).first() or ""


def newest_cases(key: str) -> str:
    """The golden cases of the newest version of a questionnaire that has any."""
    kept = GoldenCases.objects.filter(version__key=key).order_by("-version__version")
    return kept.values_list("source", flat=True).first() or ""


def newest(key: str) -> QuestionnaireVersion | None:
    offered: QuestionnaireVersion | None = QuestionnaireVersion.objects.offered().filter(key=key).first()
    return offered
