#!/usr/bin/env python3
"""Runs clang-tidy on sources, several at a time, and skips those that were clean before and have
not changed since: neither the source, nor a header it includes, nor the rules.

usage: tidy.py BUILD FILE…    (BUILD: a build folder of Ninja with compile_commands.json)"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys


def dependencies(build: pathlib.Path) -> dict[str, list[str]]:
    """Every object with the files it was made from, as Ninja noted them."""
    told = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True,
                          check=True).stdout
    found, current = {}, []
    for line in told.splitlines():
        if line.startswith("    "):
            current.append(line.strip())
        elif ": #deps" in line:
            current = found.setdefault(line.split(":")[0], [])
    return found


def fingerprint(source: pathlib.Path, build: pathlib.Path, command: dict,
                made_from: dict[str, list[str]]) -> str | None:
    """Changes when the verdict may change; nothing when the source was not built yet."""
    object_file = re.search(r" -o (\S+) ", command["command"])
    files = made_from.get(object_file[1]) if object_file else None
    if not files:
        return None
    root = pathlib.Path.cwd()
    mark = hashlib.sha256((root / ".clang-tidy").read_bytes() + command["command"].encode())
    for name in sorted({str(source), *files}):
        path = (build / name).resolve() if not os.path.isabs(name) else pathlib.Path(name)
        if path.is_relative_to(root):
            mark.update(path.read_bytes())
    return mark.hexdigest()


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve()
    commands = {entry["file"]: entry for entry in
                json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))}
    made_from = dependencies(build)
    clean = build / "tidy"
    clean.mkdir(exist_ok=True)

    def judge(name: str) -> tuple[str, str]:
        source = pathlib.Path(name).resolve()
        command = commands.get(str(source))
        if command is None:
            return name, ""  # built by another preset only
        mark = fingerprint(source, build, command, made_from)
        if mark and (clean / mark).exists():
            return name, ""
        run = subprocess.run(["clang-tidy", "--quiet", "-p", build, source], capture_output=True,
                             text=True, check=False)
        if run.returncode == 0 and mark:
            (clean / mark).touch()
        return name, run.stdout if run.returncode else ""

    failed = 0
    names = sys.argv[2:]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as several:
        for count, (name, words) in enumerate(several.map(judge, names), 1):
            if words:
                failed += 1
                print(words, end="", flush=True)
            if count % 25 == 0:
                print(f"  {count} of {len(names)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
