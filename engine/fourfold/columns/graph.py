"""Values of a column program as a graph: comparisons and numbers, folded as far as they go.

Which rules meet the same question of a company, and which do not ask it at all, comes out by itself:
equal values are one value.
"""

from collections.abc import Callable
from math import gcd

from fourfold.columns.places import FLAGS, LONG, SMALL, WIDE, Data, Places


class Graph(Places):
    """Grows by its methods; each returns the place of a value, made or found."""

    # ------------------------------------------------------------ comparisons

    def at_least(self, at: int, bound: int) -> int:
        """Return whether a number is at least a constant."""
        low, high, args = self.low[at], self.high[at], self.args[at]
        if low >= bound or high < bound:
            return self.flag(low >= bound)
        match self.names[at]:
            case "lin":
                return self._lin_at_least(at, bound)
            case "floor":
                return self.at_least(args[0], bound * self.data[at])
            case "max":
                return self.or_(*(self.at_least(part, bound) for part in args))
            case "min":
                return self.and_(*(self.at_least(part, bound) for part in args))
            case "lut":
                mask, table = 0, self.table(at)
                for place, value in enumerate(table):
                    mask |= (value >= bound) << place
                return self.member(args[0], mask, len(table))
            case "choose":
                return self._chosen(at, lambda value: value >= bound)
            case name if name in FLAGS:
                return at
            case _:
                return self.place("ge", (at,), bound, 0, 1)

    def table(self, at: int) -> tuple[int, ...]:
        """Return the numbers of a look-up or a choice."""
        found: tuple[int, ...] = self.data[at]
        return found

    def _chosen(self, at: int, test: Callable[[int], bool]) -> int:
        *values, rest = self.table(at)
        pairs = list(zip(self.args[at], values, strict=True))
        if test(rest):
            return self.not_(self.or_(*(flag for flag, value in pairs if not test(value))))
        return self.or_(*(flag for flag, value in pairs if test(value)))

    def _lin_at_least(self, at: int, bound: int) -> int:
        (*coefficients, constant), args = self.table(at), self.args[at]
        if len(args) == 1:
            factor = coefficients[0]
            if factor > 0:
                return self.at_least(args[0], -((constant - bound) // factor))
            return self.not_(self.at_least(args[0], (constant - bound) // -factor + 1))
        shared = gcd(*coefficients)
        if constant or shared > 1:
            whole = self.lin(dict(zip(args, (part // shared for part in coefficients), strict=True)))
            return self.at_least(whole, -((constant - bound) // shared))
        return self.place("ge", (at,), bound, 0, 1)

    def equals(self, at: int, value: int) -> int:
        """Return whether a number is a constant."""
        if not self.low[at] <= value <= self.high[at]:
            return self.no
        if self.low[at] == self.high[at]:
            return self.yes
        match self.names[at]:
            case "lut":
                mask, table = 0, self.table(at)
                for place, item in enumerate(table):
                    mask |= (item == value) << place
                return self.member(self.args[at][0], mask, len(table))
            case "choose":
                return self._chosen(at, lambda item: item == value)
            case "lin" if len(self.args[at]) == 1:
                factor, constant = self.table(at)
                whole, rest = divmod(value - constant, factor)
                return self.no if rest else self.equals(self.args[at][0], whole)
            case name if name in FLAGS:
                return at if value else self.not_(at)
            case _:
                return self.place("eq", (at,), value, 0, 1)

    def compared(self, left: int, right: int) -> int:
        """Return whether left is at least right."""
        if self.low[left] >= self.high[right] or left == right:
            return self.yes
        if self.high[left] < self.low[right]:
            return self.no
        constant = self.fixed(right)
        if constant is not None:
            return self.at_least(left, constant)
        constant = self.fixed(left)
        if constant is not None:
            return self.not_(self.at_least(right, constant + 1))
        return self._unfolded(left, right)

    def _unfolded(self, left: int, right: int) -> int:
        match self.names[left], self.names[right]:
            case _, "max":
                return self.and_(*(self.compared(left, part) for part in self.args[right]))
            case "max", _:
                return self.or_(*(self.compared(part, right) for part in self.args[left]))
            case _, "min":
                return self.or_(*(self.compared(left, part) for part in self.args[right]))
            case "min", _:
                return self.and_(*(self.compared(part, right) for part in self.args[left]))
            case "floor", _ if self._fits(right, self.divisor(left)):
                return self.compared(self.args[left][0], self.lin({right: self.divisor(left)}))
            case _, "floor" if self._fits(left, self.divisor(right)):
                below = self.divisor(right)
                return self.compared(self.lin({left: below}, below - 1), self.args[right][0])
            case _:
                return self.place("ge2", (left, right), None, 0, 1)

    def divisor(self, at: int) -> int:
        """Return the number that a value carries: what a `floor` divides by, the bound of a comparison, a place."""
        found: int = self.data[at]
        return found

    def _fits(self, at: int, divisor: int) -> bool:
        return (max(abs(self.low[at]), abs(self.high[at])) + 1) * divisor < WIDE

    def equal(self, left: int, right: int) -> int:
        """Return whether two numbers are the same."""
        for one, other in ((left, right), (right, left)):
            constant = self.fixed(one)
            if constant is not None:
                return self.equals(other, constant)
        if left == right:
            return self.yes
        if self.high[left] < self.low[right] or self.high[right] < self.low[left]:
            return self.no
        return self.place("eq2", (min(left, right), max(left, right)), None, 0, 1)

    # ------------------------------------------------------------ numbers

    def lin(self, parts: dict[int, int], constant: int = 0) -> int:
        """Return a sum of values times coefficients, and a constant; flags count as 1."""
        flat: dict[int, int] = {}
        for at, factor in parts.items():
            constant += self._spread(at, factor, flat)
        flat = {at: factor for at, factor in flat.items() if factor}
        if not flat:
            return self.const(constant)
        if len(flat) == 1 and constant == 0:
            ((at, factor),) = flat.items()
            if factor == 1 and not self.is_flag(at):
                return at
        self._gather_taken(flat)
        args = tuple(sorted(flat))
        low = constant + sum(min(flat[at] * self.low[at], flat[at] * self.high[at]) for at in args)
        high = constant + sum(max(flat[at] * self.low[at], flat[at] * self.high[at]) for at in args)
        most = abs(constant) + sum(abs(flat[at]) * max(abs(self.low[at]), abs(self.high[at])) for at in args)
        data = (*(flat[at] for at in args), constant)
        if most > WIDE:
            self._guard(args, data)
        return self.place("lin", args, data, low, high)

    def _spread(self, at: int, factor: int, flat: dict[int, int]) -> int:
        """Add a part of a sum to the others, taken apart where it is a sum itself; return its constant."""
        name = self.names[at]
        if name in ("const", "flag"):
            return factor * self.low[at]
        if name != "lin" or (abs(factor) > 1 and self.is_small(at)):
            flat[at] = flat.get(at, 0) + factor
            return 0
        *coefficients, constant = self.table(at)
        for part, inner in zip(self.args[at], coefficients, strict=True):
            flat[part] = flat.get(part, 0) + factor * inner
        return factor * constant

    def _gather_taken(self, flat: dict[int, int]) -> None:
        """Turn many parts that each count a taken candidate into one sum over what a selection took."""
        by_selection: dict[int, dict[int, int]] = {}
        for at, factor in flat.items():
            if self.names[at] == "taken":
                by_selection.setdefault(self.args[at][0], {})[at] = factor
        for selection, parts in by_selection.items():
            if len(parts) > 3:
                weights = {self.divisor(at): flat.pop(at) for at in parts}
                table = tuple(weights.get(place, 0) for place in range(max(weights) + 1))
                low, high = sum(min(0, w) for w in table), sum(max(0, w) for w in table)
                flat[self.place("taken sum", (selection,), table, low, high)] = 1
        self._gather_gates(flat)

    def _gather_gates(self, flat: dict[int, int]) -> None:
        """Turn many parts that count only for a taken candidate into one sum over what a selection took."""
        by_selection: dict[int, dict[int, int]] = {}
        for at, factor in flat.items():
            if self.names[at] == "gate" and self.names[self.args[at][0]] == "taken":
                by_selection.setdefault(self.args[self.args[at][0]][0], {})[at] = factor
        for selection, parts in by_selection.items():
            if len(parts) > 3:
                members = [(self.divisor(self.args[at][0]), self.args[at][1], flat.pop(at)) for at in parts]
                ends = [(factor * self.low[value], factor * self.high[value]) for _, value, factor in members]
                low, high = sum(min(0, *pair) for pair in ends), sum(max(0, *pair) for pair in ends)
                flat[self._over_taken(selection, "sum", 0, members, low, high)] = 1

    def _over_taken(self, selection: int, mode: str, rest: int, members: list[tuple[int, int, int]], low: int, high: int) -> int:
        data = (mode, rest, tuple(candidate for candidate, _, _ in members), tuple(factor for _, _, factor in members))
        return self.place("taken of", (selection, *(value for _, value, _ in members)), data, low, high)

    def _gather_best(self, largest: bool, kept: list[int]) -> list[int]:
        """Turn many numbers that count only for a taken candidate into the best of what a selection took."""
        groups: dict[tuple[int, int], list[int]] = {}
        for at in kept:
            if self.names[at] == "pick" and self.names[self.args[at][0]] == "taken" and (rest := self.fixed(self.args[at][2])) is not None:
                groups.setdefault((self.args[self.args[at][0]][0], rest), []).append(at)
        for (selection, rest), parts in groups.items():
            inner = [self.args[at][1] for at in parts]
            # WHY: the rest may only count where it is worse than all, or it would count beside what is taken
            is_worst = rest <= min(self.low[at] for at in inner) if largest else rest >= max(self.high[at] for at in inner)
            if len(parts) > 3 and is_worst:
                members = [(self.divisor(self.args[at][0]), self.args[at][1], 1) for at in parts]
                low, high = min(self.low[at] for at in parts), max(self.high[at] for at in parts)
                found = self._over_taken(selection, "max" if largest else "min", rest, members, low, high)
                kept = [at for at in kept if at not in parts] + [found]
        return kept

    def _guard(self, args: tuple[int, ...], data: Data) -> None:
        """Note that a row may leave what 64 bits hold; such rows go to the referee."""
        at = self.place("huge", args, data, 0, 1)
        if at not in self.guards:
            self.guards.append(at)

    def is_small(self, at: int) -> bool:
        """Return whether a sum counts flags and stays within a signed byte."""
        return self.low[at] >= -SMALL and self.high[at] <= SMALL and all(self.is_flag(part) for part in self.args[at])

    def add(self, *items: int) -> int:
        """Return a sum."""
        parts: dict[int, int] = {}
        for at in items:
            parts[at] = parts.get(at, 0) + 1
        return self.lin(parts)

    def mul(self, left: int, right: int) -> int:
        """Return a product."""
        for one, other in ((left, right), (right, left)):
            constant = self.fixed(one)
            if constant is not None:
                return self.lut(self.args[other][0], tuple(v * constant for v in self.table(other))) if self.names[other] == "lut" else self.lin({other: constant})
            if self.is_flag(one):
                return self.pick(one, other, self.const(0))
        ends = [a * b for a in (self.low[left], self.high[left]) for b in (self.low[right], self.high[right])]
        args = (min(left, right), max(left, right))
        if max(map(abs, ends)) > WIDE:
            self._guard(args, "product")
        return self.place("mul", args, None, min(ends), max(ends))

    def floor(self, top: int, bottom: int) -> int:
        """Return top / bottom rounded down; by 0 it is 0."""
        below = self.fixed(bottom)
        if below is None or below <= 0:
            ends = [0, *(a // b for a in (self.low[top], self.high[top]) for b in (self.low[bottom], self.high[bottom], 1, -1) if b)]
            return self.place("floor2", (top, bottom), None, min(ends), max(ends))
        if below == 1:
            return top
        match self.names[top]:
            case "const" | "flag":
                return self.const(self.low[top] // below)
            case "lut":
                return self.lut(self.args[top][0], tuple(value // below for value in self.table(top)))
            case "floor":
                return self.floor(self.args[top][0], self.const(below * self.divisor(top)))
            case "max" | "min":
                return self.best(self.names[top] == "max", [self.floor(part, bottom) for part in self.args[top]])
            case "lin":
                return self._lin_floor(top, below)
            case "mul" if self.is_narrow and max(abs(self.low[top]), abs(self.high[top])) >= LONG:
                return self._mul_floor(top, below)
            case _:
                return self.place("floor", (top,), below, self.low[top] // below, self.high[top] // below)

    def _mul_floor(self, top: int, below: int) -> int:
        """Return a long product divided by a constant so that no number on the way is long: a · b / c = (a / c) · b + (a mod c) · b / c."""
        left, right = sorted(self.args[top], key=lambda at: max(abs(self.low[at]), abs(self.high[at])))
        whole = self.floor(right, self.const(below))
        rest = self.place("lin", tuple(sorted((right, whole))), self._factors({right: 1, whole: -below}), 0, below - 1)
        return self.add(self.mul(whole, left), self.place("floor", (self.mul(rest, left),), below, *self._ends(rest, left, below)))

    def _factors(self, parts: dict[int, int]) -> tuple[int, ...]:
        return (*(parts[at] for at in sorted(parts)), 0)

    def _ends(self, left: int, right: int, below: int) -> tuple[int, int]:
        ends = [a * b // below for a in (self.low[left], self.high[left]) for b in (self.low[right], self.high[right])]
        return min(ends), max(ends)

    def _lin_floor(self, top: int, below: int) -> int:
        *coefficients, constant = self.table(top)
        shared = gcd(below, *coefficients)
        if shared > 1:
            inner = self.lin({at: factor // shared for at, factor in zip(self.args[top], coefficients, strict=True)}, constant // shared)
            return self.floor(inner, self.const(below // shared))
        return self.place("floor", (top,), below, self.low[top] // below, self.high[top] // below)

    def best(self, largest: bool, parts: list[int]) -> int:
        """Return the largest or smallest of some numbers."""
        flat = {part: None for at in parts for part in (self.args[at] if self.names[at] == ("max" if largest else "min") else (at,))}
        edge = max(self.low[at] for at in flat) if largest else min(self.high[at] for at in flat)
        constants = [self.low[at] for at in flat if self.low[at] == self.high[at]]
        kept = [at for at in flat if self.low[at] != self.high[at] and (self.high[at] > edge if largest else self.low[at] < edge)]
        if not kept or (edge in constants and all(self.low[at] < edge if largest else self.high[at] > edge for at in kept)):
            kept.append(self.const(edge))
        kept = self._gather_best(largest, kept)
        if len(kept) == 1:
            return kept[0]
        kept.sort()
        pick = max if largest else min
        return self.place("max" if largest else "min", tuple(kept), None, pick(self.low[at] for at in kept), pick(self.high[at] for at in kept))

    def pick(self, flag: int, then: int, rest: int) -> int:
        """Return one number where a flag holds and another where it does not."""
        if flag in (self.no, self.yes) or then == rest:
            return rest if flag == self.no else then
        one, other = self.fixed(then), self.fixed(rest)
        if one is not None and other is not None:
            return self.lin({flag: one - other}, other)
        low, high = min(self.low[then], self.low[rest]), max(self.high[then], self.high[rest])
        if other == 0:
            return self.place("gate", (flag, then), None, low, high)
        return self.place("pick", (flag, then, rest), None, low, high)

    def lut(self, code: int, table: tuple[int, ...]) -> int:
        """Return one number per option of a code."""
        if len(set(table)) == 1:
            return self.const(table[0])
        if self.names[code] == "const":
            return self.const(table[self.low[code]])
        return self.place("lut", (code,), table, min(table), max(table))

    def choose(self, pairs: list[tuple[int, int]], rest: int) -> int:
        """Return the number whose flag holds (flags exclude each other), or the rest."""
        kept = [(flag, value) for flag, value in pairs if flag != self.no and value != rest]
        if any(flag == self.yes for flag, _ in kept):
            return self.const(next(value for flag, value in kept if flag == self.yes))
        if not kept:
            return self.const(rest)
        values = [value for _, value in kept] + [rest]
        return self.place("choose", tuple(flag for flag, _ in kept), tuple(values), min(values), max(values))
