"""Each broken file is refused with one message for each error, at its line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from sim.errors import ScenarioErrors
from sim.scenario import load_scenario

HEAD = """\
title = "Broken"
world = "tiny"
start = 2023-01-01
end = 2030-12-31
"""
BAN = """\
[measures.ban]
kind = "export-ban"
by = "Home"
product = "magnet"
start = 2024-01-01
"""
QUOTA = """\
[measures.quota]
kind = "production-quota"
by = "Home"
stage = "mine"
class = "light"
unit = "t REO/year"
"""
OXIDE = """\
[measures.oxide]
kind = "export-quota"
by = "Home"
product = "oxide"
unit = "share of pre-measure flow"
start = 2024-01-01
"""


class Fault(NamedTuple):
    line: int | None
    key: str
    value: str
    says: str


# name -> (text, faults); HEAD fills lines 1 to 4, so that what follows it begins on line 5.
CASES: dict[str, tuple[str, list[Fault]]] = {
    # the text itself
    "no value": (HEAD + "[ensemble]\nruns =\n", [Fault(6, "", "", "not TOML: Invalid value")]),
    "no bracket": (HEAD + "[measures.ban\n", [Fault(5, "", "", "not TOML: Expected ']'")]),
    "key twice": (HEAD + "end = 2031-12-31\n", [Fault(5, "", "", "not TOML: Cannot overwrite")]),
    "open string": ('title = "x\n', [Fault(1, "", "", "not TOML: Illegal character")]),
    "text unquoted": (HEAD + "description = high\n", [Fault(5, "", "", "not TOML")]),
    "impossible date": (
        HEAD.replace("2030-12-31", "2030-02-30"),
        [Fault(4, "", "", "not TOML: Invalid date")],
    ),
    "end of file": (HEAD + 'description = """', [Fault(5, "", "", "not TOML")]),
    "deep brackets": (HEAD + "x = " + "[" * 5000, [Fault(None, "", "", "nested too deeply")]),
    "deep keys": (HEAD + "x." * 40 + "y = 1\n", [Fault(5, "", "", "nested too deeply")]),
    "deep tables": (HEAD + "x." * 15 + "y = 1\n", [Fault(5, "x.x.x", "", "nested too deeply")]),
    "long number": (HEAD + "x = " + "9" * 5000, [Fault(None, "", "", "too many digits")]),
    "beyond 64 bits": (
        HEAD + "[ensemble]\nseed = 0x" + "f" * 5000,
        [Fault(6, "ensemble.seed", "", "beyond 64 bits")],
    ),
    # the head
    "no title": (HEAD.partition("\n")[2], [Fault(1, "title", "", "is missing")]),
    "blank title": (HEAD.replace("Broken", " "), [Fault(1, "title", '" "', "an empty text")]),
    "title a number": (HEAD.replace('"Broken"', "3"), [Fault(1, "title", "3", "in quotes")]),
    "unknown key": (HEAD + "descripton = 1\n", [Fault(5, "descripton", "", "'description'")]),
    "runs at the top": (HEAD + "runs = 5\n", [Fault(5, "runs", "", "'ensemble.runs'")]),
    "unknown world": (HEAD.replace("tiny", "tinny"), [Fault(2, "world", '"tinny"', "'tiny'")]),
    "world a list": (HEAD.replace('"tiny"', "[]"), [Fault(2, "world", "[]", "text in quotes")]),
    "start a text": (
        HEAD.replace("2023-01-01", '"2023-01-01"'),
        [Fault(3, "start", '"2023-01-01"', "must be a date without a time")],
    ),
    "start with a time": (
        HEAD.replace("2023-01-01", "2023-01-01T08:00:00"),
        [Fault(3, "start", "2023-01-01T08:00:00", "must be a date without a time")],
    ),
    "end before start": (
        HEAD.replace("2030-12-31", "2022-12-31"),
        [Fault(4, "end", "2022-12-31", "before the start, 2023-01-01")],
    ),
    "too far ahead": (
        HEAD.replace("2030", "2230"),
        [Fault(4, "end", "2230-12-31", "allowed: 2005-01-01 to 2050-12-31")],
    ),
    "before the world": (
        HEAD.replace("2023-01-01", "2010-01-01"),
        [Fault(3, "start", "2010-01-01", "world 'tiny' begins on")],
    ),
    "name with a slash": (HEAD + 'name = "../x"\n', [Fault(5, "name", '"../x"', "of a folder")]),
    # the ensemble
    "huge runs": (
        HEAD + "[ensemble]\nruns = 1_000_000\n",
        [Fault(6, "ensemble.runs", "1_000_000", "would need 77 GB per simulated year")],
    ),
    "no runs": (
        HEAD + "[ensemble]\nruns = 0\n",
        [Fault(6, "ensemble.runs", "0", "at least one run")],
    ),
    "runs a fraction": (
        HEAD + "[ensemble]\nruns = 2.5\n",
        [Fault(6, "ensemble.runs", "2.5", "must be a whole number")],
    ),
    "runs a switch": (
        HEAD + "[ensemble]\nruns = true\n",
        [Fault(6, "ensemble.runs", "true", "must be a whole number")],
    ),
    "negative seed": (
        HEAD + "ensemble = { runs = 3, seed = -1 }\n",
        [Fault(5, "ensemble.seed", "-1", "whole numbers from 0")],
    ),
    "ensemble a number": (HEAD + "ensemble = 3\n", [Fault(5, "ensemble", "3", "a table")]),
    # assumptions
    "unknown parameter": (
        HEAD + '[assumptions]\n"policy.quota_grwth" = 0.1\n',
        [Fault(6, 'assumptions."policy.quota_grwth"', "0.1", "'policy.quota_growth'")],
    ),
    "not a number": (
        HEAD + "[assumptions]\npolicy.quota_growth = nan\n",
        [Fault(6, 'assumptions."policy.quota_growth"', "nan", "must be a finite number")],
    ),
    "infinite": (
        HEAD + "[assumptions]\npolicy.quota_growth = { uniform = [0, inf] }\n",
        [Fault(6, 'assumptions."policy.quota_growth".uniform.1', "inf", "must be a finite number")],
    ),
    "falling distribution": (
        HEAD + "[assumptions]\npolicy.quota_growth = { triangular = [3, 1, 2] }\n",
        [Fault(6, 'assumptions."policy.quota_growth".triangular', "[3, 1, 2]", "must rise")],
    ),
    "too few figures": (
        HEAD + "[assumptions]\npolicy.quota_growth = { triangular = [1, 2] }\n",
        [Fault(6, 'assumptions."policy.quota_growth".triangular', "[1, 2]", "takes 3 numbers")],
    ),
    "unknown distribution": (
        HEAD + "[assumptions]\npolicy.quota_growth = { uniform = [1, 2], gauss = [1, 2] }\n",
        [Fault(6, 'assumptions."policy.quota_growth".gauss', "", "unknown key")],
    ),
    "two distributions": (
        HEAD + "[assumptions]\npolicy.quota_growth = { uniform = [1, 2], normal = [1, 2] }\n",
        [
            Fault(
                6,
                'assumptions."policy.quota_growth"',
                "{ uniform = [1, 2], normal = [1, 2] }",
                "exactly one shape",
            )
        ],
    ),
    # measures
    "measure a list": (
        HEAD + '[[measures]]\nkind = "export-ban"\n',
        [Fault(5, "measures", '[{ kind = "export-ban" }]', "must be a table")],
    ),
    "measure a number": (
        HEAD + "[measures]\nban = 3\n",
        [Fault(6, "measures.ban", "3", "must be a table")],
    ),
    "measure name": (
        HEAD + BAN.replace("measures.ban", 'measures."a ban"'),
        [
            Fault(
                5,
                'measures."a ban"',
                '{ kind = "export-ban", by = "Home", product = "magnet", s...',
                "not a usable name",
            )
        ],
    ),
    "no kind": (
        HEAD + BAN.replace('kind = "export-ban"\n', ""),
        [Fault(5, "measures.ban.kind", "", "is missing (allowed: production-quota, ")],
    ),
    "unknown kind": (
        HEAD + BAN.replace("export-ban", "export-bann"),
        [Fault(6, "measures.ban.kind", '"export-bann"', "did you mean 'export-ban'?")],
    ),
    "kind a number": (
        HEAD + BAN.replace('"export-ban"', "7"),
        [Fault(6, "measures.ban.kind", "7", "unknown kind of measure")],
    ),
    "missing key": (
        HEAD + BAN.replace('product = "magnet"\n', ""),
        [Fault(5, "measures.ban.product", "", "is missing")],
    ),
    "missing start": (
        HEAD + BAN.replace("start = 2024-01-01\n", ""),
        [Fault(5, "measures.ban.start", "", "is missing")],
    ),
    "misspelt key": (
        HEAD + BAN + "enforcment = 0.9\n",
        [Fault(10, "measures.ban.enforcment", "", "did you mean 'enforcement'?")],
    ),
    "key of another kind": (
        HEAD + BAN + "rate = 0.2\n",
        [Fault(10, "measures.ban.rate", "", "unknown key (allowed: kind, by, ")],
    ),
    "unknown region": (
        HEAD + BAN.replace('"Home"', '"Hom"'),
        [Fault(7, "measures.ban.by", '"Hom"', "did you mean 'Home'?")],
    ),
    "unknown target": (
        HEAD + BAN + 'targets = [\n  "Abroad",\n  "abroad",\n]\n',
        [Fault(10, "measures.ban.targets.1", '"abroad"', "did you mean 'Abroad'?")],
    ),
    "target is imposer": (
        HEAD + BAN + 'targets = "Home"\n',
        [Fault(10, "measures.ban.targets", '"Home"', "target of its own")],
    ),
    "target twice": (
        HEAD + BAN + 'targets = ["Abroad", "Abroad"]\n',
        [Fault(10, "measures.ban.targets", '["Abroad", "Abroad"]', "'Abroad' stands in the list")],
    ),
    "no imposer": (
        HEAD + BAN.replace('"Home"', "[]"),
        [Fault(7, "measures.ban.by", "[]", "an empty list")],
    ),
    "unknown element": (
        HEAD + BAN + 'elements = ["Nd", "Dy"]\n',
        [Fault(10, "measures.ban.elements.0", '"Nd"', "unknown element (got")],
    ),
    "unknown product": (
        HEAD + BAN.replace('"magnet"', '"magnets"'),
        [Fault(8, "measures.ban.product", '"magnets"', "did you mean 'magnet'?")],
    ),
    "wrong unit": (
        HEAD + QUOTA.replace("t REO/year", "kg/year") + "schedule.2024 = 3\n",
        [Fault(10, "measures.quota.unit", '"kg/year"', "allowed: t REO/year")],
    ),
    "unknown class": (
        HEAD + QUOTA.replace('"light"', '"medium"') + "schedule.2024 = 3\n",
        [Fault(9, "measures.quota.class", '"medium"', "allowed: light, heavy, all")],
    ),
    "negative tonnes": (
        HEAD + QUOTA + "schedule = { 2024 = -5, 2025 = 9 }\n",
        [Fault(11, "measures.quota.schedule.2024", "-5", "allowed: 0 to 10,000,000 t REO/year")],
    ),
    "impossible tonnes": (
        HEAD + QUOTA + "start = 2024-01-01\nlevel = 240_000_000\n",
        [Fault(12, "measures.quota.level", "240_000_000", "outside the possible range")],
    ),
    "tonnes a text": (
        HEAD + QUOTA + 'schedule = { 2024 = "5 t" }\n',
        [Fault(11, "measures.quota.schedule.2024", '"5 t"', "must be a number")],
    ),
    "schedule key": (
        HEAD + QUOTA + "[measures.quota.schedule]\n2024-13 = 5\n",
        [Fault(12, "measures.quota.schedule.2024-13", "5", "a year such as 2023")],
    ),
    "schedule empty": (
        HEAD + QUOTA + "start = 2024-01-01\nschedule = {}\n",
        [Fault(12, "measures.quota.schedule", "{}", "an empty schedule")],
    ),
    "schedule months twice": (
        HEAD + QUOTA + "schedule = { 2024 = 1, 2024-01 = 2 }\n",
        [
            Fault(
                11,
                "measures.quota.schedule",
                "{ 2024 = 1, 2024-01 = 2 }",
                "start in the same month",
            )
        ],
    ),
    "level and schedule": (
        HEAD + QUOTA + "level = 5\nschedule.2024 = 5\n",
        [Fault(12, "measures.quota.schedule", "{ 2024 = 5 }", "`schedule` are both given")],
    ),
    "no size": (
        HEAD + QUOTA + "start = 2024-01-01\n",
        [
            Fault(
                5,
                "measures.quota",
                '{ kind = "production-quota", by = "Home", stage = "mine",...',
                "write `level` or `schedule`",
            )
        ],
    ),
    "start before schedule": (
        HEAD + QUOTA + "start = 2023-06-01\nschedule.2024 = 5\n",
        [Fault(12, "measures.quota.schedule", "{ 2024 = 5 }", "before the schedule's first level")],
    ),
    "level after the end": (
        HEAD + QUOTA + "end = 2025-12-31\nschedule = { 2024 = 5, 2026 = 6 }\n",
        [
            Fault(
                12,
                "measures.quota.schedule",
                "{ 2024 = 5, 2026 = 6 }",
                "after the measure's end on 2025-12-31",
            )
        ],
    ),
    "unknown growth": (
        HEAD + QUOTA + 'schedule.2024 = 5\nafter = "policy.quota"\n',
        [Fault(12, "measures.quota.after", '"policy.quota"', "unknown parameter")],
    ),
    "percent for share": (
        HEAD + OXIDE + "level = 50\n",
        [Fault(11, "measures.oxide.level", "50", "allowed: 0 to 10 share of pre-measure flow")],
    ),
    "percent for rate": (
        HEAD + BAN.replace("export-ban", "export-tax").replace("start", "rate = 25\nstart"),
        [Fault(9, "measures.ban.rate", "25", "(0.25 is 25 %)")],
    ),
    "quota on magnets": (
        HEAD + OXIDE.replace('"oxide"', '"magnet"') + "level = 0.5\n",
        [Fault(8, "measures.oxide.product", '"magnet"', "allowed: oxide")],
    ),
    "share above one": (
        HEAD + BAN + "enforcement = 1.2\n",
        [Fault(10, "measures.ban.enforcement", "1.2", "allowed: 0 to 1")],
    ),
    "share drawn above one": (
        HEAD + BAN + "enforcement = { uniform = [0.5, 1.5] }\n",
        [Fault(10, "measures.ban.enforcement", "{ uniform = [0.5, 1.5] }", "allowed: 0 to 1")],
    ),
    "share without bound": (
        HEAD + BAN + "enforcement = { lognormal = [0.5, 0.9] }\n",
        [
            Fault(
                10,
                "measures.ban.enforcement",
                "{ lognormal = [0.5, 0.9] }",
                "has no bound, the value",
            )
        ],
    ),
    "share a switch": (
        HEAD + BAN + "enforcement = true\n",
        [Fault(10, "measures.ban.enforcement", "true", "must be a number")],
    ),
    "measure end before start": (
        HEAD + BAN + "end = 2023-06-30\n",
        [Fault(10, "measures.ban.end", "2023-06-30", "lies before the start, 2024-01-01")],
    ),
    "measure too short": (
        HEAD + BAN + "end = 2024-01-10\n",
        [Fault(10, "measures.ban.end", "2024-01-10", "too short")],
    ),
    "announced late": (
        HEAD + BAN + "announced = 2024-02-01\n",
        [Fault(10, "measures.ban.announced", "2024-02-01", "after the start, 2024-01-01")],
    ),
    "after the span": (
        HEAD + BAN.replace("2024-01-01", "2031-01-01"),
        [Fault(9, "measures.ban.start", "2031-01-01", "2023-01-01 to 2030-12-31")],
    ),
    "before the span": (
        HEAD + BAN.replace("2024-01-01", "2020-01-01") + "end = 2021-01-01\n",
        [Fault(10, "measures.ban.end", "2021-01-01", "outside the simulated span")],
    ),
    "two quotas of a stage": (
        HEAD
        + QUOTA
        + "schedule.2024 = 5\n"
        + QUOTA.replace("measures.quota", "measures.more")
        + "schedule.2026 = 9\n",
        [Fault(12, "measures.more", "", ":5: two quotas of one thing")],
    ),
    "a quota of all classes": (
        HEAD
        + QUOTA
        + "schedule.2024 = 5\n"
        + QUOTA.replace("measures.quota", "measures.rest").replace('"light"', '"all"')
        + "schedule.2026 = 9\n",
        [Fault(12, "measures.rest", "", "overlaps 'quota' of")],
    ),
    "two export quotas": (
        HEAD
        + OXIDE
        + "level = 0.5\n"
        + OXIDE.replace("oxide]", "second]")
        + 'level = 0.6\nelements = "Dy"\n',
        [Fault(12, "measures.second", "", "overlaps 'oxide' of")],
    ),
    "no stage": (
        HEAD
        + BAN.replace("export-ban", "technology-export-ban").replace('product = "magnet"\n', ""),
        [
            Fault(
                5,
                "measures.ban",
                '{ kind = "technology-export-ban", by = "Home", start = 20...',
                "no stage is named",
            )
        ],
    ),
    "stage in both lists": (
        HEAD
        + BAN.replace("export-ban", "technology-export-ban").replace(
            'product = "magnet"', 'prohibited = ["metal", "mine"]\nrestricted = ["metal"]'
        ),
        [Fault(9, "measures.ban.restricted", '["metal"]', "'metal' is prohibited already")],
    ),
    "unknown stage": (
        HEAD
        + BAN.replace("export-ban", "technology-export-ban").replace(
            'product = "magnet"', 'prohibited = ["smelting"]'
        ),
        [Fault(8, "measures.ban.prohibited.0", '"smelting"', "mine, separation, metal, magnet")],
    ),
    "off for nothing": (
        HEAD + BAN + "[measures.bann]\noff = true\n",
        [Fault(10, "measures.bann.kind", "", "no measure of this name is taken over")],
    ),
    "off a text": (
        HEAD + BAN + 'off = "yes"\n',
        [Fault(10, "measures.ban.off", '"yes"', "must be true or false")],
    ),
    # sweeps
    "unknown design": (
        HEAD + '[sweep]\ndesign = "sobl"\nsamples = 8\n',
        [Fault(6, "sweep.design", '"sobl"', "did you mean 'sobol'?")],
    ),
    "huge sweep": (
        HEAD + '[sweep]\ndesign = "sobol"\nsamples = 10_000_000\n',
        [Fault(7, "sweep.samples", "10_000_000", "allowed: 1 to 100,000")],
    ),
    "no samples": (
        HEAD + '[sweep]\ndesign = "morris"\n',
        [Fault(5, "sweep", '{ design = "morris" }', "needs `samples`")],
    ),
    "range in a grid": (
        HEAD + '[sweep]\ndesign = "grid"\nover."policy.quota_growth" = { between = [0, 1] }\n',
        [
            Fault(
                7,
                "sweep.over",
                '{ "policy.quota_growth" = { between = [0, 1] } }',
                "a grid needs a list",
            )
        ],
    ),
    "unknown swept measure": (
        HEAD
        + BAN
        + '[sweep]\ndesign = "grid"\n[sweep.over]\n"measures.bam.enforcement" = { values = [1] }\n',
        [Fault(13, 'sweep.over."measures.bam.enforcement"', "{ values = [1] }", "'ban'?")],
    ),
    "impossible swept value": (
        HEAD
        + BAN
        + '[sweep]\ndesign = "grid"\n[sweep.over]\nmeasures.ban.end = { values = [2023-05-31] }\n',
        [
            Fault(
                13,
                'sweep.over."measures.ban.end"',
                "{ values = [2023-05-31] }",
                "2023-05-31: the end lies before the start",
            )
        ],
    ),
    "unknown swept key": (
        HEAD
        + BAN
        + '[sweep]\ndesign = "grid"\n[sweep.over]\n"measures.ban.and" = { values = [1] }\n',
        [Fault(13, 'sweep.over."measures.ban.and"', "{ values = [1] }", "did you mean 'end'?")],
    ),
    "neither measure nor parameter": (
        HEAD + '[sweep]\ndesign = "grid"\n[sweep.over]\n"quota_growth" = { values = [1] }\n',
        [Fault(7 + 1, "sweep.over.quota_growth", "{ values = [1] }", "neither a parameter")],
    ),
    # paths
    "missing parent": (
        'extends = "parent.toml"\n' + HEAD.replace('title = "Broken"\n', ""),
        [Fault(1, "extends", '"parent.toml"', "no such file")],
    ),
    "parent outside": (
        HEAD + 'extends = "../other.toml"\n',
        [Fault(5, "extends", '"../other.toml"', "leads out of the scenario's folder")],
    ),
    "parent absolute": (
        HEAD + 'extends = "/etc/passwd"\n',
        [Fault(5, "extends", '"/etc/passwd"', "leads out of the scenario's folder")],
    ),
    "parent a folder": (HEAD + 'extends = "."\n', [Fault(5, "extends", '"."', "is a folder")]),
    "parent a number": (HEAD + "extends = 3\n", [Fault(5, "extends", "3", "must be the path")]),
    "parent with a null": (
        HEAD + 'extends = "a\\u0000b"\n',
        [Fault(5, "extends", '"a\\u0000b"', "not a possible path")],
    ),
    "its own parent": (
        HEAD + 'extends = "broken.toml"\n',
        [Fault(5, "extends", '"broken.toml"', "circle: broken.toml -> broken.toml")],
    ),
    "counterfactual outside": (
        HEAD + 'counterfactual = "../../x.toml"\n',
        [Fault(5, "counterfactual", '"../../x.toml"', "leads out of the scenario's folder")],
    ),
    "no counterfactual": (
        HEAD + 'counterfactual = "x.toml"\n',
        [Fault(5, "counterfactual", '"x.toml"', "no such file")],
    ),
    "world outside": (
        HEAD.replace("tiny", "../../tiny"),
        [Fault(2, "world", '"../../tiny"', "leads out of the scenario's folder")],
    ),
    # several at once
    "five at once": (
        HEAD.replace("2030-12-31", '"2030"')
        + "[ensemble]\nruns = 0\n"
        + QUOTA.replace("Home", "Hme")
        + 'schedule = { 2024 = -1 }\nafter = "hld"\n',
        [
            Fault(4, "end", '"2030"', "must be a date"),
            Fault(6, "ensemble.runs", "0", "at least one"),
            Fault(9, "measures.quota.by", '"Hme"', "unknown region"),
            Fault(13, "measures.quota.schedule.2024", "-1", "outside"),
            Fault(14, "measures.quota.after", '"hld"', "unknown parameter"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_told_once_at_its_line(name: str, tmp_path: Path) -> None:
    text, faults = CASES[name]
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path)
    problems = caught.value.problems
    found = [(problem.line, problem.key, problem.value) for problem in problems]
    assert found == [fault[:3] for fault in faults], "\n".join(map(str, problems))
    for problem, fault in zip(problems, faults, strict=True):
        place = f"{path}:{fault.line}: " if fault.line else f"{path}: "
        assert str(problem).startswith(place)
        assert fault.says in str(problem)
        assert "\n" not in str(problem)
    assert str(caught.value) == "\n".join(map(str, problems))


def test_enough_kinds_of_broken_file() -> None:
    assert len(CASES) >= 45
