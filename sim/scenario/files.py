"""From files on disk to one merged table of keys: reading, `extends`, overrides, path rules."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from sim.errors import Problem, ScenarioErrors
from sim.measures.values import SHAPES
from sim.scenario.lines import KeyPath, key_lines
from sim.scenario.writing import shown

LARGEST_FILE = 1_000_000  # bytes; a scenario has some hundreds
DEEPEST = 12  # tables within tables; a scenario needs five
# The standard parser takes quadratic time over long dotted keys, so they are refused before it.
DEEP_KEY = re.compile(
    r"""(?<![\w-]) (?: (?: [\w-]++ | "[^"\n]*+" | '[^'\n]*+' ) [ \t]*+ \. [ \t]*+ ){20}""",
    re.VERBOSE,
)
LONGEST_CHAIN = 20  # files that extend one another
MOST_FILES = 100  # taken over by one file, each as often as it is named

# Names in these tables hold dots, and may be written without quotes; what ends them is a value.
DOTTED = (("assumptions",), ("sweep", "over"))
VALUE_KEYS = {*SHAPES, "between", "values"}
# One of these takes the place of an inherited other.
SIZES = ("level", "rate", "strike")
ALTERNATIVES = {**dict.fromkeys(SIZES, ("schedule",)), "schedule": SIZES}


class Place(NamedTuple):
    """Where a key stands: the file as it was named, or the override, and the line."""

    file: str
    line: int | None


@dataclass
class Source:
    """The merged keys of a file and those it extends, where each stands, and what was wrong."""

    root: Path  # no file outside this folder is read
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True  # False where a parent could not be read: its keys are not missing

    def place(self, path: Sequence[object]) -> Place:
        """Where a key stands, or the innermost table around it that stands anywhere."""
        keys = tuple(str(part) for part in path)
        return next(
            self.places[keys[:length]]
            for length in range(len(keys), -1, -1)
            if keys[:length] in self.places
        )

    def folder(self, path: Sequence[object]) -> Path:
        """The folder from which a path that stands at a key is seen."""
        place = self.place(path)
        return self.root if place.line is None else Path(place.file).parent


class Unreadable(Exception):
    """A file that is not there or not a text; told at the place that names it."""

    def __init__(self, message: str, allowed: str = "", suggestion: str = "") -> None:
        self.told = (message, allowed, suggestion)
        super().__init__(message)


