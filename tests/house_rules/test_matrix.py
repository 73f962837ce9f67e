"""Every address, asked by every kind of person."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from apps.accounts.models import User
from tests.house_rules.matrix import KINDS, MATRIX, PUBLIC
from tests.house_rules.routes import Route, routes
from tests.house_rules.world import FORMS, World

OURS = [route for route in routes() if not route.is_admin or route.name in PUBLIC]
FOR_EVERYBODY = {"admin/login/", "admin/logout/"}
ADMIN = [route for route in routes() if route.is_admin and route.path not in FOR_EVERYBODY]


def address(world: World, line: str) -> str:
    """A name with a plus has to be there, but is no part of the address."""
    _, route, *names = line.split()
    objects = {name: getattr(world, name.removeprefix("+")) for name in names}
    if route.startswith(":"):
        return f"/{route[1:]}"
    return reverse(route, args=[value for name, value in objects.items() if not name.startswith("+")])


@pytest.mark.django_db
@pytest.mark.parametrize("line", MATRIX)
def test_matrix(line: str):
    world = World()
    url = address(world, line)

    statuses = tuple(status_for(world.people[kind], line.split()[0], url, FORMS.get(line, {})) for kind in KINDS)

    assert statuses == MATRIX[line], f"{line}, for {', '.join(KINDS)}"


def status_for(person: User | None, method: str, url: str, form: dict[str, Any]) -> int:
    """What this person gets; whatever it changes is undone for the next one."""
    client = Client()
    with transaction.atomic():
        if person:
            client.force_login(person)
        response = client.get(url) if method == "GET" else client.post(url, form)
        transaction.set_rollback(True)
    if person is None and response.status_code == 302 and not is_public(url):
        assert response.url.startswith("/account/sign-in/?next=")
    return response.status_code


def is_public(url: str) -> bool:
    view = resolve(url).func
    return not getattr(view, "login_required", True)


@pytest.mark.django_db
@pytest.mark.parametrize("route", OURS, ids=lambda route: route.name)
def test_route_has_a_line_for_each_of_its_methods(client: Client, route: Route):
    lines = [line for line in MATRIX if line.split()[1] == route.name]
    assert lines, f"add {route.name} to tests/house_rules/matrix.py"
    world = World()
    client.force_login(world.people["admin"])

    offered = client.options(address(world, lines[0])).headers.get("Allow", "any")

    assert offered != "any", f"{route.name} does not say which methods it takes (require_safe, require_POST …)"
    assert {line.split()[0] for line in lines} == {"GET", "POST"} & set(offered.split(", "))


def test_matrix_names_no_route_that_is_gone():
    assert {line.split()[1] for line in MATRIX} <= {route.name for route in routes()}


def test_only_the_public_list_is_open_without_signing_in():
    open_routes = {route.name for route in OURS if route.is_public}

    assert open_routes <= PUBLIC
    assert {route.name for route in routes()} >= PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("route", ADMIN, ids=lambda route: route.path)
def test_admin_pages_are_for_admins_only(client: Client, route: Route):
    """By address, with any id: the check comes before the lookup."""
    url = "/" + sample(route.path)
    world = World()

    for kind in ("member", "lead", "officer"):
        client.force_login(world.people[kind])
        responses = [client.get(url), client.post(url)]
        assert {response.status_code for response in responses} <= {302, 403, 404}, kind
        assert not any(response.url for response in responses if response.status_code == 302 and is_inside(response))


def is_inside(response) -> bool:
    return response.url.startswith("/admin/") and not response.url.startswith("/admin/login/")


def sample(path: str) -> str:
    """A concrete address for a route pattern: 1 for every placeholder."""
    out, inside = "", 0
    for character in path.replace("^", "").replace("$", "").replace("(?P<url>.*)", "x").replace("(?P<app_label>", "("):
        inside += character in "<("
        out += character if not inside else ""
        if character in ">)":
            inside -= 1
            out += "" if inside else "1"
    return out
