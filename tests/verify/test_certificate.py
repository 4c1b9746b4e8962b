"""The certificate: replayed without the engine, and any altered part is caught and named."""

import copy
import json
import random

import pytest
from conftest import DAY, ROOT, python_without_site

from fourfold.advice import decided, load_profile
from fourfold.certificate import canonical, digest, replay


@pytest.fixture(scope="module")
def advice(request):
    return decided(ROOT, load_profile(ROOT / "examples" / "little_acorn.yaml"), DAY)


@pytest.fixture(scope="module")
def good(advice):
    return json.loads(json.dumps(advice.certificate))


def test_every_example_replays(book):
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        found = decided(ROOT, load_profile(path), DAY)
        assert replay(found.book, json.loads(json.dumps(found.certificate))) == [], path.name


def leaves(data, path=()):
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list) and data:
        for place, value in enumerate(data):
            yield from leaves(value, (*path, place))
    else:
        yield path


def altered(data, path):
    changed = copy.deepcopy(data)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    old = inner[path[-1]]
    inner[path[-1]] = (not old) if isinstance(old, bool) else old + 1 if isinstance(old, int | float) else f"{old}x" if isinstance(old, str) else ["x"] if old == [] else {"x": 1}
    return changed


def test_every_altered_field_is_caught(advice, good):
    """Every single leaf is altered in turn: the digest shows each, and the whole replay a sample of 400."""
    paths = list(leaves(good))
    assert len(paths) > 3000
    right = digest(good)
    for path in paths:
        if path == ("digest",):
            continue
        inner = good
        for step in path[:-1]:
            inner = inner[step]
        old = inner[path[-1]]
        inner[path[-1]] = "altered" if old != "altered" else "other"
        assert digest(good) != right, path
        inner[path[-1]] = old
    assert digest(good) == right
    for path in random.Random(4).sample(paths, 400):
        assert replay(advice.book, altered(good, path)) != [], path


def test_a_recomputed_digest_does_not_hide_a_changed_conclusion(advice, good):
    """Conclusions, rules and values are recomputed, so a fresh digest does not help."""
    paths = [path for path in leaves(good) if path[0] == "conclusions"]
    for path in random.Random(5).sample(paths, 400):
        changed = altered(good, path)
        changed["digest"] = digest(changed)
        found = replay(advice.book, changed)
        assert found, path
        assert any(line.startswith("conclusions") for line in found), found


def test_a_dropped_or_added_part_is_named(advice, good):
    changed = copy.deepcopy(good)
    del changed["conclusions"][10]
    changed["extra"] = 1
    changed["digest"] = digest(changed)
    found = replay(advice.book, changed)
    assert "extra: does not belong here" in found
    assert any("entries" in line for line in found)


def test_another_book_is_named(advice, good):
    changed = {**good, "rule_book": "0" * 64}
    changed["digest"] = digest(changed)
    assert any(line.startswith("rule_book") for line in replay(advice.book, changed))


def test_garbage_facts_are_named_not_raised(advice, good):
    for value in (None, [], {}, "x", -5, 10**30, 1e300, 1e308, True):
        changed = copy.deepcopy(good)
        changed["facts"]["monthly_budget"]["value"] = value
        changed["digest"] = digest(changed)
        assert replay(advice.book, changed)


def test_the_verifier_imports_neither_the_chainer_nor_the_engine():
    code = "import sys, fourfold.verifying; print([m for m in sys.modules if 'durable' in m or m == 'fourfold.forward'])"
    result = python_without_site(code)
    assert result.stdout.strip() == "[]", result.stderr


def test_the_bytes_do_not_depend_on_the_reader_or_the_process(advice):
    code = f"""
from pathlib import Path
import fourfold.forward as forward
forward.native = None
from fourfold.advice import decided, load_profile
from fourfold.certificate import canonical
import hashlib
advice = decided(Path('.'), load_profile(Path('examples/little_acorn.yaml')), {DAY})
print(advice.engine, hashlib.sha256(canonical(advice.certificate)).hexdigest())
"""
    import hashlib

    mine = hashlib.sha256(canonical(advice.certificate)).hexdigest()
    for seed in ("1", "2"):
        result = python_without_site(code, PYTHONHASHSEED=seed)
        assert result.stdout.split() == ["decide", mine], result.stderr


def test_another_day_or_currency_among_the_facts_is_named(advice, good):
    for name, value in (("as_of", "2030-01-01"), ("currency", "USD")):
        changed = copy.deepcopy(good)
        changed["facts"][name]["value"] = value
        changed["digest"] = digest(changed)
        assert any("day or currency" in line for line in replay(advice.book, changed))