def read_text(path: Path) -> str:
    """The text of a file; `Unreadable` says why there is none."""
    try:
        if path.is_dir():
            raise Unreadable("is a folder, not a file")
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable("is not a regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Unreadable("no such file") from None
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"is larger than {LARGEST_FILE // 1_000_000} MB")
    if b"\0" in content:
        raise Unreadable("is a binary file, not a text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"is not UTF-8 text (line {line})") from None
    if not text.strip():
        raise Unreadable("is empty")
    return text


def parse(text: str, file: str) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    """Keys and their places; `ScenarioErrors` where the text is no TOML, too deep or too big."""
    deep = DEEP_KEY.search(text)
    if deep:
        first = text.count("\n", 0, deep.start()) + 1
        raise ScenarioErrors([Problem(file, first, "", "", "nested too deeply")])
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise ScenarioErrors([Problem(file, None, "", "", "nested too deeply")]) from None
    except ValueError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = (int(found[1]) if found[1] else text.count("\n") + 1) if found else None
        message = str(error)[: found.start()] if found else "a number with too many digits"
        raise ScenarioErrors([Problem(file, line, "", "", f"not TOML: {message}")]) from None
    places = {path: Place(file, line) for path, line in key_lines(text).items()}
    _check_sizes(data, places)
    for table in DOTTED:
        _join_dotted(data, places, table)
    return data, places


def _check_sizes(data: dict[str, Any], places: Mapping[KeyPath, Place]) -> None:
    """Refuse what would break those who walk the tables or print the values."""
    problems = []
    waiting: list[tuple[KeyPath, object, int]] = [((), data, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST:
            place = places.get(path[:1], places[()])
            problems.append(Problem(*place, ".".join(path[:3]), "", "nested too deeply"))
        elif isinstance(value, dict):
            waiting += [((*path, key), inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(path, inner, depth + 1) for inner in value]
        elif isinstance(value, int) and abs(value) >= 2**63:
            problems.append(
                Problem(*places[path], ".".join(path), "", "a whole number beyond 64 bits")
            )
    if problems:
        raise ScenarioErrors(sorted(problems, key=lambda problem: problem.line or 0))


def _join_dotted(data: dict[str, Any], places: dict[KeyPath, Place], table: KeyPath) -> None:
    """Turn nested tables below `table` into one with dotted names: `ev.x = 1` is `"ev.x" = 1`."""
    parent: Any = data
    for key in table[:-1]:
        parent = parent.get(key)
        if not isinstance(parent, dict):
            return
    if not isinstance(parent.get(table[-1]), dict):
        return
    parent[table[-1]] = dict(_leaves(parent[table[-1]], ()))
    for path, place in list(places.items()):
        if path[: len(table)] == table and len(path) > len(table):
            places.setdefault((*table, ".".join(path[len(table) :])), place)


def _is_table(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether keys of a table may be merged: a distribution or range is one value."""
    return isinstance(value, dict) and not VALUE_KEYS & value.keys()


def _leaves(table: Mapping[str, Any], prefix: KeyPath) -> Iterable[tuple[str, Any]]:
    for key, value in table.items():
        name = (*prefix, key)
        if value and _is_table(value):
            yield from _leaves(value, name)
        else:
            yield ".".join(name), value


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` overridden key by key; a distribution or range is one value, not a table."""
    merged = dict(base)
    for key, value in changes.items():
        for other in ALTERNATIVES.get(key, ()):
            if other not in changes:
                merged.pop(other, None)
        old = merged.get(key)
        merged[key] = merge(old, value) if _is_table(old) and _is_table(value) else value
    return merged


def below(root: Path, base: Path, name: str) -> Path:
    """The path `name` as seen from the folder `base`; `Unreadable` if it leads out of `root`."""
    try:
        path = base / name
        inside = path.resolve().is_relative_to(root)
    except (OSError, ValueError, RuntimeError):
        raise Unreadable("not a possible path") from None
    if not inside:
        raise Unreadable(f"leads out of the scenario's folder {root}")
    return path


def read_source(
    path: Path, root: Path, chain: tuple[Path, ...] = (), taken: list[Path] | None = None
) -> Source:
    """Read a file below `root` and the files it extends, of which a later one overrides.

    Raises `Unreadable`, or `ScenarioErrors` where this file is no TOML; what is wrong with a
    parent is kept among the problems.
    """
    data, places = parse(read_text(path), str(path))
    source = Source(root, data, places)
    if "extends" not in data:
        return source
    parents = data.pop("extends")
    inherited = Source(root)
    taken = [] if taken is None else taken  # shared by all of the tree
    for parent in parents if isinstance(parents, list) and parents else [parents]:
        try:
            read = _read_parent(parent, path, root, (*chain, path.resolve()), taken)
        except Unreadable as error:
            place = source.place(("extends",))
            source.problems.append(Problem(*place, "extends", shown(parent), *error.told))
            source.complete = False
        except ScenarioErrors as errors:
            source.problems += errors.problems
            source.complete = False
        else:
            read.data.pop("name", None)
            inherited.data = merge(inherited.data, read.data)
            inherited.places |= read.places
            source.problems += read.problems
            source.complete &= read.complete
    source.data = merge(inherited.data, data)
    source.places = inherited.places | places
    return source


def _read_parent(
    name: object, path: Path, root: Path, chain: tuple[Path, ...], taken: list[Path]
) -> Source:
    if not isinstance(name, str) or not name:
        raise Unreadable("must be the path of a scenario file, in quotes")
    parent = below(root, path.parent, name)
    if parent.resolve() in chain:
        names = [file.name for file in (*chain, parent)]
        raise Unreadable(f"goes round in a circle: {' -> '.join(names)}")
    if len(chain) >= LONGEST_CHAIN:
        raise Unreadable(f"more than {LONGEST_CHAIN} files extend one another")
    if len(taken) >= MOST_FILES:
        raise Unreadable(f"more than {MOST_FILES} files are taken over")
    taken.append(parent)
    return read_source(parent, root, chain, taken)


def override(source: Source, text: str) -> None:
    """Put `KEY=VALUE` over the keys of a source; a text that is none becomes a problem."""
    file = f"--set {text}"
    form = 'KEY=VALUE with a TOML value: 7, 2025-01-31, true, "text"'
    found = re.match(r"""\s*((?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'=#])+)=""", text)
    if found is None or "\n" in text:
        source.problems.append(Problem(file, None, "", "", "not an override", form))
        return
    try:
        changes, places = parse(text, file)
    except ScenarioErrors as errors:
        source.problems += [replace(error, line=None, allowed=form) for error in errors.problems]
        return
    if changes.keys() & {"extends", "name"}:
        key = next(iter(changes))
        source.problems.append(Problem(file, None, key, "", "cannot be set from outside the file"))
        return
    source.data = merge(source.data, changes)
    leaf = max(key_lines(f"{found[1]} = 0"), key=len)
    tables = {leaf[:length] for length in range(len(leaf))}
    here = dict.fromkeys(places, Place(file, None))
    values = {key: place for key, place in here.items() if key not in tables}
    source.places = here | source.places | values
