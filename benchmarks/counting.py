"""How many numbers a month computes: arrays that count what is done with them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

SIZE = 20_000  # numbers in an array of the measured speeds: as many as stay in the nearest cache


class Counted(np.ndarray):
    """An array that counts, by operation, the numbers that are computed from it."""

    numbers: ClassVar[Counter[str]] = Counter()

    def __array_ufunc__(
        self,
        ufunc: np.ufunc,
        method: str,
        *inputs: Any,
        out: tuple[Any, ...] | None = None,
        **rest: Any,
    ) -> Any:
        if out is not None:
            rest["out"] = tuple(map(plain, out))
        result = getattr(ufunc, method)(*map(plain, inputs), **rest)
        size = np.size(inputs[0]) if method in ("reduce", "reduceat", "accumulate") else 0
        Counted.numbers[ufunc.__name__] += max(size, np.size(result))
        return counted(result)

    def __array_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: Any,
        kwargs: Any,
    ) -> Any:
        result = super().__array_function__(func, types, args, kwargs)
        if isinstance(result, np.ndarray):
            Counted.numbers["copy"] += result.size
        return counted(result)


def plain(value: Any) -> Any:
    """An array as numpy's own."""
    return value.view(np.ndarray) if isinstance(value, Counted) else value


def counted(value: Any) -> Any:
    """An array of numbers as one that counts."""
    is_array = type(value) is np.ndarray and value.dtype == np.float64
    return value.view(Counted) if is_array else value


def count_from(thing: Any, runs: int, seen: set[int] | None = None) -> None:
    """Let every array of an object, and of what it holds, that ends in the run axis count."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, str | bytes | int | float):
        return
    seen.add(id(thing))
    if isinstance(thing, list):
        thing[:] = [_replaced(item, runs, seen) for item in thing]
    elif isinstance(thing, dict):
        for key in thing:
            thing[key] = _replaced(thing[key], runs, seen)
    elif type(thing).__module__.startswith("sim.") and hasattr(thing, "__dict__"):
        for key, value in vars(thing).items():
            object.__setattr__(thing, key, _replaced(value, runs, seen))


def _replaced(value: Any, runs: int, seen: set[int]) -> Any:
    if isinstance(value, np.ndarray):
        return counted(value) if value.ndim and value.shape[-1] == runs else value
    count_from(value, runs, seen)
    return value


def count_sparse() -> None:
    """Count the sums that are written as sparse products."""
    product = sparse.csr_array._matmul_multivector

    def multiply(self: Any, other: Any) -> Any:
        Counted.numbers["add"] += self.nnz * other.shape[1]
        return counted(product(self, plain(other)))

    sparse.csr_array._matmul_multivector = multiply


def speeds() -> dict[str, float]:
    """Seconds that this machine takes for a number, by operation."""
    rng = np.random.default_rng(0)
    a, b = rng.random((2, SIZE)) + 0.5
    out = np.empty(SIZE)
    return {
        "simple": _seconds(lambda: np.add(a, b, out=out)),
        "copy": _seconds(lambda: np.copyto(out, a)),
        **{
            name: _seconds(partial(getattr(np, name), a, out=out))
            for name in ("exp", "log", "expm1", "log1p", "tanh", "sqrt")
        },
        "power": _seconds(lambda: np.power(a, b, out=out)),
        "divide": _seconds(lambda: np.divide(a, b, out=out)),
    }


def _seconds(call: Callable[[], object]) -> float:
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        for _ in range(10):
            call()
        times.append(time.perf_counter() - begun)
    return min(times) / 10 / SIZE


def floor(numbers: Counter[str]) -> float:
    """Seconds that the counted operations take at the speeds of this machine, and nothing else."""
    speed = speeds()
    speed["true_divide"] = speed["divide"]
    return sum(size * speed.get(name, speed["simple"]) for name, size in numbers.items())
