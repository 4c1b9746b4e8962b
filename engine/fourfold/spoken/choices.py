"""Choices as people make them: by number, name, alias or the beginning of one, in either language; one or several."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from fourfold.expression.kinds import YES_NO, Choice, Options
from fourfold.model import RuleBook
from fourfold.suggest import nearest
from fourfold.written import TermDecl

YES = ("yes", "y", "yeah", "yep", "yup", "sure", "true", "ok", "okay", "of course", "是", "是的", "对", "对的", "有", "有的", "能", "可以", "会", "行", "好", "嗯", "已经")
NO = ("no", "n", "nope", "nah", "false", "not", "not yet", "否", "不", "不是", "没有", "没", "不能", "不会", "不行", "还没", "无", "暂无")
ALL = ("all", "all of them", "everything", "every one", "全部", "所有", "全都", "都", "全选", "都有")
NONE = ("none", "nothing", "none of them", "no", "nil", "0", "无", "没有", "都没有", "都不", "一个都没有", "全不选")
EXCEPT = re.compile(
    r"^(?:all|everything|全部|所有|都)\s*(?:but|except(?: for)?|without|,?\s*除了|除|,?\s*不要|,?\s*不含)\s*(.+?)(?:以外|之外|外)?$|^除了?(.+?)(?:以外|之外|外)?,?\s*(?:全部|所有|都|全选)(?:有|要|选)?$"
)


@dataclass(frozen=True, slots=True)
class Picked:
    """One way to mean a choice: an option, or the members of a set."""

    options: tuple[str, ...]
    doubt: str = ""


class NoChoice(Exception):
    """A text that names no option: the part that does not, and the nearest option, if one is near."""

    def __init__(self, part: str, near: str | None = None) -> None:
        """Keep both."""
        super().__init__(part)
        self.part, self.near = part, near


def folded(text: str) -> str:
    """Return a text without what does not matter to the eye: width, case, marks, runs of space."""
    plain = unicodedata.normalize("NFKC", text).lower().strip(" .!?,;:。！？，；：'\"()（）#")
    return re.sub(r"[\s_\-]+", " ", plain)


def names_of(book: RuleBook, kind: Choice | Options, term: TermDecl | None) -> dict[str, tuple[str, ...]]:
    """Return the names of each option in every language, with its id and its aliases, folded."""
    found: dict[str, list[str]] = {option: [folded(option)] for option in kind.options}
    for option, title, _ in term.kind.options if term is not None else ():
        if option in found:
            found[option] += [folded(line) for _, lines in title.by_language for line in lines]
    for entity in book.content.entities if kind.entity else ():
        if entity.kind == kind.entity and entity.name in found:
            found[entity.name] += [folded(line) for _, lines in entity.title.by_language for line in lines]
            aliases = book.knows(kind.entity, entity.name, "aliases")
            if aliases is not None:
                found[entity.name] += [folded(line) for _, lines in aliases.value.by_language for line in lines]  # type: ignore[union-attr]
    if kind == YES_NO:
        found = {"true": list(YES), "false": list(NO)}
    return {option: tuple(dict.fromkeys(names)) for option, names in found.items()}


def choice_of(text: str, names: dict[str, tuple[str, ...]], order: Sequence[str]) -> list[Picked]:
    """Return the options that a text may mean; `order` is how they are numbered on the screen, from 1.

    A number, an id, a name or an alias is clear; a beginning or a part of a name is clear if it belongs to one
    option; a slip of the pen is asked back.
    """
    word = folded(text)
    number = re.fullmatch(r"(?:no\.? ?|nr\.? ?|第)?(\d{1,3})(?:个|项|号|st|nd|rd|th)?", word)
    exact = [option for option, mine in names.items() if word in mine]
    if exact:
        return [Picked((option,), "name" if len(exact) > 1 else "") for option in exact]
    if number and 1 <= int(number.group(1)) <= len(order):
        return [Picked((order[int(number.group(1)) - 1],))]
    if not word or number:
        raise NoChoice(text.strip())
    for fits in (str.startswith, _has_word, str.__contains__):
        found = [option for option in order if any(fits(name, word) for name in names[option])]
        if found and (len(word) > 1 or not word.isascii() or fits is str.startswith):
            return [Picked((option,), "name" if len(found) > 1 else "") for option in found]
    near = nearest(word, [name for mine in names.values() for name in mine])
    close = [option for option, mine in names.items() if near in mine]
    if not close or len(word) < 3:
        raise NoChoice(text.strip(), close[0] if close else None)
    return [Picked((option,), "spelling") for option in close[:1]]


def _has_word(name: str, word: str) -> bool:
    return any(part.startswith(word) for part in name.split(" "))


def set_of(text: str, names: dict[str, tuple[str, ...]], order: Sequence[str]) -> list[Picked]:
    """Return the members that a text may mean: `1,3,5`, `2-4`, names, `all`, `none`, `all but 3`."""
    word = folded(text)
    exact = {name for mine in names.values() for name in mine}
    if word in ALL and word not in exact:
        return [Picked(tuple(order))]
    if word in NONE and word not in exact:
        return [Picked(())]
    besides = EXCEPT.match(word)
    if besides:
        return [Picked(tuple(option for option in order if option not in picked.options), picked.doubt) for picked in set_of(besides.group(1) or besides.group(2), names, order)]
    members: list[str] = []
    doubt = ""
    for part in _parts(text, exact):
        first, last = _span(part)
        if first:
            if not 1 <= first <= last <= len(order):
                raise NoChoice(part)
            members += order[first - 1 : last]
            continue
        found = choice_of(part, names, order)
        if len(found) > 1:
            return [Picked(tuple(dict.fromkeys((*members, *picked.options))), picked.doubt) for picked in found]
        members += found[0].options
        doubt = doubt or found[0].doubt
    return [Picked(tuple(option for option in order if option in members), doubt)]


def _span(part: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3}) ?(?:-|–|~|to|到|至) ?(\d{1,3})", unicodedata.normalize("NFKC", part).strip())
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def _parts(text: str, exact: set[str]) -> list[str]:
    """Return the members of a list: apart by commas, else by `and`, else by spaces where each part is a number."""
    plain = unicodedata.normalize("NFKC", text)
    parts = [part for part in re.split(r"[,;、，；/|+\n]", plain) if part.strip()]
    found: list[str] = []
    for part in parts:
        if folded(part) in exact:
            found.append(part)
        else:
            found += [piece for piece in re.split(r"\band\b|&|和|跟|与|及", part) if piece.strip()] if not re.fullmatch(r"[\d\s]+", part.strip()) else part.split()
    if not found:
        raise NoChoice(text.strip())
    return found
