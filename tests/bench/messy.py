"""A list of companies as an office would export it, made by chance: `python tests/bench/messy.py 1000000 messy.csv`.

It knows nothing of the reader: its words, marks and slips are written down here as people make them.
"""

import random
import sys
from pathlib import Path

SECTORS = {
    "Beauty": 9, "cosmetics": 3, "Fashion": 8, "apparel": 4, "Food & Beverage": 2, "food_beverage": 6, "母婴": 4, "mother and baby": 3, "B2B software": 7, "SaaS": 3, "manufacturing": 6, "restaurants": 6,
    "travel": 4, "real estate": 3, "education": 5, "luxury": 1, "games": 2, "healthcare": 4, "Automotive": 3, "legal": 2, "n/a": 1, "Waste management": 1, "服装": 3,
}  # fmt: skip
GOALS = {"new buyers": 30, "new_buyers": 10, "leads": 25, "repeat orders": 12, "retention": 5, "keeping customers": 3, "awareness": 10, "拉新成交": 3, "": 1, "world domination": 0.3}
CASH = {"steady": 40, "tight": 25, "plenty": 12, "": 15, "紧张": 4, "N/A": 3, "平稳": 4}
BANDS = ["1-10", "11-50", "51-200 employees", "201-500", "1,001-5,000", "10-50"]


def pick(chance, weights):
    return chance.choices(list(weights), list(weights.values()))[0]


def staff(chance):
    number = int(min(200_000, chance.lognormvariate(3, 1.6)) + 1)
    return chance.choices([str(number), f"{number:,}", chance.choice(BANDS), "", "unknown", f"{number} people"], [70, 15, 8, 5, 1, 1])[0]


def money(chance):
    amount = int(chance.lognormvariate(9.8, 1.5)) + 100
    forms = [str(amount), f"{amount:,}", f"{amount // 1000 + 1}k", f"¥{amount:,}", f"{amount / 10000:.1f}万", f"USD {amount}", f"{amount // 1000 + 1}-{amount // 500 + 2}k", "", "面议", f"{amount}.50"]
    return chance.choices(forms, [60, 15, 6, 5, 4, 2, 2, 4, 0.5, 1.5])[0]


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


def line(chance, number):
    cells = [
        f"C{number:08}", f"Company {number}" + chance.choice(["", "", "", ", Inc.", " GmbH", " & Sons", "（上海）"]), pick(chance, SECTORS), chance.choice(["China", "China", "China", "United States", "Germany", "中国"]),
        staff(chance), money(chance), pick(chance, GOALS), pick(chance, CASH), chance.choice(["35%", "0.42", "55", "", "40 %", "61.5%"]), str(chance.randint(2, 900)), chance.choice(["", "", "called twice", 'said "later"']),
    ]  # fmt: skip
    text = ",".join(map(quoted, cells))
    slip = chance.random()
    if slip < 0.0004:
        return text + ",surplus"
    if slip < 0.0006:
        return text.rpartition(",")[0]
    return f"C{max(0, number - 3):08}" + text[9:] if slip < 0.001 else text


def main(count, path, seed=7):
    chance = random.Random(seed)
    with Path(path).open("w", encoding="utf-8") as file:
        file.write("Company ID,Company name,Sector,Country,No. of employees,Marketing budget (monthly),Main goal,Cash,Gross margin,Avg. order value,Notes\n")
        file.writelines(line(chance, number) + "\n" for number in range(count))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
