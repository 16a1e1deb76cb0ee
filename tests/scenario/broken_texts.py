"""Files with faults in their text, head, assumptions, sweep or paths, or in several places."""

from __future__ import annotations

from tests.scenario.broken import BAN, HEAD, QUOTA, Cases, Fault

TEXT_CASES: Cases = {
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
