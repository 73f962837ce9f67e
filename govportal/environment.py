"""Reads the environment; a missing or malformed variable stops the start with a sentence that says what to set."""

import os
import secrets
from pathlib import Path
from typing import Literal

from django.core.exceptions import ImproperlyConfigured

Mode = Literal["production", "local", "test"]


def mode() -> Mode:
    match value := os.environ.get("GOVPORTAL_ENV", "production"):
        case "production" | "local" | "test":
            return value
        case _:
            raise ImproperlyConfigured(f"GOVPORTAL_ENV is {value!r}; use production, local or test.")


def required(name: str, hint: str) -> str:
    if value := os.environ.get(name, "").strip():
        return value
    raise ImproperlyConfigured(f"{name} is not set. {hint}")


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


def flag(name: str, *, default: bool = False) -> bool:
    match value := os.environ.get(name, "").lower():
        case "":
            return default
        case "1" | "true" | "yes":
            return True
        case "0" | "false" | "no":
            return False
        case _:
            raise ImproperlyConfigured(f"{name} is {value!r}; use 1 or 0.")


def names(name: str) -> list[str]:
    """Separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def hosts(name: str) -> list[str]:
    required(name, "List the host names, separated by commas.")
    if "*" in names(name):
        raise ImproperlyConfigured(f"{name} must name the hosts: '*' would accept forged Host headers.")
    return names(name)


def secret_key() -> str:
    value = required("SECRET_KEY", "Make one: python -c 'import secrets; print(secrets.token_urlsafe(64))'")
    if len(value) < 50:
        raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters.")
    return value


def kept_secret_key(path: Path) -> str:
    """Local mode only: one random key per machine, kept so that a restart keeps sessions."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()
