"""Fails when a secret is read somewhere nobody agreed to. The agreed places stand in
disclosures.txt, one `file reason count` a line; changing a line is a matter for a reviewer, who
asks: does this place really need to see the secret, and what becomes of the octets?

usage: check_disclosures.py ROOT [--write]   (--write makes the table say what the code does)"""
import collections
import pathlib
import re
import sys

from house import code_files, conclude, room_of, without_comments

TABLE = "tests/style/disclosures.txt"
HEADING = """\
# Where secrets are read: file, reason (drivers/base/secret.h), how often. Held against the code by
# check_disclosures.py. A change here is a change of who sees secrets: review it as one.
"""

# Reasons that belong to few rooms, whatever the table says.
ONLY_IN = {
    "ToSeal": {"pinmailer/seal"},
    "ToPaper": {"pinmailer/press", "pinmailer/press/printing"},
    "ToState": {"hwsim"},
    "ToTranscript": {"drivers/iso7816", "drivers/channel"},
}


def found_in(root: pathlib.Path) -> collections.Counter:
    found = collections.Counter()
    for path, text in code_files(root, "drivers", "cardprofiles", "pinmailer", "config", "station",
                                 "hwsim"):
        code = without_comments(text)
        reasons = re.findall(r"\bDisclosure::(\w+)", code)
        calls = len(re.findall(r"[.>]\s*disclose\s*\(", code))
        for reason in reasons:
            found[path, reason] += 1
        if calls > len(reasons):
            found[path, "WithoutReason"] += calls - len(reasons)
    return found


def agreed_in(table: pathlib.Path) -> collections.Counter:
    agreed = collections.Counter()
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            path, reason, count = line.split()
            agreed[path, reason] = int(count)
    return agreed


def check(root: pathlib.Path) -> list[str]:
    found, agreed = found_in(root), agreed_in(root / TABLE)
    complaints = []
    for path, reason in sorted(found.keys() | agreed.keys()):
        here, there = found[path, reason], agreed[path, reason]
        if here != there:
            complaints.append(f"{path}: {reason} {here} times, agreed {there}")
    for path, reason in sorted(found):
        if reason == "WithoutReason":
            complaints.append(f"{path}: disclose() without naming a Disclosure:: reason in place")
        if reason in ONLY_IN and room_of(path) not in ONLY_IN[reason]:
            complaints.append(f"{path}: {reason} belongs to {', '.join(sorted(ONLY_IN[reason]))}")
    return complaints


def write(root: pathlib.Path) -> None:
    lines = [f"{path} {reason} {count}\n" for (path, reason), count in sorted(found_in(root).items())]
    (root / TABLE).write_text(HEADING + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv[2:]:
        write(pathlib.Path(sys.argv[1]))
        sys.exit(0)
    sys.exit(conclude("disclosures", check(pathlib.Path(sys.argv[1]))))
