"""A skeleton for a new entity: everything its kind declares, with the figures of a like entity as estimates to be replaced."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fourfold.content import read_content
from fourfold.linking import link
from fourfold.problem import Problem, Problems
from fourfold.report import Speaker, render
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.writing import write_whole
from fourfold.written import AttributeDecl, Content, EntityDecl, Figure

TEMPLATE = "added.yaml.j2"
NUMBERS = ("number", "money", "percent", "date")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Added:
    """What was written: the file, and the entity whose figures it starts from."""

    path: Path
    like: str


def add_entity(root: Path, kind: str, name: str, like: str, titles: tuple[str, str], today: int) -> Added:
    """Write `knowledge/your_KIND_NAME.yaml` with a new entity and return where.

    Figures, sets and choices are those of `like` (else of the first entity of the kind), marked as estimates of
    low confidence; texts are questions to be answered. Where the kind knows `outdated`, the skeleton is marked so
    that no plan recommends it before it is finished. Nothing that exists is changed.
    """
    content = read_content(root)  # WHY: a book from the cache has lost what is written of entities
    book = link(content, today)
    source = _like(content, kind, name, like)
    path = root / "knowledge" / f"your_{kind}_{name}.yaml"
    if path.exists():
        raise Problems([Problem("F116", f"`{path}` is there already", Span(str(path), 1, 1), help="choose another name, or edit that file")])
    english = titles[0] or name.replace("_", " ").capitalize()
    data = {
        "kind": kind,
        "id": name,
        "title": {"en": english, "zh": titles[1]},
        "like": source.name,
        "like_title": {language: source.title.text(language) for language in ("en", "zh")},
        "year": date.fromordinal(today).year,
        "attributes": [item for attribute in content.attributes if attribute.kind_name == kind if (item := _attribute(content, attribute, source, today))],
    }
    write_whole(path, render(root, TEMPLATE, Speaker(book, "en", book.base), data))
    return Added(path, source.name)


def _like(content: Content, kind: str, name: str, like: str) -> EntityDecl:
    """Return the entity to start from, or raise what is wrong with the names."""
    kinds = list(dict.fromkeys(item.kind for item in content.entities))
    known = {item.name: item for item in content.entities if item.kind == kind}
    if not known:
        raise Problems([Problem("F201", f"unknown kind of entity `{kind}`", Span("knowledge", 1, 1), help=did_you_mean(kind, kinds) or f"one of {listed(kinds)}")])
    if not _NAME.fullmatch(name):
        raise Problems([Problem("F114", f"`{name}` is not a name", Span("knowledge", 1, 1), help="small letters, digits and `_`, a letter first")])
    if name in known:
        span = known[name].span
        raise Problems([Problem("F209", f"{kind} `{name}` is there already", span, help="choose another name, or edit it there")])
    if like and like not in known:
        raise Problems([Problem("F201", f"unknown {kind} `{like}`", Span("knowledge", 1, 1), help=did_you_mean(like, known) or f"one of {listed(known)}")])
    return known[like] if like else next(iter(known.values()))


def _attribute(content: Content, attribute: AttributeDecl, source: EntityDecl, today: int) -> dict[str, object] | None:
    """Return what the template writes for an attribute, or None where the like entity gives nothing of use."""
    if attribute.name == "outdated":
        return {"name": attribute.name, "form": "outdated"}
    values = [(key, _in_force(figures, today)) for name, key, figures in source.values if name == attribute.name and figures]
    if not values:
        return None
    word, words = attribute.kind.word, values[0][1].words
    form = "figure" if word in NUMBERS else "text" if word == "text" else "set" if word == "set" else "word"
    if form == "text" and not any(language for language, _ in words.by_language):
        form = "plain"
        if set(values[0][1].texts) <= {item.name for item in content.sources}:  # proof of the like entity is no proof of the new one
            return None
    ask = {language: attribute.title.text(language) if attribute.title.by_language else "" for language in ("en", "zh")}
    return {"name": attribute.name, "form": form, "by": attribute.by, "ask": ask, "items": [_item(key, figure) for key, figure in values]}


def _in_force(figures: tuple[Figure, ...], today: int) -> Figure:
    return next((figure for figure in figures if figure.period.covers(today)), figures[-1])


def _item(key: str, figure: Figure) -> dict[str, object]:
    lines = figure.words.lines("en")
    return {
        "key": key,
        "texts": list(figure.texts),
        "low": figure.low,
        "high": figure.high,
        "currency": figure.currency,
        "near": list(figure.origin.sources or figure.origin.near),
        "lines": list(lines),
    }
