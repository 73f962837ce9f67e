"""What retiring questionnaire versions would do; nothing is changed by asking."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from apps.assessments.models import Assessment, State
from apps.questionnaires.models import QuestionnaireVersion


@dataclass(frozen=True)
class Retirement:
    version: QuestionnaireVersion
    drafts: int
    then: QuestionnaireVersion | None  # what new assessments use afterwards

    @property
    def next_sentence(self) -> str:
        if self.then is None:
            return f"Nobody can start “{self.version.title}” until a version of it is offered again."
        if self.then.version > self.version.version:
            return f"New assessments go on using version {self.then.version}."
        return f"New assessments use version {self.then.version} from then on, which is older."


def retirements(versions: Collection[QuestionnaireVersion]) -> list[Retirement]:
    """For these versions, retired together."""
    left = QuestionnaireVersion.objects.exclude(pk__in=[version.pk for version in versions]).offered().defer("source")
    by_key = {version.key: version for version in left}
    drafts = Assessment.objects.filter(state=State.DRAFT, questionnaire__in=versions).order_by()
    counted = dict(drafts.values_list("questionnaire").annotate(Count("pk")))
    return [Retirement(version, counted.get(version.pk, 0), by_key.get(version.key)) for version in versions]
