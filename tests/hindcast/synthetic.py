"""A made-up path of one year and a half whose every figure is known."""

import numpy as np

from sim.hindcast.periods import parse_period
from sim.hindcast.trajectory import Trajectory
from sim.world import load_world

RUNS, MONTHS = 40, 24


def path(spread=0.0):
    """From January 2010: home price 10, abroad 30 (29 before freight of 1 is taken off: 30 at the
    border), legal exports 100 t a month, of which the level of run j is exp(spread z_j)."""
    world = load_world("2009")
    n, e = len(world.regions), len(world.elements)
    level = np.exp(spread * np.linspace(-1, 1, RUNS))
    month = np.ones((MONTHS, 1)) * level
    home = world.regions.index("China")
    price = np.full((MONTHS, n, e, RUNS), 31.0) * level
    price[:, home] = 10.0 * level
    freight = np.ones((MONTHS, n))
    legal = np.zeros((MONTHS, n, RUNS))
    legal[:, world.regions.index("Japan")] = 60.0
    legal[:, world.regions.index("Europe")] = 40.0
    flat = np.ones((MONTHS, n, RUNS))
    records = {
        "price": price,
        "use": np.ones((MONTHS, n, e, RUNS)),
        "freight": freight,
        "legal": legal,
        "smuggled": 50.0 * month,
        "quota": 200.0 * np.ones((MONTHS, RUNS)),
        "mine": flat * 3.0,
        "separated": np.ones((MONTHS, n, e, RUNS)),
        "magnet_price": flat * 60.0,
        "magnet_exports": month,
        "magnet_output": flat,
    }
    return Trajectory(world, "China", parse_period("2010-01").first, records)
