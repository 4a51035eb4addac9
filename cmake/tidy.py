#!/usr/bin/env python3
"""Runs clang-tidy on sources, several at a time, and skips those that were clean before and have
not changed since: neither the source, nor a header it includes, nor the rules.

usage: tidy.py BUILD FILE…    (BUILD: a build folder of Ninja with compile_commands.json)

A header is analysed through a source that includes it: the one beside it, when there is one."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

SECONDS_BETWEEN_WORDS = 20


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


def through_sources(names: list[str], build: pathlib.Path, commands: dict,
                    made_from: dict[str, list[str]]) -> list[str]:
    """The names, with a source in place of every header."""
    root = pathlib.Path.cwd()
    includers: dict[pathlib.Path, list[pathlib.Path]] = {}
    for source, command in commands.items():
        object_file = re.search(r" -o (\S+) ", command["command"])
        for name in made_from.get(object_file[1], []) if object_file else []:
            if not os.path.isabs(name) or name.startswith(str(root)):
                includers.setdefault((build / name).resolve(), []).append(pathlib.Path(source))
    wanted = dict.fromkeys(name for name in names if not name.endswith(".h"))
    for name in names:
        if not name.endswith(".h"):
            continue
        header = pathlib.Path(name).resolve()
        among = includers.get(header, [])
        if not among:
            print(f"  {name}: no source that is built includes it", flush=True)
            continue
        best = min(among, key=lambda source: (source.with_suffix("") != header.with_suffix(""),
                                              source.parent != header.parent, str(source)))
        wanted[str(best.relative_to(root))] = None
    return list(wanted)


def complaint(name: str, run: subprocess.CompletedProcess) -> str:
    """What clang-tidy found; when it found nothing and did not get to its end, how it ended."""
    if run.stdout and run.returncode > 0:
        return run.stdout
    how = (f"was ended by {signal.Signals(-run.returncode).name}" if run.returncode < 0
           else f"ended with {run.returncode}")
    return f"{run.stdout}{name}: clang-tidy {how}\n{run.stderr}"


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
        return name, complaint(name, run) if run.returncode else ""

    failed = 0
    names = through_sources(sys.argv[2:], build, commands, made_from)
    spoke = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as several:
        for count, (name, words) in enumerate(several.map(judge, names), 1):
            if words:
                failed += 1
                print(words, end="", flush=True)
            if time.monotonic() - spoke > SECONDS_BETWEEN_WORDS:
                spoke = time.monotonic()
                print(f"  {count} of {len(names)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
