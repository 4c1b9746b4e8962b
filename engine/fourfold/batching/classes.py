"""Classifications of trades: what a code or a class of NAICS, SIC, NACE or GB/T 4754 means among the entities of a book.

The knowledge says it, with its source, in an attribute `classes` of an entity: `NAICS 722; NACE I56; Restaurants`. A code
stands for all that begins with it; what is not there is not guessed.
"""

import re
from dataclasses import dataclass, field

from fourfold.model import RuleBook
from fourfold.spoken.choices import folded
from fourfold.written import Words

SYSTEMS = ("NAICS", "SIC", "NACE", "GB/T 4754")
_IN_HEADER = (("NAICS", r"\bnaics\b"), ("SIC", r"\bsic\b"), ("NACE", r"\bnace\b"), ("GB/T 4754", r"gb/?t|国民经济行业|行业代码"))


@dataclass(slots=True)
class Classes:
    """Codes by system, and names of classes, with the entity that each stands for."""

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def meant(self, text: str, system: str) -> str:
        """Return the entity that a text means as a code of a system (its own, or that of its column) or as the name of a class; or nothing."""
        word = folded(text).replace(" & ", " and ")
        if word in self.names:
            return self.names[word]
        for name in SYSTEMS:
            if text.upper().startswith(name):
                system, text = name, text[len(name) :]
        plain = re.sub(r"[^A-Z0-9]", "", text.upper())
        known = self.codes.get(system, {})
        if not re.fullmatch(r"[A-U]?\d{0,6}", plain):
            return ""
        return next((known[plain[:size]] for size in range(len(plain), 0, -1) if plain[:size] in known), "")


def classes_of(book: RuleBook, kind: str) -> Classes:
    """Return the classes that the knowledge gives for a kind of entity."""
    found = Classes()
    for entity in book.entities.get(kind, ()):
        value = book.knows(kind, entity, "classes")
        if value is None or not isinstance(value.value, Words):
            continue
        for line in {line for _, lines in value.value.by_language for line in lines}:
            for part in filter(None, (piece.strip() for piece in line.split(";"))):
                system = next((name for name in SYSTEMS if part.startswith(f"{name} ")), "")
                if not system:
                    found.names[folded(part).replace(" & ", " and ")] = entity
                for code in (re.sub(r"[^A-Z0-9]", "", item) for item in part.removeprefix(system).split(",")) if system else ():
                    found.codes.setdefault(system, {})[code] = entity
                    # WHY: lists write 56.10 for I56.10
                    if len(code) > 1 and code[0].isalpha():
                        found.codes[system].setdefault(code[1:], entity)
    return found


def system_of(header: str) -> str:
    """Return the classification that a header names, or nothing."""
    return next((name for name, pattern in _IN_HEADER if re.search(pattern, header.lower())), "")
