"""The questionnaires that come with the portal, each in the version that new assessments start on."""

from functools import cache
from pathlib import Path

from apps.questionnaires.actions import parse_source, published_list
from apps.scoring import Questionnaire

QUESTIONNAIRES = Path(__file__).parents[2] / "fixtures" / "questionnaires"


def current_file(key: str) -> Path:
    versions = [
        int(version.removeprefix("v")) for listed, version, _ in published_list(QUESTIONNAIRES) if listed == key
    ]
    return QUESTIONNAIRES / key / f"v{max(versions)}.yaml"


@cache
def current_questionnaire(key: str) -> Questionnaire:
    return parse_source(current_file(key).read_bytes())
