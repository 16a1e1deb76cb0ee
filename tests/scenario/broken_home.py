"""Files with faults in their measures at home."""

from __future__ import annotations

from tests.scenario.broken import BAN, HEAD, QUOTA, Cases, Fault

OUTAGE = """\
[measures.out]
kind = "outage"
by = "Home"
stage = "mine"
loss = 0.5
start = 2024-01-01
"""
STOCKPILE = """\
[measures.buy]
kind = "stockpile"
by = "Home"
action = "purchase"
element = "Dy"
unit = "t/year"
start = 2024-01-01
"""
SUBSIDY = """\
[measures.aid]
kind = "subsidy"
by = "Home"
stage = "magnet"
start = 2024-01-01
"""
FLOOR = """\
[measures.floor]
kind = "price-floor"
by = "Home"
element = "NdPr"
start = 2024-01-01
"""
TARGET = """\
[measures.target]
kind = "demand-mandate"
by = "Home"
unit = "share of forecast"
start = 2024-01-01
"""
ANSWER = """\
[answers.aid]
indicator = "oxide price"
region = "Home"
element = "Dy"
above = 2.0
"""
MEASURE = """\
[answers.aid.measure]
kind = "subsidy"
by = "Home"
stage = "magnet"
capex_share = 0.5
"""

