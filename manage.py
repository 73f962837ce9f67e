#!/usr/bin/env python
import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

CUT_OFF = 141  # how other tools end when nobody reads on


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115  it was closed from the start
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tells it once more at its end
        sys.exit(CUT_OFF)


if __name__ == "__main__":
    main()
