"""SurveyJS JSON to a commented questionnaire file (see docs/surveyjs.md).

    import_survey(raw, options) -> Imported     raises SurveyRefused: nothing can be written
        .source    the questionnaire as YAML; it has passed the checker
        .notes     what could not be carried, each with its place
        .names     the survey's names and values -> our keys
    Options(...)                                where points come from and on which dimension they count

Read in this order: notes, reading, naming, texts, keys, operators, conditions, formulas, translate, points, sources,
questions, programs, grids, convert, write, command.
Nothing here knows any particular survey.
"""

from apps.questionnaires.surveyjs.convert import Imported, import_survey
from apps.questionnaires.surveyjs.notes import Note
from apps.questionnaires.surveyjs.points import Options
from apps.questionnaires.surveyjs.reading import SurveyRefused

__all__ = ["Imported", "Note", "Options", "SurveyRefused", "import_survey"]
