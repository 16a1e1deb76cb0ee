"""A small sweep on the tiny world, as a file."""

from pathlib import Path

QUOTA = """\
title = "A quota on the tiny world"
world = "tiny"
start = 2024-01-01
end = 2025-06-30
[ensemble]
runs = 3
seed = 7
[measures.quota]
kind = "export-quota"
by = "Home"
product = "oxide"
unit = "share of pre-measure flow"
level = 0.5
start = 2024-06-01
end = 2025-03-31
[measures.ban]
kind = "export-ban"
by = "Home"
product = "magnet"
start = 2025-01-01
end = 2025-02-28
"""
SOBOL = """
[sweep]
design = "sobol"
samples = 4
[sweep.over]
"measures.quota.level" = { between = [0.2, 0.8] }
"ev.demand_elasticity" = "prior"
"""
GRID = """
[sweep]
design = "grid"
[sweep.over]
"measures.ban.end" = { values = [2025-01-31, 2025-03-31] }
"ev.demand_elasticity" = { values = [-1.5, -1.0] }
[sweep.alternatives.nothing]
"""


def write(folder: Path, *parts: str) -> Path:
    """A scenario file of these parts."""
    path = folder / "swept.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return path
