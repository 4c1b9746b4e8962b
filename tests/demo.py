"""Four steps that show what Fourfold does: a plan, documented companies, decisions that anybody can replay, and the rule book proven."""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "engine"))

from fourfold.advice import Advice, decided, load_profile, plan_of  # noqa: E402
from fourfold.cases import open_case, read_cases  # noqa: E402
from fourfold.console import dump  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.door import enter  # noqa: E402
from fourfold.faces import rendered  # noqa: E402
from fourfold.problem import Problems  # noqa: E402
from fourfold.proving import prove_workspace  # noqa: E402
from fourfold.verifying import verification  # noqa: E402
from fourfold.writing import write_whole  # noqa: E402

DAY = 739_945  # 25 November 2026, so that the demo is the same every day
DEMO = Path("demo")
FIRST = "little_acorn"


def main() -> None:
    """Show the four steps and where to look."""
    first = decided(ROOT, load_profile(ROOT / "examples" / f"{FIRST}.yaml"), DAY)
    write_plans(first, FIRST, (".html", ".md", ".pdf"))
    step(1, "plan of an invented company", f"strategy {words(first.decision.values['strategy'])}", f"{DEMO / FIRST / 'plan.html'}")
    step(2, *documented(), "docs/judgement.md")
    step(3, "proof of every decision", examples(), f"{DEMO}/NAME/decision.json")
    step(4, "proof of the shipped rule book", proofs(), "fourfold prove")
    print(f"Look at {DEMO / FIRST / 'plan.html'} first. Then decide for your own company:")
    print("  .venv/bin/fourfold ask mycompany")


def step(number: int, what: str, found: str, where: str) -> None:
    """Print one line."""
    print(f" {number}/4  {what:<30} {found:<62} {where}", flush=True)


def words(option: object) -> str:
    """Return an option as it is read."""
    return str(option).replace("_", " ")


def documented() -> tuple[str, str]:
    """Decide the documented decisions of real companies and count where the rules agree, clear and hard cases apart."""
    cases, problems = read_cases(ROOT / "tests" / "cases" / "real_companies.yaml", "tests/cases/real_companies.yaml")
    assert not problems
    agree = {False: [], True: []}
    for case in cases:
        book, profile = open_case(ROOT, case)
        strategy = decide(book, enter(book, profile)).values["strategy"]
        label = next(node.text for key, node in case.expect if key.text == "strategy")
        agree[case.because.startswith("Hard case")].append(strategy == label)
    clear, hard = agree[False], agree[True]
    return f"{len(cases)} documented real companies", f"{sum(clear)} of {len(clear)} clear cases agree, {sum(hard)} of {len(hard)} hard ones"


def examples() -> str:
    """Write the plans of all examples, replay each certificate without the chainer, and say how much was replayed."""
    replayed, paths = 0, sorted((ROOT / "examples").glob("*.yaml"))
    for path in paths:
        advice = decided(ROOT, load_profile(path), DAY)
        write_plans(advice, path.stem, (".html", ".md"))
        write_whole(DEMO / path.stem / "decision.json", dump({"certificate": advice.certificate}))
        found = verification(ROOT, DEMO / path.stem / "decision.json", path)
        if not found.holds:
            sys.exit(found.text())
        replayed += found.conclusions
    return f"{len(paths)} companies, {replayed:,} conclusions replayed, 0 differ"


def proofs() -> str:
    """Prove the shipped rule book (kept by content for the next time), and say what no company and no day can show."""
    try:
        found = prove_workspace(ROOT, DAY)
    except Problems as fault:
        return "; ".join(problem.message for problem in fault.problems)
    counts = Counter(item.outcome.fault for item in found.findings)
    proven = sum(1 for outcome in found.outcomes if outcome.state == "proven")
    return f"{proven} properties proven: {counts['gap']} gaps, {counts['conflict']} conflicts, {counts['dead-rule']} dead rules"


def write_plans(advice: Advice, name: str, endings: tuple[str, ...]) -> None:
    """Write the plan in English and Chinese; a PDF only where one can be made."""
    plan = plan_of(advice)
    for language, middle in (("en", ""), ("zh", ".zh")):
        for ending in endings:
            try:
                write_whole(DEMO / name / f"plan{middle}{ending}", rendered(advice, ROOT, language, ending, plan, f"plan{ending}"))
            except Problems as fault:
                if any(problem.code != "F504" for problem in fault.problems):
                    raise


if __name__ == "__main__":
    main()
