"""Where each key of a TOML text stands: the standard parser keeps no positions."""

from __future__ import annotations

import re
import tomllib

KeyPath = tuple[str, ...]

TOKEN = re.compile(
    r"""
      (?P<blank> [ \t\r]+ | \#[^\n]* )
    | (?P<text>  \"\"\" (?:\\.|[^\\])*? \"{3,5} | ''' .*? '{3,5} | "(?:\\.|[^"\\])*" | '[^']*' )
    | (?P<mark>  [][{}=,.\n] )
    | (?P<bare>  [^][{}=,.\s"'\#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map each key path of a valid TOML text to the line of its first mention; () is line 1.

    Knows table headers, dotted and quoted keys, inline tables, arrays and multi-line strings.
    """
    lines: dict[KeyPath, int] = {(): 1}
    table: KeyPath = ()
    path: KeyPath = ()  # of the value that is being read
    key: list[str] = []  # the parts read so far of the key that is being read
    open_brackets: list[KeyPath | None] = []  # inline tables by their path, arrays as None
    in_key, line = True, 1
    for match in TOKEN.finditer(text):
        token, group = match[0], match.lastgroup
        if group == "blank":
            continue
        if in_key and group in ("text", "bare"):
            key.append(_unquoted(token))
        elif in_key and token == "=":
            path = ((open_brackets[-1] or ()) if open_brackets else table) + tuple(key)
            _note(lines, path, line)
            key, in_key = [], False
        elif in_key and token == "]" and key:  # the end of a table's header
            table, key = tuple(key), []
            _note(lines, table, line)
        elif token == "{":
            open_brackets.append(path)
            in_key = True
        elif token == "}":
            path, in_key = open_brackets.pop() or (), False
        elif token in ("[", "]") and not in_key:
            open_brackets.append(None) if token == "[" else open_brackets.pop()
        elif token == "," or (token == "\n" and not open_brackets):
            in_key = not open_brackets or open_brackets[-1] is not None
        line += token.count("\n")
    return lines


def _unquoted(token: str) -> str:
    return str(tomllib.loads(f"key = {token}")["key"]) if token[0] in "\"'" else token


def _note(lines: dict[KeyPath, int], path: KeyPath, line: int) -> None:
    """Note a key and, where they are new, the tables that it implies."""
    for length in range(1, len(path)):
        lines.setdefault(path[:length], line)
    lines[path] = line
