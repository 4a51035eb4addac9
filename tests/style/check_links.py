"""Fails when a target links, directly or by way of others, what its room may not stand on.
usage: check_links.py LINKS (links.txt, written by CMake: name type folder link…)"""
import pathlib
import re
import sys

from house import MAY_STAND_ON, OUTSIDE_LINKS, conclude, room_of

# What must never be reached, however many links lie between.
NEVER_REACHED = {
    "station": {"pinmailer/press", "hwsim"},
    "pinmailer/press": {"station", "hwsim", "cardprofiles"},
    "hwsim": {"drivers/cards", "drivers/securechannel", "drivers/pkcs11", "drivers/reader/pcsc",
              "pinmailer", "station"},
    "drivers": {"station", "pinmailer", "cardprofiles", "config", "hwsim"},
}


def read(links: pathlib.Path) -> dict[str, tuple[str, list[str]]]:
    targets = {}
    for line in links.read_text(encoding="utf-8").splitlines():
        name, _, folder, *linked = line.split()
        targets[name] = (folder, linked)
    return targets


def closure(targets, name: str) -> set[str]:
    reached, ahead = set(), [name]
    while ahead:
        for link in targets.get(ahead.pop(), ("", []))[1]:
            link = re.sub(r"\$<LINK_ONLY:(.*)>", r"\1", link)
            if link not in reached:
                reached.add(link)
                ahead.append(link)
    return reached


def within(folder: str, place: str) -> bool:
    return folder == place or folder.startswith(place + "/")


def check(links: pathlib.Path) -> list[str]:
    targets = read(links)
    complaints = []
    for name, (folder, linked) in targets.items():
        room = room_of(folder)
        if room is None:
            continue
        for link in linked:
            floor = room_of(targets[link][0]) if link in targets else None
            if floor and floor != room and floor not in MAY_STAND_ON[room]:
                complaints.append(f"{name} ({room}) may not link {link} ({floor})")
            for what, (pattern, rooms) in OUTSIDE_LINKS.items():
                if re.search(pattern, link) and room not in rooms:
                    complaints.append(f"{name} ({room}) may not link {link}: {what} is the "
                                      f"business of {', '.join(sorted(rooms))}")
        for place, forbidden in NEVER_REACHED.items():
            if not within(folder, place):
                continue
            for other in sorted(closure(targets, name)):
                home = targets.get(other, ("", []))[0]
                for bad in forbidden:
                    if home and within(home, bad):
                        complaints.append(f"{name} ({folder}) reaches {other} ({home}), which "
                                          f"{place} must never")
    return complaints


if __name__ == "__main__":
    sys.exit(conclude("links", check(pathlib.Path(sys.argv[1]))))
