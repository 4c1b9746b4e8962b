"""Every text of a plan is in its language: over all examples, no word of the other one, no name of ours, nothing left unfilled."""

import re

import pytest
from conftest import DAY, ROOT

from fourfold.advice import decided, load_profile, plan_of
from fourfold.agenda import agenda
from fourfold.report import TRACE, Speaker, render

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
# Names of products and places that are written so in Chinese too, measures, and abbreviations of the trade.
LATIN = {
    "App",
    "KOL",
    "KOC",
    "SKU",
    "GMV",
    "ROI",
    "PV",
    "UV",
    "CTR",
    "CPM",
    "CPC",
    "SEO",
    "SEM",
    "ASO",
    "PPC",
    "RFM",
    "CRM",
    "SOP",
    "KPI",
    "AI",
    "B2B",
    "PDF",
    "SMS",
    "EDM",
    "DM",
    "IP",
    "OTA",
    "URL",
    "UTM",
    "FAQ",
    "Google",
    "LinkedIn",
    "Facebook",
    "Instagram",
    "TikTok",
    "YouTube",
    "Amazon",
    "Meta",
    "Apple",
    "Reddit",
    "Quora",
    "Pinterest",
    "Bing",
    "Microsoft",
    "Snapchat",
    "Search",
    "Ads",
    "Shorts",
    "Reels",
    "brief",
    "BD",
    "ID",
    "vs",
    "Live",
    "Shopify",
    "SaaS",
    "Slack",
    "Store",
    "GA",
    "WhatsApp",
    "Telegram",
    "Discord",
    "Twitter",
    "Demo",
    "demo",
    "OKR",
    "MVP",
    "NPS",
    "LTV",
    "CAC",
    "K",
    "H5",
    "POI",
    "PPT",
    "Gartner",
    "JTBD",
    "ZMOT",
    "Excel",
    "MCN",
    "PRD",
}
HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture(scope="module")
def advices():
    return {name: decided(ROOT, load_profile(ROOT / "examples" / f"{name}.yaml"), DAY) for name in EXAMPLES}


def said(advice, language):
    """Return what a plan, its page and its agenda say in a language, without traces, code, sources and what the company wrote itself."""
    plan = plan_of(advice)
    speaker = Speaker(advice.book, language, advice.book.currency)

    def picture(name):
        return render(ROOT, f"pictures/{name}.txt.j2", speaker, plan) + re.sub(r"<[^>]*>", "\n", render(ROOT, f"pictures/{name}.svg.j2", speaker, plan))

    text = render(ROOT, f"plan.{language}.md.j2", speaker, plan, picture)
    text = re.split(r"^### (?:Sources|来源)$", text, flags=re.MULTILINE)[0]
    text = re.sub(r"```.*?```|`[^`]*`", "…", TRACE.sub("", text), flags=re.DOTALL)
    text += "\n".join(f"{entry.title}\n{entry.who}\n{entry.notes}" for entry in agenda(ROOT, speaker, plan))
    own = [*advice.facts.texts.values(), *(str(record.get(key, "")) for rows in advice.facts.records.values() for record in rows for key in ("who", "what"))]
    for word in sorted(filter(None, own), key=len, reverse=True):
        text = text.replace(word, "…")
    return text.replace(f"{advice.book.hash[:6]}", "…")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_english_plan_has_no_chinese(advices, name):
    text = said(advices[name], "en")
    assert [line for line in text.splitlines() if HAN.search(line)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_chinese_plan_has_no_english(advices, name):
    text = said(advices[name], "zh").replace(advices[name].book.currency, "")
    found = {word for word in re.findall(r"[A-Za-z][A-Za-z0-9]+", text) if word not in LATIN and not re.fullmatch(r"S\d+|x\d*", word)}
    assert sorted(found) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_left_unfilled_and_no_name_of_ours_is_shown(advices, name, language):
    text = said(advices[name], language)
    assert re.findall(r".*(?:\{\w|\w\}|None|⟦|\b[a-z]+(?:_[a-z0-9]+)+\b|\bTrue\b|\bFalse\b|undefined).*", text) == []
    assert re.findall(r".{0,30}(?:  [.,;:]|\(\)|（）|。。|，，|\.\.(?!\.)|，。|: \||：\|).{0,30}", text) == []
