"""Tables between the markers of a page in docs."""

import sys
from pathlib import Path


def fill(page: Path, tables: dict[str, str], script: str) -> None:
    """Puts each table between its markers, and changes nothing else; exits where a marker is missing."""
    text = page.read_text()
    for name, table in tables.items():
        begin, end = f"<!-- {name}: made by bench/{script} -->", f"<!-- end of {name} -->"
        if begin not in text or end not in text:
            sys.exit(f"{page}: no markers for {name}")
        text = text[: text.index(begin)] + f"{begin}\n{table}\n" + text[text.index(end) :]
    page.write_text(text)
