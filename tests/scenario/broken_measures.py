"""Files with faults in their measures."""

from __future__ import annotations

from tests.scenario.broken import BAN, HEAD, OXIDE, QUOTA, Cases, Fault

MEASURE_CASES: Cases = {
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
}
