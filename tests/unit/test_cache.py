"""The user's cache is never trusted: what is not exactly ours is built again."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from fourfold import cache, library, packing
from fourfold.content import content_hash
from fourfold.expression.kinds import Ratio, Text
from fourfold.forward import Chainer, is_available
from fourfold.noun import noun
from fourfold.rulesets import keep, kept

DAY = 739_945


@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "cache"
    monkeypatch.setenv("FOURFOLD_CACHE", str(place))
    return place


def entry(folder):
    (path,) = folder.iterdir()
    return path


def test_what_was_stored_comes_back_under_its_key_alone(folder):
    cache.store("a", b"one")
    assert cache.load("a") == b"one"
    assert cache.load("b") is None


@pytest.mark.parametrize("at", [0, 20, 60, -1])
def test_an_altered_byte_makes_an_entry_worthless(folder, at):
    cache.store("a", b"one")
    data = bytearray(entry(folder).read_bytes())
    data[at] ^= 1
    entry(folder).write_bytes(data)
    assert cache.load("a") is None


def test_an_entry_under_another_name_is_not_taken_for_it(folder):
    cache.store("a", b"one")
    path = entry(folder)
    cache.store("b", b"two")
    other = next(item for item in folder.iterdir() if item != path)
    other.write_bytes(path.read_bytes())
    assert cache.load("b") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners here")
@pytest.mark.parametrize("what", ["folder", "entry"])
def test_what_others_may_write_is_not_read(folder, what):
    cache.store("a", b"one")
    path = entry(folder)
    (folder if what == "folder" else path).chmod(0o777)
    assert cache.load("a") is None


def test_a_link_is_not_followed(folder, tmp_path):
    cache.store("a", b"one")
    path = entry(folder)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert cache.load("a") is None


def test_old_entries_make_room(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST_KEPT", 3)
    for number in range(6):
        cache.store(str(number), b"x")
        os.utime(folder / cache._name(str(number)), ns=(number, number))
    assert [cache.load(str(number)) is not None for number in range(6)] == [False, False, False, True, True, True]


def test_without_a_folder_nothing_is_kept(monkeypatch):
    monkeypatch.setenv("FOURFOLD_CACHE", "")
    cache.store("a", b"one")
    assert cache.load("a") is None


# ---------------------------------------------------------------- books


def test_a_kept_book_is_the_linked_one(book):
    again = library._unpacked(library._packed(book))
    for name in ("values", "draws", "weights"):
        kept_part, part = getattr(again, name), getattr(book, name)
        assert list(kept_part) == list(part)
        assert len(kept_part) == len(part)
        assert dict(kept_part) == dict(part)
    entities = tuple(replace(item, values=()) for item in book.content.entities)
    slim = replace(book, values={}, draws={}, weights={}, content=replace(book.content, entities=entities, population=()))
    assert replace(again, values={}, draws={}, weights={}) == slim


def test_a_book_whose_entry_is_spoilt_is_linked_again(folder, book):
    key = f"book {content_hash(ROOT)} {DAY}  {cache.program_mark()}"
    for body in (b"", b"nonsense", packing.to_bytes(("names", {}, "no book")), packing.to_bytes(1)):
        library._linked.cache_clear()
        cache.store(key, body)
        assert library.open_book(ROOT, DAY).nodes == book.nodes
        assert cache.load(key) != body


@pytest.mark.parametrize("data", [b"", b"x", packing.to_bytes((1, 2))[:-3]])
def test_bytes_of_another_kind_are_refused(data):
    with pytest.raises(ValueError):
        packing.from_bytes(data)


def test_values_keep_their_sort_when_packed():
    value = (1, True, "1", (1, True), (True, 1), None, {"a": (1, (True,))}, frozenset({"x"}))
    again = packing.from_bytes(packing.to_bytes(value))
    assert repr(again) == repr(value)


# ---------------------------------------------------------------- rulesets


def test_kept_rulesets_are_the_compiled_ones(folder, book):
    if not is_available():
        pytest.skip("no durable_rules here")
    chainer = Chainer(book, from_library=True)
    assert kept(book) == chainer.rulesets == Chainer(book, from_library=True).rulesets
    for path in Path(folder).iterdir():
        path.write_bytes(b"spoilt")
    assert kept(book) is None
    assert Chainer(book, from_library=True).rulesets == chainer.rulesets
    assert kept(book) == chainer.rulesets
    keep(replace(book, as_of=1), chainer.rulesets)
    assert kept(replace(book, as_of=2)) is None


def test_the_engine_gets_its_rulesets_back(book, monkeypatch):
    if not is_available():
        pytest.skip("no durable_rules here")
    from fourfold import forward

    given = []
    taken = forward.native.delete_ruleset
    monkeypatch.setattr(forward.native, "delete_ruleset", lambda handle: (given.append(handle), taken(handle)))
    chainer = Chainer(book)
    handles = [handle for stratum in chainer.handles for handle in stratum]
    del chainer
    assert given == handles


# ---------------------------------------------------------------- nouns


@noun
class Point:
    """A place."""

    x: int
    y: int = 2


def test_a_noun_is_a_frozen_value_with_slots():
    point = Point(1)
    assert point == Point(1, 2) == Point(x=1, y=2)
    assert hash(point) == hash(Point(1, 2))
    assert point != (1, 2)
    assert replace(point, y=3) == Point(1, 3)
    assert repr(point) == "Point(x=1, y=2)"
    with pytest.raises(AttributeError):
        point.x = 3
    with pytest.raises(TypeError):
        Point()
    assert not hasattr(point, "__dict__")


def test_nouns_without_fields_are_all_the_same():
    assert Ratio() == Ratio()
    assert hash(Ratio()) == hash(Ratio())
    assert Ratio() != Text()
