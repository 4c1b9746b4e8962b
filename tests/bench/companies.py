"""Companies for benches: columns drawn once from a seed, spread as wide as real ones are, unknown here and there."""

import numpy as np

from fourfold.expression.kinds import YES_NO, Choice
from fourfold.model import GroundTerm, RuleBook

SURE = ("primary_goal", "industry", "business_model")
WIDTH = {"monthly_budget": 2_000_000, "person_days": 4_000, "employees": 2_000, "heads": 60, "customers": 200_000, "products": 2_000, "outlets": 200, "months_live": 240}
ASKED = (*SURE, "market", "appetite", "cash", "has_tracking", *WIDTH, "average_order_value", "gross_margin", "return_rate", "orders_per_year", "monthly_orders", "monthly_growth")
CARRIERS = 6


def asked_terms(book: RuleBook, carriers: int = CARRIERS) -> list[str]:
    """Return the columns of the bench: about twenty of the company, four each of its own carriers."""
    own = book.entities["carrier"][:carriers]
    return [name for name in ASKED if name in book.terms] + [f"{term}[{name}]" for name in own for term in ("reading", "earlier_reading", "open", "excluded")]


def companies(book: RuleBook, rows: int, carriers: int = CARRIERS, seed: int = 7) -> dict[str, object]:
    """Return columns with where they are known; a fifth of what is not required is unknown."""
    rng = np.random.default_rng(seed)
    found: dict[str, object] = {}
    for name in asked_terms(book, carriers):
        values = _values(rng, book.terms[name], rows)
        if name.startswith("earlier_reading"):
            values = np.where(found[name.replace("earlier_", "")] == 0, 0, values).astype(np.uint8)
        found[name] = values if name in SURE or "[" in name else (values, rng.random(rows) < 0.8)
    # WHY: a team that is larger than the company is refused, which is not what is measured
    heads, known = found["heads"]
    found["heads"] = (np.minimum(heads, 100 * found["employees"][0]), known)
    return found


def _values(rng: np.random.Generator, term: GroundTerm, rows: int) -> np.ndarray:
    kind = term.kind
    if isinstance(kind, Choice):
        values = rng.integers(0, len(kind.options), rows).astype(np.uint8)
        if "[" in term.name:
            values = np.where(rng.random(rows) < (0.95 if kind == YES_NO else 0.75), 0, values).astype(np.uint8)
        return values
    top = min(kind.high, WIDTH.get(term.name, 2_000) * 10**kind.scale if kind.form != "percent" else kind.high)
    low = max(kind.low, 0)
    return (low + np.exp(rng.uniform(0, np.log(top - low + 1), rows)) - 1).astype(np.int64)
