"""Which tables feed which, drawn."""

import re
import xml.etree.ElementTree as ET

import pytest
from conftest import DAY

from fourfold.checking import seen_of
from fourfold.graphing import graph_of, svg

KNOWLEDGE = """terms:
  cash: {kind: choice, options: [tight, plenty], ask: "Cash?", assume: tight}
  staff: {kind: number, unit: people, range: [1, 500], ask: "Staff?", assume: 3}
  double: {kind: number, unit: people}
  bold: {kind: yes_no}
  way: {kind: choice, options: [everywhere, one]}
book: {proved: [way]}
"""
RULES = """- formula: double
  is: staff * 2
- table: bold
  concludes: bold
  rules:
    - {id: bold-plenty, when: {cash: plenty, double: "> 5"}, then: true}
    - {id: bold-not, otherwise: false}
- table: way
  concludes: way
  rules:
    - {id: way-bold, when: {bold: true}, then: everywhere}
    - {id: way-not, when: {bold: false}, then: one}
"""


@pytest.fixture
def content():
    return seen_of({"knowledge/k.yaml": KNOWLEDGE, "rules/r.yaml": RULES}, DAY).content


def test_tables_feed_tables(content):
    graph = graph_of(content)
    assert set(graph.boxes) == {"table bold", "table way"}
    assert graph.edges == {("table bold", "table way")}


def test_formulas_and_questions_are_drawn_if_asked(content):
    graph = graph_of(content, formulas=True, questions=True)
    assert ("question staff", "formula double") in graph.edges
    assert ("formula double", "table bold") in graph.edges
    assert ("question staff", "table bold") not in graph.edges
    assert ("question staff", "table bold") in graph_of(content, questions=True).edges


def test_around_a_term_only_what_feeds_it_and_what_it_feeds(content):
    assert set(graph_of(content, questions=True, formulas=True, term="double").boxes) == {"question staff", "formula double", "table bold", "table way"}


def test_the_drawing_of_the_shipped_book_is_sound(book):
    text = svg(graph_of(book.content), "shipped")
    root = ET.fromstring(text)
    boxes = [tuple(map(float, re.findall(r"[\d.]+", " ".join(item.get(key) for key in ("x", "y", "width", "height"))))) for item in root.iter("{http://www.w3.org/2000/svg}rect") if item.get("x")]
    assert len(boxes) >= 25
    width, height = float(root.get("width")), float(root.get("height"))
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    for at, (x, y, w, h) in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert x + w <= other[0] or other[0] + other[2] <= x or y + h <= other[1] or other[1] + other[3] <= y, "two boxes overlap"


def test_the_drawing_is_the_same_each_time(book):
    assert svg(graph_of(book.content), "a") == svg(graph_of(book.content), "a")


def test_the_command_writes_a_file_and_an_unknown_term_is_a_problem(run, tmp_path):
    assert run("graph", "-o", "book.svg").exit_code == 0
    assert (tmp_path / "book.svg").read_text(encoding="utf-8").startswith("<svg")
    result = run("graph", "stratgy", "-o", "other.svg")
    assert result.exit_code == 1
    assert "did you mean `strategy`" in result.output
    assert not (tmp_path / "other.svg").exists()
