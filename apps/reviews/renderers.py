"""Where the room above (reports) leaves the name of its PDF renderer, so that this one need not look up."""

_registered: list[str] = []


def register(dotted_path: str) -> None:
    """By name and not as an object: when it is called, models cannot be imported yet."""
    _registered[:] = [dotted_path]


def registered() -> str:
    return _registered[0]