HOME_CASES: Cases = {
    "answer with an unknown indicator": (
        HEAD + ANSWER.replace("oxide price", "oxide prices") + MEASURE,
        [Fault(6, "answers.aid.indicator", '"oxide prices"', "did you mean 'oxide price'?")],
    ),
    "answer in an unknown region": (
        HEAD + ANSWER.replace("Home", "Hom") + MEASURE,
        [Fault(7, "answers.aid.region", '"Hom"', "did you mean 'Home'?")],
    ),
    "answer without a threshold": (
        HEAD + ANSWER.replace("above = 2.0\n", "") + MEASURE,
        [
            Fault(
                5,
                "answers.aid",
                '{ indicator = "oxide price", region = "Home", element = "...',
                "`above` or `below`",
            )
        ],
    ),
    "answer with an unknown key": (
        HEAD + ANSWER + "lags = 3\n" + MEASURE,
        [Fault(10, "answers.aid.lags", "", "did you mean 'lag'?")],
    ),
    "answer with a faulty measure": (
        HEAD + ANSWER + MEASURE.replace("0.5", "50"),
        [Fault(14, "answers.aid.measure.capex_share", "50", "allowed: 0 to 0.9")],
    ),
    "answer with an unknown key of its measure": (
        HEAD + ANSWER + MEASURE + "budgets = 3\n",
        [Fault(15, "answers.aid.measure.budgets", "", "did you mean 'budget'?")],
    ),
    "answer with a lag of a century": (
        HEAD + ANSWER + "lag = 1200\n" + MEASURE,
        [Fault(10, "answers.aid.lag", "1_200", "allowed: 0 to 120")],
    ),
    "answer that does nothing": (
        HEAD + ANSWER,
        [
            Fault(
                5,
                "answers.aid",
                '{ indicator = "oxide price", region = "Home", element = "...',
                "a `measure` table or `lifts`",
            )
        ],
    ),
    "answer that lifts what is not there": (
        HEAD + ANSWER + 'lifts = ["bann"]\n' + BAN,
        [Fault(10, "answers.aid.lifts", '"bann"', "did you mean 'ban'?")],
    ),
    "answer to the price of nothing": (
        HEAD + ANSWER.replace('element = "Dy"\n', "") + MEASURE,
        [
            Fault(
                5,
                "answers.aid",
                '{ indicator = "oxide price", region = "Home", above = 2, ...',
                "write `element`",
            )
        ],
    ),
    "a batch without a date": (
        HEAD + QUOTA.replace("t REO/year", "t REO/batch") + "level = 5\nstart = 2024-01-01\n",
        [
            Fault(
                11, "measures.quota.level", "5", "batches have dates (got 5; allowed: a `schedule`)"
            )
        ],
    ),
    "a group of separators": (
        HEAD + QUOTA.replace('mine"', 'separation"') + 'firms = "x"\nschedule.2024 = 3\n',
        [Fault(11, "measures.quota.firms", '"x"', 'stage = "mine"')],
    ),
    "a group of unknown mines": (
        HEAD + QUOTA + 'firms = "Home Rok"\nschedule.2024 = 3\n',
        [Fault(11, "measures.quota.firms", '"Home Rok"', "did you mean 'Home Rock'?")],
    ),
    "vehicles as a share": (
        HEAD + TARGET + "level = 5_000_000\n",
        [Fault(10, "measures.target.level", "5_000_000", "0 to 10 share of forecast")],
    ),
    "two targets of one powertrain": (
        HEAD
        + TARGET
        + "level = 1.2\n"
        + TARGET.replace("target]", "other]")
        + 'level = 1.3\npowertrain = "bev"\n',
        [Fault(11, "measures.other", "", "overlaps 'target' of")],
    ),
    "recycling of what": (
        HEAD
        + TARGET.replace("demand-mandate", "recycling-mandate").replace(
            'unit = "share of forecast"', 'basis = "waste"'
        )
        + "level = 0.2\n",
        [Fault(8, "measures.target.basis", '"waste"', "allowed: content, collection")],
    ),
    "subsidy that pays nothing": (
        HEAD + SUBSIDY,
        [
            Fault(
                5,
                "measures.aid",
                '{ kind = "subsidy", by = "Home", stage = "magnet", start ...',
                "write `capex_share`, `per_unit` or `cost_share`",
            )
        ],
    ),
    "subsidy of all capital": (
        HEAD + SUBSIDY + "capex_share = 1.0\n",
        [Fault(10, "measures.aid.capex_share", "1", "allowed: 0 to 0.9")],
    ),
    "subsidy of a stage without firms": (
        HEAD + SUBSIDY.replace("magnet", "metal") + "per_unit = 5\n",
        [Fault(8, "measures.aid.stage", '"metal"', "allowed: mine, separation, magnet")],
    ),
    "floor without a strike": (
        HEAD + FLOOR,
        [
            Fault(
                5,
                "measures.floor",
                '{ kind = "price-floor", by = "Home", element = "NdPr", st...',
                "write `strike` or `schedule`",
            )
        ],
    ),
    "floor in an unknown reference": (
        HEAD + FLOOR + 'strike = 110\nreference = "Hom"\n',
        [Fault(11, "measures.floor.reference", '"Hom"', "did you mean 'Home'?")],
    ),
    "floor for a firm of another stage": (
        HEAD + FLOOR + 'strike = 110\nfirms = "Home Rock"\n',
        [Fault(11, "measures.floor.firms", '"Home Rock"', "at the stage 'separation'")],
    ),
    "outage of a firm of another stage": (
        HEAD + OUTAGE + 'firms = ["Home Magnets"]\n',
        [Fault(11, "measures.out.firms", '["Home Magnets"]', "no firm or owner at the stage")],
    ),
    "outage of a misspelt firm": (
        HEAD + OUTAGE + 'firms = "Home Rok"\n',
        [Fault(11, "measures.out.firms", '"Home Rok"', "did you mean 'Home Rock'?")],
    ),
    "outage of a firm elsewhere": (
        HEAD + OUTAGE + 'firms = "Abroad Rock"\n',
        [Fault(11, "measures.out.firms", '"Abroad Rock"', "does not stand in Home")],
    ),
    "outage in percent": (
        HEAD + OUTAGE.replace("0.5", "50"),
        [Fault(9, "measures.out.loss", "50", "allowed: 0 to 1")],
    ),
    "stockpile of an unknown oxide": (
        HEAD + STOCKPILE.replace('"Dy"', '"Nd"') + "level = 5\n",
        [Fault(9, "measures.buy.element", '"Nd"', "unknown element")],
    ),
    "stockpile without a pace": (
        HEAD + STOCKPILE,
        [
            Fault(
                5,
                "measures.buy",
                '{ kind = "stockpile", by = "Home", action = "purchase", e...',
                "write `level` or `schedule`",
            )
        ],
    ),
    "stockpile at a negative price": (
        HEAD + STOCKPILE + "level = 5\nlimit = -3\n",
        [Fault(13, "measures.buy.limit", "-3", "USD/kg")],
    ),
    "stockpile that neither buys nor releases": (
        HEAD + STOCKPILE.replace("purchase", "hold") + "level = 5\n",
        [Fault(8, "measures.buy.action", '"hold"', "allowed: purchase, release")],
    ),
}
