"""The PDF of a snapshot, drawn by whatever renderer was registered."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from django.utils.module_loading import import_string

from apps.assessments.models import Snapshot
from apps.reviews.renderers import registered

logger = logging.getLogger(__name__)


class Renderer(NamedTuple):
    name: str  # kept beside the bytes: another version may draw the same content differently
    draw: Callable[[Snapshot], bytes]


class RenderingFailed(Exception):
    """The PDF could not be made; the log says why. Nothing else is wrong, and trying again is harmless."""


def renderer() -> Renderer:
    found: Renderer = import_string(registered())
    return found


def render(snapshot: Snapshot) -> bytes:
    return attempt(lambda: renderer().draw(snapshot), about=snapshot.sha256)


def attempt(draw: Callable[[], bytes], *, about: str) -> bytes:
    """Whatever goes wrong in a PDF library, missing system libraries included, becomes RenderingFailed."""
    try:
        return draw()
    except Exception as error:
        logger.exception("The report of %s could not be made.", about)
        raise RenderingFailed("The PDF of this submission could not be made.") from error
