"""What goes wrong through the user's input, told so that the user can mend it."""

from __future__ import annotations

from dataclasses import dataclass


class UserError(Exception):
    """A mistake in what the user gave; the command prints it and exits with 2."""


@dataclass(frozen=True)
class Problem:
    """One fault of an input file: where it is, what was found, what is allowed."""

    file: str
    line: int | None
    key: str
    value: str
    message: str
    allowed: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        """`file:line: key: message (got VALUE; allowed ...; did you mean X?)`."""
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        hints = []
        if self.value:
            hints.append(f"got {self.value}")
        if self.allowed:
            hints.append(f"allowed: {self.allowed}")
        if self.suggestion:
            hints.append(f"did you mean '{self.suggestion}'?")
        tail = f" ({'; '.join(hints)})" if hints else ""
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}{self.message}{tail}"


class ScenarioErrors(UserError):
    """All faults of a scenario file at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
