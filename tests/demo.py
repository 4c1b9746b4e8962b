"""The main job on invented companies: profile in, plan out, certificate replayed, cases run."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "engine"))

from fourfold.advice import decided, load_profile, plan_of  # noqa: E402
from fourfold.cases import run  # noqa: E402
from fourfold.console import dump  # noqa: E402
from fourfold.faces import rendered  # noqa: E402
from fourfold.problem import Problems  # noqa: E402
from fourfold.verifying import verification  # noqa: E402
from fourfold.writing import write_whole  # noqa: E402

DAY = 739_945  # 25 November 2026, so that the demo is the same every day


def main() -> None:
    """Write the plans of the examples and say what came out."""
    for language in ("en", "zh"):
        made = [_plan(path, language) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    for name, strategy, conclusions in made:
        print(f" plan of {name:<22} strategy {strategy:<14} certificate holds ({conclusions} conclusions replayed)   demo/{name}/plan.en.html")
    report = run(ROOT, ())
    print(report.text(ROOT).strip().splitlines()[-1])
    print("Look at demo/little_acorn/plan.en.html first. Then change an answer:  .venv/bin/fourfold plan examples/little_acorn.yaml --set monthly_budget=200k")
    sys.exit(1 if report.failed else 0)


def _plan(path: Path, language: str) -> tuple[str, str, int]:
    advice = decided(ROOT, load_profile(path), DAY)
    plan = plan_of(advice)
    folder = ROOT / "demo" / path.stem
    for ending in (".md", ".html", ".pdf"):
        try:
            write_whole(folder / f"plan.{language}{ending}", rendered(advice, ROOT, language, ending, plan, f"plan{ending}"))
        except Problems as fault:
            if any(problem.code != "F504" for problem in fault.problems):
                raise
    write_whole(folder / "decision.json", dump({"certificate": advice.certificate}))
    found = verification(ROOT, folder / "decision.json", path)
    if not found.holds:
        print(found.text())
        sys.exit(1)
    return path.stem, str(advice.decision.values["strategy"]), found.conclusions


if __name__ == "__main__":
    main()
