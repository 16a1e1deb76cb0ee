"""The table of claims: which arms are run, what is read off them, and what a claim would need."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UserError

TABLE = Path(__file__).with_name("claims.toml")


@dataclass(frozen=True)
class Arm:
    """One path that is run: a shipped scenario, texts that override its keys, a derived world."""

    name: str
    scenario: str
    set: tuple[str, ...] = ()
    world: str = ""


@dataclass(frozen=True)
class Test:
    """One outcome: a quantity of each of `arms`, compared (see `quantities`, `comparisons`).

    `of` are the quantity's arguments, for each arm.

    `sign` is the sign that the outcome has if the claim is true, 0 for no effect, None for what is
    only shown beside; effects under `material` (in `unit`) count as none.
    """

    outcome: str
    unit: str
    arms: tuple[str, ...]
    compare: str
    quantity: str
    of: tuple[Mapping[str, Any], ...]
    sign: int | None = None
    material: float = 1.0


@dataclass(frozen=True)
class Claim:
    """A claim, its tests (the first is its headline), and what is to be said of them.

    `reason` is why it cannot be tested, empty where it can.
    """

    id: int
    claim: str
    scenario: str
    tests: tuple[Test, ...]
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """All claims, the arms they share, and the worlds derived for some of them."""

    arms: Mapping[str, Arm]
    worlds: Mapping[str, tuple[Mapping[str, Any], ...]]
    claims: tuple[Claim, ...]

    def chosen(self, ids: tuple[int, ...]) -> tuple[Claim, ...]:
        """The claims of these numbers, all without any. Raises UserError for an unknown one."""
        known = {claim.id for claim in self.claims}
        unknown = [str(number) for number in ids if number not in known]
        if unknown:
            raise UserError(f"no claim {', '.join(unknown)}; claims are 1 to {max(known)}")
        return tuple(claim for claim in self.claims if not ids or claim.id in ids)

    def needed(self, claims: tuple[Claim, ...]) -> list[Arm]:
        """The arms that some claims need, in the table's order."""
        names = {name for claim in claims for test in claim.tests for name in test.arms}
        return [arm for name, arm in self.arms.items() if name in names]


def load_table(path: Path = TABLE) -> Table:
    """Read the table of claims."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    arms = {
        name: Arm(name, **arm | {"set": tuple(arm.get("set", ()))})
        for name, arm in data["arms"].items()
    }
    return Table(
        arms,
        {name: tuple(world["steps"]) for name, world in data["worlds"].items()},
        tuple(
            Claim(**claim | {"tests": tuple(_test(test) for test in claim.get("tests", ()))})
            for claim in data["claims"]
        ),
    )


def _test(test: Mapping[str, Any]) -> Test:
    arms, of = tuple(test["arms"]), test["of"]
    every = tuple(of) if isinstance(of, list) else (of,) * len(arms)
    return Test(**{**test, "arms": arms, "of": every})
