"""Function first, name second: what carriers do here, and what differs on another platform; when a persona is built."""

from fourfold.planning.view import Data, View

PERSONA = "ip_persona"


def carrying(view: View, mat: Data) -> Data:
    """Return the home ecosystem of the carriers in use, the functions there and on the platform they are carried to, and the persona."""
    rows = mat["rows"]
    assert isinstance(rows, list)
    used = [str(row["carrier"]) for row in rows] + [c for c in view.entities("carrier") if view.holds("open", c)]
    counts = {name: sum(carrier in view.options("ecosystem", name, "carriers") for carrier in used) for name in view.entities("ecosystem")}
    home = max(counts, key=lambda name: counts[name], default="")
    home = home if counts.get(home) else ""
    to = str(view.raw("carry_to") or "")
    jobs = {view.option("carrier", carrier, "job") for carrier in used}
    return {
        "home": home,
        "to": to if to != home else "",
        "functions": [_function(view, name, home, to) for name in view.entities("carrier_function")] if home else [],
        "jobs": sorted(jobs),
        "persona": _persona(view),
    }


def _function(view: View, name: str, home: str, to: str) -> Data:
    carriers = view.options("carrier_function", name, "carriers")
    return {
        "function": name,
        "here": view.words("carrier_function", name, "here", home) is not None,
        "there": view.words("carrier_function", name, "here", to) is not None if to else False,
        "differs": view.words("carrier_function", name, "differs", to) is not None if to else False,
        "carriers": [carrier for carrier in carriers if to and carrier in view.options("ecosystem", to, "carriers")],
    }


def _persona(view: View) -> Data:
    """Return whether a persona is built now, on which fitting carriers, and with what."""
    fitting = [c for c in view.options("practice", PERSONA, "carriers") if view.holds("fits", c)]
    return {"advice": view.text("persona_advice"), "rules": view.speaking("persona_advice"), "carriers": fitting[:3]}
