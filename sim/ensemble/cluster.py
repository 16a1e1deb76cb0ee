"""A Dask cluster as the pool of a sweep."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager

import numpy as np

from sim.ensemble.engine import Pool
from sim.ensemble.store import tell
from sim.errors import UserError

SECONDS_TO_CONNECT = 10


@contextmanager
def dask_pool(address: str) -> Iterator[Pool]:
    """The workers of a Dask scheduler, by the executor of its client.

    The workers must have the same program, Python and numpy, on which the bits depend; another
    processor is told. Raises UserError where the cluster is not to be used.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise UserError("--dask needs Dask: pip install 'exportshock[dask]'") from None
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        slots = sum(client.nthreads().values())
        if not slots:
            raise UserError(f"the Dask scheduler at {address} has no workers")
        _check_alike(client.run(identity))
        with client.get_executor() as executor:
            yield Pool(executor, slots, (KilledWorker,), (CancelledError, OSError, TimeoutError))


def identity() -> dict[str, str]:
    """What must be the same for the same bits, and the processor."""
    from sim.ensemble.sweep import program_fingerprint
    from sim.results.dataset import versions

    return {
        "program": program_fingerprint(),
        "Python": platform.python_version(),
        "numpy": np.__version__,
        "processor": versions()["processor"],
    }


def _check_alike(workers: dict[str, dict[str, str]]) -> None:
    here = identity()
    for address, there in workers.items():
        for key, value in here.items():
            if there[key] == value:
                continue
            if key != "processor":
                raise UserError(
                    f"the Dask worker {address} has another {key} ({there[key][:20]}, here "
                    f"{value[:20]}), and would compute other numbers"
                )
            tell(f"the Dask worker {address} has another processor; last digits may differ")
