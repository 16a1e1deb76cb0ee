"""How the command ends: its exit codes, and the signals that end it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

FAULT = 2
EXIT_CODES = """\
exit codes:
  0    done
  2    a mistake in what was given, or the system refuses (no such file, disk full); said on stderr
  130  interrupted (Ctrl+C); 143 or 129 by the signals TERM or HUP
"""
ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def endings() -> Iterator[list[int]]:
    """Let TERM and HUP end the command as Ctrl+C does, so that it leaves nothing half-written.

    Yields a list that holds the signal when one has come. A signal that whoever started the command
    has it ignore, as `nohup` does, stays ignored.
    """
    ended: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        ended.append(number)
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in ENDING:
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupted(ended: list[int]) -> int:
    """The exit code after an interruption, as shells count: 128 and the signal."""
    return 128 + (ended[0] if ended else signal.SIGINT)
