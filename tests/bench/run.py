"""Speed in ratios, measured in one run: python tests/bench/run.py. Medians; absolute times depend on the machine."""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "engine"))

from fourfold import forward  # noqa: E402
from fourfold.certificate import certificate  # noqa: E402
from fourfold.content import read_content  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.door import enter, read_profile  # noqa: E402
from fourfold.linking import link  # noqa: E402
from fourfold.model import Table  # noqa: E402

DAY = 739_945
PROFILE = ROOT / "examples" / "little_acorn.yaml"


def median(action, times=41):
    gc.collect()
    gc.freeze()  # as a command does: what a book consists of is not looked through again and again
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def plain(book, facts):
    """The same arithmetic and comparisons as one straight line of generated Python, without trace or certificate."""
    from fourfold.model import Case, Compare, Const, Every, Formula, Given, Member, Opposite, Ref, Some, Sum

    names = {}

    def var(term):
        return names.setdefault(term, f"v{len(names)}")

    def num(node):
        match node:
            case Const():
                return repr(node.value)
            case Ref():
                return var(node.term)
            case Case():
                return "{" + ",".join(f"{o!r}:{num(p)}" for o, p in node.branches) + f"}}[{var(node.term)}]"
            case Sum():
                return "(" + "+".join(map(num, node.parts)) + ")"
            case _ if hasattr(node, "members"):
                return "0"  # no lowest or highest in the core of the shipped book
            case _ if hasattr(node, "left"):
                return f"({num(node.left)}*{num(node.right)})"
            case _ if hasattr(node, "largest"):
                return ("max" if node.largest else "min") + "(" + ",".join(map(num, node.parts)) + ")"
            case _ if hasattr(node, "condition"):
                return f"({num(node.part)} if {cond(node.condition)} else 0)"
            case _:
                return f"({num(node.top)}//{num(node.bottom)})"

    def cond(node):
        match node:
            case Member():
                return f"({var(node.term)} in {set(node.options)!r})"
            case Compare():
                return f"({num(node.left)}{'==' if node.operator == '=' else node.operator}{num(node.right)})"
            case Every():
                return "(" + " and ".join(map(cond, node.parts)) + ")" if node.parts else "True"
            case Some():
                return "(" + " or ".join(map(cond, node.parts)) + ")"
            case Opposite():
                return f"(not {cond(node.part)})"
            case _:
                return repr(node.holds)

    lines = ["def run(facts):"]
    for node in book.nodes:
        if book.terms[node.term].is_plan:
            continue
        if isinstance(node, Given):
            fallback = num(node.assume) if node.assume is not None else "None"
            lines.append(f" {var(node.term)} = facts.get({node.term!r}) if {node.term!r} in facts else {fallback}")
        elif isinstance(node, Formula):
            lines.append(f" {var(node.term)} = {num(node.value)}")
        elif isinstance(node, Table) and node.policy == "unique":
            rows = [r for r in node.rows if not r.ruled_out and not r.is_otherwise]
            rest = [r for r in node.rows if r.is_otherwise]
            rows.sort(key=lambda r: any(r.rule in other.overrides for other in rows))
            text = repr(rest[0].value) if rest else "None"
            for row in reversed(rows):
                text = f"({row.value!r} if {' and '.join(cond(c.condition) for c in row.cells) or 'True'} else {text})"
            lines.append(f" {var(node.term)} = {text}")
        elif isinstance(node, Table) and node.policy == "sum":
            text = "+".join(f"({r.value} if {' and '.join(cond(c.condition) for c in r.cells) or 'True'} else 0)" for r in node.rows if not r.ruled_out)
            lines.append(f" {var(node.term)} = {text or 0}")
    lines.append(f" return {var('strategy')}")
    space = {}
    exec("\n".join(lines), space)  # the book is ours
    values = {name: fact.value for name, fact in facts.known.items()}
    return lambda: space["run"](values)


def wall(command, env, times=9):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def listed(folder, python, env):
    """Comparing a book with the test of two readable carriers moved to three, alone and on 100,000 companies."""
    other, rows = Path(folder) / "other", str(Path(folder) / "companies.csv")
    subprocess.run([python, "cli.py", "init", str(other)], env=env, cwd=ROOT, check=True, capture_output=True)
    path = other / "rules" / "strategy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('pair_testable: ">= 2"', 'pair_testable: ">= 3"'), encoding="utf-8")
    subprocess.run([python, "cli.py", "sample", "100000", "--currency", "CNY", "-o", rows], env=env, cwd=ROOT, check=True, capture_output=True)
    compare = [python, "cli.py", "diff", ".", str(other)]
    return [("fourfold diff", wall(compare, env, 1)), ("fourfold diff on 100,000 companies", wall([*compare, "--on", rows], env, 1))]


