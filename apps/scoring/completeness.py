"""What can never work in a definition whose parts are well formed."""

from apps.scoring.definitions import Questionnaire
from apps.scoring.problems import Problems


def find_problems(questionnaire: Questionnaire, problems: Problems) -> None:
    pass
