"""The folder of a sweep: chunks that are whole or not there, and what they belong to."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from sim.errors import UserError

MANIFEST, CHUNKS, LOCK = "sweep.json", "chunks", "lock"

Values = dict[str, np.ndarray]


class Damaged(Exception):
    """A chunk that is not what was written."""


class Store:
    """Chunks on disk: outputs by name, each (variant, column), one file for each job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, k: int) -> Path:
        """The file of a chunk."""
        return self.folder / CHUNKS / f"{k:06}.chunk"

    def write(self, k: int, values: Values) -> None:
        """Write a chunk under another name, which it gets when it is safe on disk.

        Raises UserError where the system refuses; what is there stays.
        """
        path = self.path(k)
        draft = path.with_suffix(".draft")
        try:
            with draft.open("wb") as file:
                file.write(_packed(values))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise UserError(self._refused(error)) from error

    def _refused(self, error: OSError) -> str:
        kept = sum(1 for _ in (self.folder / CHUNKS).glob("*.chunk"))
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        return (
            f"cannot write to {self.folder}: {why}. The {kept} chunks that are there are kept; "
            "make room and give the same command again"
        )

    def read(self, k: int) -> Values | None:
        """A chunk, or None where there is none. Raises Damaged."""
        try:
            content = self.path(k).read_bytes()
        except FileNotFoundError:
            return None
        return _unpacked(content)


def _packed(values: Values) -> bytes:
    """A line of JSON with names, shape and checksum, then the numbers."""
    numbers = np.stack(list(values.values())).astype("<f8")
    body = numbers.tobytes()
    head = {"names": list(values), "shape": numbers.shape}
    text = json.dumps(head | {"sha256": _checksum(head, body)})
    return text.encode() + b"\n" + body


def _checksum(head: Mapping[str, Any], body: bytes) -> str:
    return hashlib.sha256(json.dumps(head).encode() + body).hexdigest()


def _unpacked(content: bytes) -> Values:
    line, _, body = content.partition(b"\n")
    try:
        head = json.loads(line)
        checksum = head.pop("sha256")
        if checksum != _checksum(head, body):
            raise Damaged
        numbers = np.frombuffer(body, "<f8").reshape(head["shape"])
        return dict(zip(head["names"], numbers, strict=True))
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Damaged from None


@contextmanager
def open_store(folder: Path, manifest: Mapping[str, Any], force: bool = False) -> Iterator[Store]:
    """The store of a sweep, new or begun, for this process alone.

    `manifest` says what the sweep is; a folder that holds another is refused, or with `force`
    emptied. The lock is the system's and goes with the process, however that ends. Raises
    UserError.
    """
    try:
        _check_folder(folder)
        (folder / CHUNKS).mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("a+")
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error
    with lock:
        _take(lock, folder)
        _claim(folder, dict(manifest), force)
        yield Store(folder)


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise UserError(f"{folder} is a file; a sweep needs a folder of its own")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / LOCK).is_file():
        raise UserError(f"{folder} holds something else than a sweep; name another folder")


def _take(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise UserError(
            f"another sweep (process {lock.read().strip() or '?'}) is at work on {folder}; wait "
            "for it, or name another folder with --out"
        ) from None
    except OSError as error:  # not every file system can lock
        raise UserError(f"cannot lock {folder}: {error.strerror or error}") from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def _claim(folder: Path, manifest: dict[str, Any], force: bool) -> None:
    """Write the manifest of a new sweep, or make sure that it is the one that was begun."""
    path = folder / MANIFEST
    if path.is_file():
        try:
            earlier = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            earlier = {}
        differs = sorted(k for k in manifest | earlier if manifest.get(k) != earlier.get(k))
        if not differs:
            return
        if not force:
            raise UserError(
                f"{folder} holds another sweep (it differs in {', '.join(differs)}); --force "
                "replaces it, --out names another folder"
            )
        shutil.rmtree(folder / CHUNKS)
        (folder / CHUNKS).mkdir()
    draft = path.with_suffix(".draft")
    try:
        draft.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error


def tell(message: str) -> None:
    """Say something beside the answer."""
    sys.stderr.write(f"exportshock: {message}\n")
