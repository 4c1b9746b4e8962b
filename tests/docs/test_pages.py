"""What the other pages say is compared with a run; where knowledge changes, the page changes with it."""

import doctest
import hashlib
import json
import re

import pytest
from conftest import DAY, ROOT

from fourfold.advice import decided, load_profile, plan_of
from fourfold.verifying import METHODS

DOCS = ROOT / "docs"


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def json_block(mark):
    found = re.search(rf"<!-- {mark} -->\n```json\n(.*?)```", page("certificate.md"), re.DOTALL)
    return json.loads(found[1])


def advice_of(example, *changes):
    return decided(ROOT, load_profile(ROOT / "examples" / f"{example}.yaml"), DAY, changes=changes)


@pytest.fixture(scope="module")
def acorn_advice():
    return advice_of("little_acorn")


# ---------------------------------------------------------------- certificate.md


def test_the_facts_shown_are_those_of_a_run(acorn_advice):
    shown = json_block("facts")
    assert {name: acorn_advice.certificate["facts"][name] for name in shown} == shown


def test_the_conclusions_shown_are_those_of_a_run(acorn_advice):
    found = {item["term"]: item for item in acorn_advice.certificate["conclusions"]}
    for item in json_block("conclusions"):
        assert json.loads(json.dumps(found[item["term"]])) == item


def test_the_line_shown_is_that_of_a_run(acorn_advice):
    line = json.loads(json.dumps(plan_of(acorn_advice)["lines"]["counts"]))
    assert line == json_block("line counts")


def test_every_field_of_a_certificate_is_explained(acorn_advice):
    text = page("certificate.md")
    certificate = acorn_advice.certificate
    names = set(certificate) | {key for item in certificate["facts"].values() for key in item} | {key for item in certificate["conclusions"] for key in item}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_the_digest_is_taken_as_the_page_says(acorn_advice):
    data = json.loads(json.dumps(acorn_advice.certificate))
    rest = {key: value for key, value in data.items() if key != "digest"}
    form = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(form).hexdigest() == data["digest"]


def test_every_method_is_listed():
    table = page("certificate.md").partition("| method | gives |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(METHODS)


# ---------------------------------------------------------------- how-size-enters.md


@pytest.mark.parametrize(
    "changes, strategy, shown",
    [
        ((), "omnichannel", {"cost_to_cover": "1,161,450", "people_to_cover": "576.2", "running_level[wecom_private_domain]": "364,000", "running_people[wecom_private_domain]": "90"}),
        ((("outlets", "34"),), "focus", {"cost_to_cover": "999,050", "people_to_cover": "3,089.3", "loose_customers": "2,260,000"}),
        ((("outlets", "34"), ("customers", "260000")), "omnichannel", {"cost_to_cover": "166,734", "people_to_cover": "285.2"}),
    ],
)
def test_the_worked_numbers_on_size_are_those_of_a_run(changes, strategy, shown):
    advice = advice_of("beiwo", *changes)
    values, text = advice.decision.values, page("how-size-enters.md")
    assert values["strategy"] == strategy
    for term, said in shown.items():
        assert said in text
        value = values[term] / 10 ** advice.book.terms[term].kind.scale
        assert value == float(said.replace(",", "")), f"{term}: the page says {said}, a run gives {value:,}"


# ---------------------------------------------------------------- problems.md

CODE = re.compile(r'"(F\d{3})"')


def codes_in_the_program():
    return {code for path in (ROOT / "engine" / "fourfold").rglob("*.py") for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_problem_code_stands_on_the_page_and_no_other():
    rows = re.findall(r"^\| (F\d{3}) \| (.+?) \| (.+?) \|$", page("problems.md"), re.MULTILINE)
    listed = [code for code, _, _ in rows]
    assert listed == sorted(set(listed))
    assert set(listed) == codes_in_the_program()


def test_every_code_named_on_another_page_exists():
    known = codes_in_the_program()
    for path in sorted(DOCS.rglob("*.md")):
        unknown = set(re.findall(r"\bF[1-5]\d\d\b", path.read_text(encoding="utf-8"))) - known
        assert unknown == set(), path.name


# ---------------------------------------------------------------- architecture.md, links


def test_every_module_stands_in_the_architecture():
    text = page("architecture.md")
    package = ROOT / "engine" / "fourfold"
    names = {path.name for path in package.glob("*.py") if path.name != "__init__.py"}
    names |= {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def heading_anchors(text):
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path):
    for target, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", path.read_text(encoding="utf-8")):
        other = (path.parent / target).resolve() if target else path
        assert other.exists() or other.name == "agreement.md", target
        if anchor:
            assert anchor in heading_anchors(other.read_text(encoding="utf-8")), f"{target}#{anchor}"


@pytest.mark.parametrize("path", [path for path in sorted(DOCS.rglob("*.md")) if ">>> " in path.read_text(encoding="utf-8")], ids=lambda path: path.name)
def test_what_is_typed_into_python_gives_what_the_page_shows(path):
    result = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert result.attempted
    assert not result.failed
