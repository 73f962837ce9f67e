"""From a stored version to the definition the scoring room works with."""

from functools import lru_cache

from apps.questionnaires.documents import read_document
from apps.questionnaires.models import QuestionnaireVersion
from apps.scoring import Questionnaire, parse_questionnaire


def definition(version: QuestionnaireVersion) -> Questionnaire:
    """Parsed once per process: a published source never changes, its hash stands for it."""
    return _parsed(version.content_hash, version.source)


@lru_cache(maxsize=64)
def _parsed(_content_hash: str, source: str) -> Questionnaire:
    return parse_questionnaire(read_document(source.encode()).data)


def newest(key: str) -> QuestionnaireVersion | None:
    offered: QuestionnaireVersion | None = QuestionnaireVersion.objects.offered().filter(key=key).first()
    return offered
