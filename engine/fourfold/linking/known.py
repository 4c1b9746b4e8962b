"""The knowledge in force, as it is gathered."""

from dataclasses import dataclass, field
from fractions import Fraction

from fourfold.expression.kinds import Kind
from fourfold.model import Value
from fourfold.problem import Collector
from fourfold.span import Span
from fourfold.written import AttributeDecl, Content, TermDecl


@dataclass(slots=True)
class Known:
    """What names and figures mean; filled once, then only read.

    `places` tells where each entity stands; `broken` names terms and attributes whose kind is wrong,
    `refused` figures that are wrong: what reads these is not blamed.
    """

    content: Content
    as_of: int
    currency: str
    problems: Collector
    terms: dict[str, TermDecl] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    attributes: dict[tuple[str, str], AttributeDecl] = field(default_factory=dict)
    attribute_kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)
    entities: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    constants: dict[str, Value] = field(default_factory=dict)
    rates: dict[str, Fraction] = field(default_factory=dict)
    changes: set[int] = field(default_factory=set)
    places: dict[tuple[str, str], Span] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
