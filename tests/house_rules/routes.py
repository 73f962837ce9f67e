"""Every address of the portal, read from the URL configuration itself, so that none can be forgotten."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    name: str
    path: str
    view: object

    @property
    def is_public(self) -> bool:
        """Marked login_not_required; everything else is for people who signed in."""
        return not getattr(self.view, "login_required", True)

    @property
    def is_admin(self) -> bool:
        return self.path.startswith("admin/")


def routes() -> list[Route]:
    return list(walk(get_resolver(), "", ""))


def walk(resolver: URLResolver, namespace: str, path: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        full_path = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, pattern.namespace or namespace, full_path)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{namespace}:{pattern.name or full_path}", full_path, pattern.callback)
