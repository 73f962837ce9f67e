"""Small SurveyJS surveys of our own."""

import json
from typing import Any

from apps.questionnaires.documents import read_document
from apps.questionnaires.surveyjs import Imported, Options, import_survey
from apps.scoring import Questionnaire, parse_questionnaire


def make_survey(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"pages": [{"name": "first", "elements": list(elements)}], **more}


def make_import(survey: Any, **options: Any) -> Imported:
    return import_survey(json.dumps(survey).encode(), Options(**{"key": "survey", **options}))


def make_imported_questionnaire(survey: Any, **options: Any) -> Questionnaire:
    return parse_questionnaire(read_document(make_import(survey, **options).source.encode()).data)
