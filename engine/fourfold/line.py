"""A computed line of the plan: value, method, inputs, sources."""

from fourfold.noun import noun


@noun
class Line:
    """What a method gave, and everything needed to compute it again."""

    value: object
    method: str
    inputs: tuple[tuple[str, object], ...]
    sources: tuple[str, ...] = ()

    def as_data(self) -> dict[str, object]:
        """Return the line as JSON has it."""
        return {"value": self.value, "method": self.method, "inputs": dict(self.inputs), "sources": list(self.sources)}


def line(value: object, method: str, sources: tuple[str, ...] = (), **inputs: object) -> Line:
    """Return a line of a method with its inputs."""
    return Line(value, method, tuple(inputs.items()), sources)
