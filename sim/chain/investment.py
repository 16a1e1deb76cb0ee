"""Capacity: when it pays to build, how long it takes, and what know-how has to do with it."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, logistic, relax
from sim.chain.parameters import Assumptions

CLOSEST_LEAD = 0.25
"""Years: no plant is built faster, whatever the table says."""


def annuity(rate: Array, years: Array) -> Array:
    """Present value of 1 USD a year over some years (textbook)."""
    return -np.expm1(-years * np.log1p(rate)) / rate


class Plants:
    """Capacity of one stage (plant, run) in t a year, on its way through two stages of building.

    `ceiling` is what can ever stand at a place, `capex` USD per t a year, `lead` the years from
    decision to full output at frontier know-how, `know_how` the state of technology, 0 to 1.
    `begun` is what was decided on this month.
    """

    def __init__(
        self,
        capacity: Array,
        building: Array,
        ceiling: Array,
        capex: Array,
        lead: Array,
        know_how: Array,
    ) -> None:
        self.capacity, self.started, self.building = capacity, np.zeros_like(capacity), building
        self.begun = np.zeros_like(capacity)
        self.ceiling, self.capex = ceiling, capex
        self.lead = np.maximum(lead, CLOSEST_LEAD)
        self.know_how = know_how

    @property
    def pipeline(self) -> Array:
        """Capacity decided on but not yet producing, t a year."""
        return self.started + self.building

    def gap(self) -> Array:
        """Distance to the technology frontier, 0 to 1."""
        return 1.0 - self.know_how

    def invest(self, worth: Array, room: Array, assume: Assumptions) -> None:
        """Start building a share of the room, the more the better the worth of a plant.

        `worth` is present value over investment; real options ask for more than 1 (Dixit and
        Pindyck 1994). `room` is t a year that could be used.
        """
        hurdle = np.log(np.maximum(worth, 1e-6) / assume["invest.hurdle"])
        pace = assume["invest.rate"] * logistic(hurdle / assume["invest.hurdle_width"])
        begun = np.maximum(room, 0.0) * pace / MONTHS_PER_YEAR
        self.started = self.started + begun
        self.begun = self.begun + begun

    def build(self, assume: Assumptions, pace: Array, fails: Array) -> None:
        """One month of building: two stages of equal mean length, longer where know-how lacks.

        `pace` (plant, run) is 0 in a setback and else 1; where a project `fails` (1, else 0) all
        that is being built is given up.
        """
        lead = self.lead * (1 + assume["technology.delay_penalty"] * self.gap())
        leave = -np.expm1(-2.0 / (lead * MONTHS_PER_YEAR)) * pace
        started, building = self.started * (1 - fails), self.building * (1 - fails)
        moved, finished = started * leave, building * leave
        self.started = started - moved
        self.building = building + moved - finished
        self.capacity = self.capacity + finished

    def learn(self, access: Array, utilisation: Array, threat: Array, assume: Assumptions) -> None:
        """Close the gap by foreign technology where it is open, own research, and experience.

        `access`, `threat` (plant, run) from 0 to 1. The form is the project's own; its terms follow
        the experience curve with spill-over (Nagy et al. 2013).
        """
        own = assume["technology.research"] * (1 + assume["technology.research_response"] * threat)
        rate = access * assume.decay("technology.access_half_life") + own
        rate = rate + assume["technology.experience"] * np.minimum(utilisation, 1.0)
        self.know_how = relax(self.know_how, np.ones_like(self.know_how), rate)

    def cost_factor(self, assume: Assumptions) -> Array:
        """Unit cost over the frontier's."""
        return 1 + assume["technology.cost_penalty"] * self.gap()

    def capital(self, assume: Assumptions) -> Array:
        """Capital cost in USD per kg a year, know-how included."""
        return self.capex / 1000.0 * (1 + assume["technology.capex_penalty"] * self.gap())
