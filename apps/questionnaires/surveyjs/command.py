"""The arguments of `questionnaire import-surveyjs`, and what it does with them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps.questionnaires.documents import file_name, read_bytes, write_beside
from apps.questionnaires.references import all_references
from apps.questionnaires.surveyjs.convert import Imported, import_survey
from apps.questionnaires.surveyjs.keys import snake_case
from apps.questionnaires.surveyjs.points import Options, dimension_option
from apps.questionnaires.surveyjs.reading import MAX_BYTES, SurveyRefused


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("survey", type=file_name, help="the SurveyJS JSON file")
    parser.add_argument("--out", type=file_name, required=True, help="the questionnaire file to write")
    parser.add_argument("--key", default="", help="key of the questionnaire (the survey's file name)")
    parser.add_argument("--title", default="", help="title, in place of the survey's own")
    parser.add_argument("--language", default="en", help="language of the texts that name none or “default” (en)")
    parser.add_argument(
        "--points-suffix", action="store_true", help="a value such as item3-4 gives the points after its last dash"
    )
    parser.add_argument("--points-value", action="store_true", help="a value that is a number gives its points")
    parser.add_argument(
        "--dimension",
        action="append",
        default=[],
        metavar="NAME=PATTERN",
        help="questions whose name, panel or page fits PATTERN count on NAME; the nearest name decides; repeatable",
    )
    parser.add_argument(
        "--unscored", action="append", default=[], metavar="PATTERN", help="questions that give no points; repeatable"
    )
    parser.add_argument(
        "--maximum-over",
        choices=("visible", "all"),
        default="visible",
        help="what the maximum of a dimension counts: the visible questions or all",
    )
    parser.add_argument("--rules", type=file_name, help="YAML with derived values, levels and flags to append as it is")
    parser.add_argument("--names", type=file_name, help="also write which name of the survey became which key, as JSON")


def run(options: dict[str, Any]) -> Imported:
    """Raises SurveyRefused; then nothing has been written."""
    survey, out, names = options["survey"], options["out"], options["names"]
    imported = import_survey(_read(survey), _options(options, survey), frozenset(all_references()))
    files = {out: imported.source}
    if names is not None:
        files[names] = json.dumps(imported.names, ensure_ascii=False, indent=1) + "\n"
    _refuse_overwriting([path for path in (out, names) if path], [path for path in (survey, options["rules"]) if path])
    _write(files)
    return imported


def _refuse_overwriting(written: list[Path], read: list[Path]) -> None:
    try:
        places = [path.resolve() for path in (*written, *read)]
        taken = [place.exists() and not place.is_file() for place in places]
    except (OSError, RuntimeError) as error:  # a name that is too long, a link that leads to itself
        raise SurveyRefused(f"{written[0]}: is not a file that can be written: {error}.") from error
    for path, place, is_taken in zip(written, places, taken, strict=False):
        if places.count(place) > 1:
            raise SurveyRefused(f"{path}: is also another file of this command; write to a file of its own.")
        if is_taken:
            raise SurveyRefused(f"{path}: is not a file that can be written over.")


def _options(options: dict[str, Any], survey: Path) -> Options:
    rules = options["rules"]
    return Options(
        key=options["key"] or snake_case(survey.stem, "survey"),
        title=options["title"],
        language=options["language"],
        points_suffix=options["points_suffix"],
        points_value=options["points_value"],
        dimensions=[dimension_option(text) for text in options["dimension"]],
        unscored=options["unscored"],
        maximum_over=options["maximum_over"],
        rules="" if rules is None else _decoded(rules, _read(rules)),
    )


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path, MAX_BYTES)
    except OSError as error:
        raise SurveyRefused(f"{path}: cannot be read: {error.strerror}") from error


def _decoded(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SurveyRefused(f"{path}: is not UTF-8 text.") from None


def _write(files: dict[Path, str]) -> None:
    """All of them whole, or none."""
    ready: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in files.items():
            ready[path] = write_beside(path, text)
        for path, temporary in ready.items():
            temporary.replace(path)
    except OSError as error:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        raise SurveyRefused(f"{path}: cannot be written: {error.strerror}") from error
