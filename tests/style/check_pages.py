"""Fails when a page is missing, too long or out of step: a README for every folder with code, a
heading in the operator's handbook for every fault, links and names of pages that exist.
usage: check_pages.py ROOT"""
import pathlib
import re
import sys

from house import code_files, conclude

LONGEST_README = 60
HANDBOOK = "station/HANDBOOK.md"
NAMES_OF_FAULTS = "drivers/base/failure.cpp"
FAULTS = "drivers/base/failure.h"
PARTS_OF_AN_ENTRY = ("**You see**", "**Why**", "**What to do**")


def folders_without_readme(root: pathlib.Path) -> list[str]:
    folders = {pathlib.PurePosixPath(path).parent.as_posix()
               for path, _ in code_files(root, "drivers", "cardprofiles", "pinmailer", "config",
                                         "station", "hwsim")}
    folders |= {parent.as_posix() for folder in folders
                for parent in pathlib.PurePosixPath(folder).parents if parent.as_posix() != "."}
    folders |= {folder for folder in ("tests", "tests/style") if (root / folder).is_dir()}
    return [f"{folder}: has no README.md" for folder in sorted(folders)
            if not (root / folder / "README.md").is_file()]


def pages(root: pathlib.Path):
    for path in sorted(root.rglob("*.md")):
        inside = path.relative_to(root)
        if inside.parts[0] not in {"build", ".git", ".cache"}:
            yield inside.as_posix(), path.read_text(encoding="utf-8")


def long_readmes(root: pathlib.Path) -> list[str]:
    return [f"{path}: {text.count(chr(10))} lines; a README of a folder is a page "
            f"({LONGEST_README} lines)" for path, text in pages(root)
            if path.endswith("/README.md") and text.count("\n") > LONGEST_README]


def broken_links(root: pathlib.Path) -> list[str]:
    complaints = []
    for path, text in pages(root):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" not in target and not (root / path).parent.joinpath(target).exists():
                complaints.append(f"{path}: links to {target}, which is not there")
    return complaints


def pages_that_do_not_exist(root: pathlib.Path) -> list[str]:
    """Words like NAME.md in code and pages, when the repository has no page of that name."""
    names = {pathlib.PurePosixPath(path).name for path, _ in pages(root)}
    texts = list(code_files(root)) + list(pages(root))
    return [f"{path}: speaks of {name}, which is not in the repository"
            for path, text in texts
            for name in sorted(set(re.findall(r"\b([\w-]+\.md)\b", text)) - names)]


def handbook(root: pathlib.Path) -> list[str]:
    names = dict(re.findall(r"case Fault::(\w+): return \"([a-z-]+)\"",
                            (root / NAMES_OF_FAULTS).read_text(encoding="utf-8")))
    listed = re.search(r"enum class Fault \{(.*?)\};",
                       (root / FAULTS).read_text(encoding="utf-8"), re.DOTALL)
    members = re.findall(r"^\s*(\w+),", listed[1], re.MULTILINE) if listed else []
    complaints = [f"{NAMES_OF_FAULTS}: Fault::{member} has no name" for member in members
                  if member not in names]
    if not members:
        complaints.append(f"{FAULTS}: enum class Fault was not found")
    page = root / HANDBOOK
    entries = {}
    if page.is_file():
        for entry in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            heading, _, body = entry.partition("\n")
            if re.fullmatch(r"[a-z]+(-[a-z]+)*", heading.strip()):
                entries[heading.strip()] = body
    for name in sorted(set(names.values()) - entries.keys()):
        complaints.append(f"{HANDBOOK}: has no heading '## {name}'")
    for name in sorted(entries.keys() - set(names.values())):
        complaints.append(f"{HANDBOOK}: '## {name}' is no fault")
    for name, body in entries.items():
        for part in PARTS_OF_AN_ENTRY:
            if part not in body:
                complaints.append(f"{HANDBOOK}: '{name}' does not say {part}")
    return complaints


def check(root: pathlib.Path) -> list[str]:
    return (folders_without_readme(root) + long_readmes(root) + broken_links(root) +
            pages_that_do_not_exist(root) + handbook(root))


if __name__ == "__main__":
    sys.exit(conclude("pages", check(pathlib.Path(sys.argv[1]))))
