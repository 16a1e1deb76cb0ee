"""Parts from which broken files are made, and what is to be told of them."""

from __future__ import annotations

from typing import NamedTuple

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
Cases = dict[str, tuple[str, list[Fault]]]
