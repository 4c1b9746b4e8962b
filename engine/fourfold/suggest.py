"""The nearest known name."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that `word` was most likely meant to be, or None."""
    names = sorted(set(known))
    folded = {name.lower().replace("-", "_").replace(" ", "_"): name for name in names}
    key = word.lower().replace("-", "_").replace(" ", "_")
    if key in folded:
        return folded[key]
    found = difflib.get_close_matches(key, list(folded), n=1, cutoff=0.72)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a help sentence that offers the nearest known name, or None."""
    name = nearest(word, known)
    return f"did you mean `{name}`?" if name else None


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names in backticks, the first `most` of them."""
    every = list(names)
    shown = ", ".join(f"`{name}`" for name in every[:most])
    return shown + (f" and {len(every) - most} more" if len(every) > most else "")
