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
    try:
        return renderer().draw(snapshot)
    except Exception as error:
        logger.exception("The report of snapshot %s could not be made.", snapshot.sha256)
        raise RenderingFailed("The PDF of this submission could not be made.") from error
