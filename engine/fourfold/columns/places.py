"""Places of values, and flags: each value of a column program stands once and knows its bounds.

Three sorts of values: flags (0 or 1), codes (the place of an option) and whole numbers. Which rules
meet the same question of a company, and which do not ask it at all, comes out by itself: equal values
are one value.
"""

from typing import Any

WIDE = 2**62
SMALL = 127
# bits of one number of a packed order; fewer where floats are to hold it exactly
WORD, NARROW_WORD = 62, 52
LONG = 2**53
FLAGS = frozenset({"flag", "known", "flag column", "in", "ge", "ge2", "eq", "eq2", "not", "and", "or", "taken", "huge", "same code"})
Data = Any  # a constant, a table, a layout: each sort of value has its own
Key = tuple[str, tuple[int, ...], Data]


class NotColumns(Exception):
    """A part of a book that cannot be a column program: the reason, and the term where it stands."""

    def __init__(self, reason: str, term: str = "") -> None:
        """Keep the reason and the term."""
        super().__init__(reason)
        self.reason, self.term = reason, term


class Places:
    """Grows by its methods; each returns the place of a value, made or found."""

    def __init__(self) -> None:
        """Begin with the two fixed flags: place 0 never holds, place 1 always."""
        self.names: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.data: list[Data] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self.guards: list[int] = []
        self.word = WORD
        self._places: dict[Key, int] = {}
        self.no = self.place("flag", (), 0, 0, 0)
        self.yes = self.place("flag", (), 1, 1, 1)

    def place(self, name: str, args: tuple[int, ...], data: Data, low: int, high: int) -> int:
        """Return the place of a value as it is, without folding; bounds are those of the declared ranges."""
        key = (name, args, data)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self.names)
            self.names.append(name)
            self.args.append(args)
            self.data.append(data)
            self.low.append(max(low, -WIDE))
            self.high.append(min(high, WIDE))
        return found

    @property
    def is_narrow(self) -> bool:
        """Return whether numbers are to stay within what floats hold exactly."""
        return self.word == NARROW_WORD

    def is_flag(self, at: int) -> bool:
        """Return whether a value is 0 or 1 by its sort."""
        return self.names[at] in FLAGS

    def fixed(self, at: int) -> int | None:
        """Return the number of a constant, else None."""
        return self.low[at] if self.names[at] in ("const", "flag") else None

    def const(self, value: int) -> int:
        """Return a constant."""
        if abs(value) > WIDE:
            raise NotColumns(f"the number {value} does not fit into 64 bits")
        return self.place("const", (), value, value, value)

    # ------------------------------------------------------------ flags

    def flag(self, holds: bool) -> int:
        """Return a flag that is known beforehand."""
        return self.yes if holds else self.no

    def not_(self, at: int) -> int:
        """Return the opposite of a flag."""
        match self.names[at]:
            case "flag":
                return self.flag(at == self.no)
            case "not":
                return self.args[at][0]
            case "in":
                mask, count = self.options(at)
                return self.member(self.args[at][0], ~mask & ((1 << count) - 1), count)
            case _:
                return self.place("not", (at,), None, 0, 1)

    def options(self, at: int) -> tuple[int, int]:
        """Return the mask of a test of a code, and how many options there are."""
        found: tuple[int, int] = self.data[at]
        return found

    def member(self, code: int, mask: int, count: int) -> int:
        """Return whether a code is among the options of a mask (bit i for option i) of `count` options."""
        if mask in (0, (1 << count) - 1):
            return self.flag(mask != 0)
        if self.names[code] == "const":
            return self.flag(bool(mask >> self.low[code] & 1))
        return self.place("in", (code,), (mask, count), 0, 1)

    def and_(self, *items: int) -> int:
        """Return whether all flags hold."""
        kept = self._joined(items, "and", self.no, self.yes)
        return self._flags("and", kept, self.yes)

    def or_(self, *items: int) -> int:
        """Return whether a flag holds."""
        kept = self._joined(items, "or", self.yes, self.no)
        return self._flags("or", kept, self.no)

    def _flags(self, name: str, kept: list[int], empty: int) -> int:
        if not kept:
            return empty
        return kept[0] if len(kept) == 1 else self.place(name, tuple(sorted(kept)), None, 0, 1)

    def _joined(self, items: tuple[int, ...], name: str, ends: int, empty: int) -> list[int]:
        """Return the parts of an `and` or `or` without doubles; tests of one code become one test."""
        kept: dict[int, None] = {}
        codes: dict[int, tuple[int, int]] = {}
        for item in items:
            for at in self.args[item] if self.names[item] == name else (item,):
                if at == ends:
                    return [ends]
                if self.names[at] == "in":
                    code, (mask, count) = self.args[at][0], self.options(at)
                    seen = codes.get(code, (mask, count))[0]
                    codes[code] = (seen & mask if name == "and" else seen | mask, count)
                elif at != empty:
                    kept[at] = None
        for code, (mask, count) in codes.items():
            at = self.member(code, mask, count)
            if at == ends:
                return [ends]
            if at != empty:
                kept[at] = None
        return [ends] if any(self.names[at] == "not" and self.args[at][0] in kept for at in kept) else list(kept)
