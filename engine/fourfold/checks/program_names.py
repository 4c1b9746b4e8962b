"""The names of terms, constants and attributes that methods of the program read."""

import re
from functools import lru_cache
from importlib.resources import files

FOLDERS = ("planning", "door", "trialing")
MODULES = ("flips.py", "report.py", "advice.py", "workspaces.py", "interview.py")
_WORD = re.compile(r'"(\w+)"')
_MADE = re.compile(r'f"(\w*)\{[^{}"]+\}(\w*)["\[]')


# WHY: a list kept by hand would be wrong after the next method; the sources are part of the package
@lru_cache(maxsize=1)
def _literals() -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    package = files("fourfold")
    places = [item for folder in FOLDERS for item in package.joinpath(folder).iterdir() if item.name.endswith(".py")]
    places += [package.joinpath(name) for name in MODULES if package.joinpath(name).is_file()]
    text = "\n".join(place.read_text(encoding="utf-8") for place in places)
    made = {(head, tail) for head, tail in _MADE.findall(text) if len(head + tail) > 3}
    return frozenset(_WORD.findall(text)), tuple(sorted(made))


def is_named(name: str) -> bool:
    """Return whether a method of the program may read a name: it stands in the sources, or is put together there."""
    words, made = _literals()
    return name in words or any(name.startswith(head) and name.endswith(tail) and len(name) > len(head) + len(tail) for head, tail in made)
