"""What an answer says, or the ways in which it may be meant."""

from dataclasses import dataclass

from fourfold.model import Answer


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it was read.

    `value` is what the questionnaire keeps: a number in the smallest unit, an option, both ends of a range, the
    members of a set, or None for "don't know". `saved` is what a profile takes: a text, `{low, high}`, a list, or
    None where it is left out. `echo` says it back; `notes` are codes: converted, rounded, spread, by_period.
    """

    value: Answer
    saved: str | dict[str, str] | list[str] | None
    echo: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """An answer that may mean several things, or one thing that was hardly meant so: the face asks back.

    `reason` is a code: separator, order, unit, currency, percent, date, name, spelling.
    """

    reason: str
    readings: tuple[Heard, ...]
