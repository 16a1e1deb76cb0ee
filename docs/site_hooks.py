"""What MkDocs does beside rendering: scenario files and the root's pages join the site.

Pages link to them as they lie in the repository (`../scenarios/...`, `../CHANGELOG.md`), so that
the links work there too; here they are turned to their place in the site.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
PAGES = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Pages of the root by their name in the site."""


def on_files(files: Files, config: Any) -> Files:  # noqa: ANN401
    """Add the scenario files and the pages of the root."""
    for path in sorted((ROOT / "scenarios").rglob("*.toml")):
        name = path.relative_to(ROOT).as_posix()
        files.append(File.generated(config, name, abs_src_path=str(path)))
    for source, name in PAGES.items():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:  # noqa: ANN401
    """Turn links to files of the repository to their place in the site."""
    name = page.file.src_uri
    up = "../" * name.count("/")
    if name in PAGES.values():
        return re.sub(r"\]\(docs/", "](", markdown)
    for source, place in PAGES.items():
        markdown = markdown.replace(f"](../{up}{source}", f"]({up}{place}")
    return markdown.replace(f"](../{up}scenarios/", f"]({up}scenarios/")
