"""The engine: jobs on any executor, which may lose workers and may be stopped, but loses no job."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from typing import Any, TypeVar

from sim.errors import UserError

Job = TypeVar("Job")
Result = TypeVar("Result")
MOST_DEATHS = 3
"""Workers that one job may end before it is given up."""


@dataclass(frozen=True)
class Pool:
    """An executor, the number of jobs it works on at a time, and the errors by which it tells that
    a job's worker died, and that all of it is lost."""

    executor: Executor
    slots: int
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)
    lost: tuple[type[BaseException], ...] = ()


def compute(
    task: Callable[[Job], Result], jobs: Sequence[Job], pool: Pool
) -> Iterator[tuple[int, Result]]:
    """Place and result of each job, in the order in which they are done.

    No more jobs are under way than the pool has slots, so memory does not grow with their number. A
    job whose worker dies is done again. Raises UserError where it ends worker after worker, or
    where all workers are lost.
    """
    waiting = deque(range(len(jobs)))
    running: dict[Future[Result], int] = {}
    deaths: Counter[int] = Counter()
    while waiting or running:
        while waiting and len(running) < pool.slots:
            k = waiting.popleft()
            with _interrupts_held():  # a worker may start here
                running[pool.executor.submit(task, jobs[k])] = k
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            k = running.pop(future)
            try:
                result = future.result()
            except pool.deaths as error:
                deaths[k] += 1
                if deaths[k] == MOST_DEATHS:
                    raise UserError(_given_up(k)) from error
                waiting.appendleft(k)
            except pool.lost as error:
                raise UserError(f"the workers are gone: {error or type(error).__name__}") from error
            else:
                yield k, result


def _given_up(k: int) -> str:
    return (
        f"chunk {k} ended its worker {MOST_DEATHS} times, and is given up; did the system kill "
        "it for want of memory? With fewer --workers each has more"
    )


@contextmanager
def local_pool(workers: int) -> Iterator[Pool]:
    """Processes of this machine; one worker stays in this process.

    A failure or an interrupt drops the jobs that have not begun.
    """
    executor = Here() if workers == 1 else Processes(workers)
    try:
        yield Pool(executor, workers)
    finally:
        executor.shutdown(cancel_futures=True)


class Here(Executor):
    """Does each job at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """The finished future of fn(*args, **kwargs)."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Processes(Executor):
    """Worker processes of which each can die alone.

    `ProcessPoolExecutor` gives up all of its processes when one dies, so each worker is a pool of
    one. They are spawned in a context of their own, because Mesa changes the global one.
    """

    def __init__(self, workers: int) -> None:
        self._pools = [_one_process() for _ in range(workers)]
        self._jobs = [0] * workers
        self._lock = threading.Lock()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """The future of fn(*args, **kwargs) on the worker with least to do."""
        with self._lock:
            slot = self._jobs.index(min(self._jobs))
            self._jobs[slot] += 1
        try:
            future = self._pools[slot].submit(fn, *args, **kwargs)
        except BrokenExecutor:  # it died with nothing to do
            self._pools[slot] = _one_process()
            future = self._pools[slot].submit(fn, *args, **kwargs)
        future.add_done_callback(lambda done: self._leave(slot))
        return future

    def _leave(self, slot: int) -> None:
        with self._lock:
            self._jobs[slot] -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers when they have done what they are at."""
        for pool in self._pools:
            pool.shutdown(wait, cancel_futures=cancel_futures)


def _one_process() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=start_worker)


def start_worker() -> None:
    """In a worker: it ends with its parent however that ends, and at an interrupt, held back or
    not, without a word; the parent tells."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold back interrupts; processes started meanwhile hold them back until they say otherwise."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
