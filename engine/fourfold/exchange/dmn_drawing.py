"""The diagram of a DMN file: inputs below, decisions above what they need."""

WIDE, HIGH, GAP, LAYER = 180, 60, 30, 130


def drawing(inputs: list[str], needs: dict[str, list[str]]) -> str:
    """Return the diagram: each decision one layer above the highest of what it needs."""
    depth = dict.fromkeys(inputs, 0)
    left = dict(needs)
    while left:
        ready = [name for name, wanted in left.items() if not any(other in left and other != name for other in wanted)] or list(left)
        for name in ready:
            depth[name] = 1 + max((depth.get(other, 0) for other in left[name]), default=0)
        for name in ready:
            del left[name]
    places = _places(depth)
    lines = ["  <dmndi:DMNDI>", '    <dmndi:DMNDiagram id="diagram">']
    for name, (x, y) in places.items():
        lines.append(f'      <dmndi:DMNShape id="shape_{name}" dmnElementRef="{name}"><dc:Bounds x="{x}" y="{y}" width="{WIDE}" height="{HIGH}"/></dmndi:DMNShape>')
    for name, wanted in needs.items():
        for at, other in enumerate(dict.fromkeys(wanted)):
            (x, y), (u, v) = places[other], places[name]
            start, end = (x + WIDE // 2, y), (u + WIDE // 2, v + HIGH)
            lines.append(
                f'      <dmndi:DMNEdge id="edge_{name}_{at}" dmnElementRef="need_{name.removeprefix("decision_")}_{at}"><di:waypoint x="{start[0]}" y="{start[1]}"/><di:waypoint x="{end[0]}" y="{end[1]}"/></dmndi:DMNEdge>'
            )
    return "\n".join([*lines, "    </dmndi:DMNDiagram>", "  </dmndi:DMNDI>"])


def _places(depth: dict[str, int]) -> dict[str, tuple[int, int]]:
    highest = max(depth.values(), default=0)
    found = {}
    for layer in range(highest + 1):
        names = [name for name, level in depth.items() if level == layer]
        for at, name in enumerate(names):
            found[name] = (40 + at * (WIDE + GAP), 40 + (highest - layer) * LAYER)
    return found