def more_carriers(content, factor):
    """The content with `factor` times the carriers."""
    more = []
    for copy in range(factor):
        more += [replace(e, name=e.name if copy == 0 else f"{e.name}_{copy}") for e in content.entities if e.kind == "carrier"]
    return replace(content, entities=tuple(e for e in content.entities if e.kind != "carrier") + tuple(more))


def more_rules(content, factor):
    """The content with `factor` times the rules: each table again, reading what the first reads and concluding terms of its own."""
    concluded = {name.rpartition(".")[2] for table in content.tables for name, _ in table.concludes}
    tables, terms = list(content.tables), list(content.terms)
    for copy in range(1, factor):
        terms += [replace(term, name=f"{term.name}_{copy}") for term in content.terms if term.name in concluded]
        tables += [again(table, f"_{copy}", f"-{copy}") for table in content.tables]
    return replace(content, tables=tuple(tables), terms=tuple(terms))


def again(table, ending, rule_ending):
    rules = []
    for rule in table.rules:
        then = tuple((name + ending, text, span) for name, text, span in rule.then)
        rules.append(replace(rule, id=rule.id + rule_ending, then=then, overrides=tuple((name + rule_ending, span) for name, span in rule.overrides)))
    return replace(table, name=table.name + ending, concludes=tuple((name + ending, span) for name, span in table.concludes), rules=tuple(rules))


def growth(content, facts):
    """Print how the time of a decision grows with the carriers and with the rules, for both readers, against the shipped book."""
    print(f"\n{'growth of a decision':<46} {'rules':>6} {'nodes':>7} {'referee ms':>11} {'x':>6} {'chainer ms':>11} {'x':>6}")
    first = None
    for name, make, factor in (
        ("shipped", more_rules, 1),
        ("3 x the carriers", more_carriers, 3),
        ("10 x the carriers", more_carriers, 10),
        ("3 x the rules", more_rules, 3),
        ("10 x the rules", more_rules, 10),
    ):
        book = link(replace(make(content, factor), proved=()), DAY)
        chainer = forward.Chainer(book) if forward.is_available() else None
        times = median(lambda: decide(book, facts), 15), median(lambda: chainer.run(facts), 9) if chainer else 0.0  # noqa: B023
        first = first or times
        rules = sum(1 for node in book.nodes if isinstance(node, Table) for _ in node.rows)
        print(f"{name:<46} {rules:>6} {len(book.nodes):>7} {times[0]:>11.2f} {times[0] / first[0]:>6.1f} {times[1]:>11.2f} {times[1] / (first[1] or 1):>6.1f}")
        if chainer:
            chainer.close()


def main():
    content = read_content(ROOT)
    book = link(content, DAY)
    facts = enter(book, read_profile(PROFILE.read_text(encoding="utf-8"), "acorn"))
    straight = plain(book, facts)
    assert straight() == decide(book, facts).values["strategy"]
    chainer = forward.Chainer(book) if forward.is_available() else None
    base = median(straight)
    referee = median(lambda: certificate(book, facts, decide(book, facts)))
    rows = [("straight-line Python, core only, no reasons", base), ("referee, decision only", median(lambda: decide(book, facts))), ("referee with full certificate", referee)]
    if chainer:
        rows.append(("chainer", median(lambda: chainer.run(facts))))
        rows.append(("chainer, replay and certificate", median(lambda: (chainer.run(facts), certificate(book, facts, decide(book, facts))))))
    print(f"{'in process':<46} {'ms':>8} {'x straight':>11}")
    for name, ms in rows:
        print(f"{name:<46} {ms:>8.2f} {ms / base:>11.1f}")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o700)
        env = {**os.environ, "FOURFOLD_CACHE": folder}
        python = sys.executable
        bare = wall([python, "-c", "pass"], env)
        out = str(Path(folder) / "x.md")
        first = wall([python, "cli.py", "plan", str(PROFILE), "-o", out], env, 1)
        print(f"\n{'whole commands':<46} {'ms':>8} {'x bare':>11}")
        for name, ms in (("bare interpreter", bare), ("fourfold --help", wall([python, "cli.py", "--help"], env)), ("fourfold plan, nothing kept yet", first),
                         ("fourfold plan to Markdown", wall([python, "cli.py", "plan", str(PROFILE), "-o", out], env)), ("fourfold check, nothing kept", wall([python, "cli.py", "check"], {**env, "FOURFOLD_CACHE": ""}, 3)), ("fourfold check, kept", wall([python, "cli.py", "check"], env, 3)),
                         ("fourfold prove, nothing kept yet", wall([python, "cli.py", "prove", "--seconds", "9"], env, 1)), ("fourfold prove, kept", wall([python, "cli.py", "prove", "--seconds", "9"], env, 3)),
                         *listed(folder, python, env)):  # fmt: skip
            print(f"{name:<46} {ms:>8.0f} {ms / bare:>11.1f}")
    growth(content, facts)
    print(json.dumps({name: round(ms, 3) for name, ms in rows}))


if __name__ == "__main__":
    main()
