"""Values and tables as TOML text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

LONGEST = 60  # characters of a value in a message


def toml_key(key: str) -> str:
    """A key, quoted where it must be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml_text(key)


def toml_text(text: str) -> str:
    """A basic string; what JSON escapes is what TOML escapes, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: object) -> str:
    """A text, number, date, list or table on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, float) and value and value.is_integer() and abs(value) < 1e15:
        return f"{int(value):_}"
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = [f"{toml_key(key)} = {toml_value(inner)}" for key, inner in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(inner) for inner in value)}]"
    return repr(value)


def shown(value: object) -> str:
    """A value as a message shows it: as TOML, cut where it is long."""
    text = toml_value(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def toml_lines(table: Mapping[str, Any]) -> str:
    """A table as one `key = value` a line."""
    return "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in table.items())


def toml_section(header: str, table: Mapping[str, Any]) -> str:
    """A table under its header; nothing where it is empty."""
    return f"\n[{header}]\n{toml_lines(table)}" if table else ""
