"""Fails when a file includes something above its floor, or something from outside that is another
room's business. usage: check_layers.py ROOT"""
import pathlib
import re
import sys

from house import (MAY_STAND_ON, ONLY_THESE_HEADERS, OUTSIDE, code_files, conclude, is_ours,
                   room_of)

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<][^">]+[">])', re.MULTILINE)


def complaint_about(room: str, include: str) -> str | None:
    """Why this room may not include this, or nothing."""
    if include.startswith("<"):
        for what, (pattern, rooms) in OUTSIDE.items():
            if re.match(pattern, include) and room not in rooms:
                return f"{room} may not include {what}; only {', '.join(sorted(rooms))} may"
        if is_ours(include[1:-1]):
            return "our own headers stand in quotes"
        return None
    target = include[1:-1]
    floor = room_of(target)
    if floor is None:
        return (f"{target} is in no room of the house" if is_ours(target)
                else "includes name the path from the root of the repository")
    if floor == room:
        return None
    if floor not in MAY_STAND_ON[room]:
        return f"{room} may not include {floor}"
    seen = ONLY_THESE_HEADERS.get((room, floor))
    if seen is not None and pathlib.PurePosixPath(target).name not in seen:
        return f"{room} may see only {', '.join(sorted(seen))} of {floor}"
    if floor == "drivers/cards" and target.count("/") > 2:
        return "one chip family is the registry's business; include the seam of drivers/cards"
    return None


def check(root: pathlib.Path) -> list[str]:
    complaints = []
    for path, text in code_files(root, "drivers", "cardprofiles", "pinmailer", "config", "station",
                                 "hwsim"):
        room = room_of(path)
        if room is None:
            complaints.append(f"{path}: is in no room of the house (tests/style/house.py)")
            continue
        for found in INCLUDE.finditer(text):
            reason = complaint_about(room, found[1])
            if reason:
                line = text.count("\n", 0, found.start(1)) + 1
                complaints.append(f"{path}:{line}: {reason}")
    return complaints


if __name__ == "__main__":
    sys.exit(conclude("layers", check(pathlib.Path(sys.argv[1]))))
