"""Fails when a header of a room is not named in a CMakeLists.txt, and so would not be compiled
alone (target all_verify_interface_header_sets), is not the first that its own source includes, does
not start with #pragma once, or opens a namespace for whoever includes it.
usage: check_headers.py ROOT"""
import pathlib
import re
import sys

from house import code_files, conclude, without_comments


def names_of(root: pathlib.Path, folder: pathlib.PurePosixPath) -> set[str]:
    text = (root / folder / "CMakeLists.txt").read_text(encoding="utf-8")
    return set(text.replace("(", " ").replace(")", " ").split())


def first_included(source: pathlib.Path) -> str:
    found = re.search(r'^\s*#include\s+[<"]([^">]+)[">]', source.read_text(encoding="utf-8"),
                      re.MULTILINE)
    return found[1] if found else ""


def check(root: pathlib.Path) -> list[str]:
    complaints = []
    for path, text in code_files(root, "drivers", "cardprofiles", "pinmailer", "config", "station",
                                 "hwsim"):
        header = pathlib.PurePosixPath(path)
        if header.suffix != ".h":
            continue
        listings = [folder for folder in header.parents
                    if folder.as_posix() != "." and (root / folder / "CMakeLists.txt").is_file()]
        if not any(header.relative_to(folder).as_posix() in names_of(root, folder)
                   for folder in listings):
            complaints.append(f"{path}: is in no room's HEADERS")
        source = (root / header).with_suffix(".cpp")
        if source.is_file() and first_included(source) != path:
            complaints.append(f"{path}: is not what {source.name} includes first, and so nothing "
                              "shows that it compiles alone")
        if not text.startswith("#pragma once\n"):
            complaints.append(f"{path}: does not start with #pragma once")
        if re.search(r"^\s*using namespace", without_comments(text), re.MULTILINE):
            complaints.append(f"{path}: using namespace in a header reaches whoever includes it")
    return complaints


if __name__ == "__main__":
    sys.exit(conclude("headers", check(pathlib.Path(sys.argv[1]))))
