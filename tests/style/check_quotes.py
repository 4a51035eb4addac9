"""Fails when the handbook quotes what no program says.
usage: check_quotes.py ROOT
A quote is whatever stands between "…" in station/HANDBOOK.md, outside code; "…" in it stands for
what differs. Each part must stand in one literal of the sources, broken over lines or not."""
import pathlib
import re
import sys

from house import code_files, conclude

HANDBOOK = "station/HANDBOOK.md"
PROGRAMS = ("station", "drivers", "cardprofiles", "pinmailer", "config")
LITERALS = re.compile(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*')
CODE = re.compile(r"""(?P<literal>R"(\w*)\(.*?\)\2"|"(?:\\.|[^"\\\n])*")"""
                  r"""|(?P<letter>'(?:\\.|[^'\\\n])')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
SHORTEST_PART = 3


def one_space(text: str) -> str:
    return " ".join(text.split())


def without_comments(text: str) -> str:
    """And without letters in quotes, of which one may be a quote."""
    return CODE.sub(lambda found: found["literal"] or (found["letter"] and "0") or " ", text)


def said(root: pathlib.Path) -> str:
    """All literals of the programs, neighbours joined as the compiler joins them, a line each."""
    lines = []
    for _, text in code_files(root, *PROGRAMS):
        for found in LITERALS.findall(without_comments(text)):
            lines.append(one_space(re.sub(r'"\s*"', "", found)[1:-1].replace('\\"', '"')))
    return "\n".join(lines)


def quotes(text: str) -> list[str]:
    text = re.sub(r"`[^`]*`", "", text)
    return [one_space(found) for found in re.findall(r'"([^"]+)"', text)]


def check(root: pathlib.Path) -> list[str]:
    literals = said(root)
    complaints = []
    for quote in quotes((root / HANDBOOK).read_text(encoding="utf-8")):
        for part in quote.split("…"):
            part = part.strip(" ;,:")
            whole = rf"(?<!\w){re.escape(part)}(?!\w)"
            if len(part) >= SHORTEST_PART and not re.search(whole, literals):
                complaints.append(f'{HANDBOOK}: no program says "{part}" (of "{quote}")')
    return complaints


if __name__ == "__main__":
    sys.exit(conclude("quotes", check(pathlib.Path(sys.argv[1]))))
