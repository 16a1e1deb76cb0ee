"""All that is random, drawn so that run j depends on file, world, seed and j alone.

Every draw has its own stream, keyed by the seed, what is drawn and for whom, and every run its own
stretch of it. So two paths of a pair share every draw, and a run's draws do not depend on how many
runs there are.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.chain.arrays import Array, Index
from sim.measures import Distribution, Number
from sim.world import PARAMETERS, Parameter, load_posterior

MOST_DRAWS = 600
"""Draws that a run has of one stream: more than the months of the longest span."""

Z95 = 1.6448536269514722
"""95th percentile of the standard normal distribution."""


@dataclass(frozen=True)
class PerRun:
    """A number that the runs of a batch do not share: values (run,), in the order of the runs.

    A sweep puts it in the place of a number of the scenario, so that points run side by side.
    """

    values: Array


def quantile(shape: str, values: Sequence[float], u: Array) -> Array:
    """Inverse distribution function at the uniform draws u, of any shape.

    `values`: uniform (low, high), triangular (low, mode, high), normal (mean, standard deviation),
    lognormal (median, 95th percentile).
    """
    if shape == "uniform":
        low, high = values
        return low + (high - low) * u
    if shape == "triangular":
        low, mode, high = values
        if high == low:
            return np.full_like(u, low)
        split = (mode - low) / (high - low)
        left = low + np.sqrt(u * (high - low) * (mode - low))
        return np.where(u < split, left, high - np.sqrt((1 - u) * (high - low) * (high - mode)))
    if shape == "normal":
        mean, deviation = values
        return mean + deviation * ndtri(u)
    median, high = values
    return median * np.exp(np.log(high / median) / Z95 * ndtri(u))


def prior(parameter: Parameter, u: Array) -> Array:
    """Draws of a parameter's prior at the uniform draws u."""
    p = parameter
    if p.distribution == "fixed":
        return np.full_like(u, p.mode)
    values = {
        "uniform": (p.low, p.high),
        "triangular": (p.low, p.mode, p.high),
        "normal": (p.mode, (p.high - p.mode) / Z95),
        "lognormal": (p.mode, p.high),
    }[p.distribution]
    return quantile(p.distribution, values, u)


def _stretches(runs: Sequence[int]) -> list[tuple[int, int]]:
    """Runs as stretches of consecutive numbers: (first, how many)."""
    starts = [k for k, run in enumerate(runs) if k == 0 or run != runs[k - 1] + 1]
    return [(runs[a], b - a) for a, b in zip(starts, [*starts[1:], len(runs)], strict=True)]


class Draws:
    """The random numbers of some runs of one scenario.

    `runs` are the numbers of the runs; every array returned ends in that axis. `given` holds values
    (run,) of parameters that go before all else.
    """

    def __init__(
        self,
        seed: int,
        runs: Sequence[int],
        assumptions: Mapping[str, Number],
        given: Mapping[str, Array] | None = None,
    ) -> None:
        self.seed = seed
        self.runs = tuple(runs)
        self.assumptions = assumptions
        self.given = given or {}

    def uniforms(self, kind: str, name: str, count: int) -> Array:
        """Uniform draws (count, run) of the stream of `kind` and `name`."""
        key = (zlib.crc32(kind.encode()), zlib.crc32(name.encode()))
        bits = np.random.PCG64(np.random.SeedSequence((self.seed, *key)))
        length = 1 if count == 1 else MOST_DRAWS
        stream, at, drawn = np.random.Generator(bits), 0, []
        for first, runs in _stretches(self.runs):
            bits.advance((first * length - at) % 2**128)
            drawn.append(stream.random((runs, length))[:, :count])
            at = (first + runs) * length
        return np.concatenate(drawn).T

    def number(self, number: Number | PerRun, name: str) -> Array:
        """A number of a scenario, or one draw a run of its distribution: (run,)."""
        if isinstance(number, PerRun):
            return number.values
        if isinstance(number, Distribution):
            return quantile(number.shape, number.values, self.uniforms("number", name, 1)[0])
        return np.full(len(self.runs), float(number))

    def parameter(self, name: str) -> Array:
        """One value a run of a parameter: (run,).

        From what is given, from the scenario's assumption, from the posterior's set that the run
        drew, or from the prior; in this order, the first that has it.
        """
        if name in self.given:
            return self.given[name]
        if name in self.assumptions:
            return self.number(self.assumptions[name], name)
        posterior = load_posterior()
        if posterior is not None and name in posterior.values:
            return posterior.values[name][self._sets(posterior.size)]
        return self.from_prior(PARAMETERS[name])

    def from_prior(self, parameter: Parameter) -> Array:
        """One value a run of a parameter's prior: (run,)."""
        if parameter.distribution == "fixed":
            return np.full(len(self.runs), parameter.mode)
        return prior(parameter, self.uniforms("parameter", parameter.name, 1)[0])

    def _sets(self, size: int) -> Index:
        """Which of the posterior's sets each run takes (run,): all its parameters from one."""
        return (self.uniforms("posterior", "set", 1)[0] * size).astype(np.intp)

    def persistent(self, name: str, months: int, deviation: Array, persistence: Array) -> Array:
        """AR(1) noise in logs (month, run) with this standard deviation: (run,) each."""
        shocks = ndtri(self.uniforms("persistent", name, months))
        noise = np.empty_like(shocks)
        state = shocks[0] * deviation
        for month in range(months):
            if month:
                scale = deviation * np.sqrt(1 - persistence**2)
                state = persistence * state + scale * shocks[month]
            noise[month] = state
        return noise

    def outages(
        self, names: Sequence[str], months: int, rate: Array, size: Array, length: Array
    ) -> Array:
        """Share of each firm's output that is up (firm, month, run): outages begin at a yearly
        rate, take `size` (run,) or (firm, run) of it, and last an exponential draw with mean
        `length` months."""
        begins = self._monthly("outage", names, months) < rate / 12.0
        lasts = self._monthly("outage length", names, months)
        return _standing(begins, lasts, size, length)

    def projects(
        self, names: Sequence[str], months: int, setback: Array, length: Array, failure: Array
    ) -> tuple[Array, Array]:
        """Pace of each firm's building (firm, month, run), 0 in a setback, and 1 where it fails.

        `setback` and `failure` are yearly rates, `length` a setback's mean length in months.
        """
        begins = self._monthly("setback", names, months) < setback / 12.0
        lasts = self._monthly("setback length", names, months)
        fails = self._monthly("failure", names, months) < failure / 12.0
        return _standing(begins, lasts, np.ones_like(setback), length), fails.astype(float)

    def news(self, name: str, deviation: Array) -> Array:
        """Factor on the news of a measure (run,): lognormal with median 1."""
        return np.exp(deviation * ndtri(self.uniforms("news", name, 1)[0]))

    def _monthly(self, kind: str, names: Sequence[str], months: int) -> Array:
        """Uniform draws (name, month, run), each name from its own stream."""
        return np.stack([self.uniforms(kind, name, months) for name in names])


def _standing(begins: NDArray[np.bool_], lasts: Array, size: Array, length: Array) -> Array:
    """Share that goes on (name, month, run) where interruptions of `size` begin and last."""
    up = np.ones_like(lasts)
    left = np.zeros_like(lasts[:, 0])
    for month in range(lasts.shape[1]):
        lasting = -length * np.log1p(-lasts[:, month])
        left = np.where(begins[:, month], lasting, left - 1)
        up[:, month] = np.where(left > 0, 1 - size, 1.0)
    return up
