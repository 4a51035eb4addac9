#!/usr/bin/env python3
"""The names of all tests, as CTest will know them, read from the sources: before anything is built.

usage: test_names.py [--targets] TESTS    (TESTS: the folder; --targets: only what comes before the
first dot)"""
import pathlib
import re
import sys


def arguments(text: str, call: str) -> list[list[str]]:
    """The words of every such call in a CMakeLists.txt."""
    return [body.split() for body in re.findall(rf"^\s*{call}\(([^)]*)\)", text, re.MULTILINE)]


def google_tests(target: str, source: str) -> list[str]:
    kinds = re.findall(r"^\s*(TEST|TEST_F|TEST_P)\(\s*(\w+),\s*(\w+)\)", source, re.MULTILINE)
    found = [f"{target}.{suite}.{name}" for kind, suite, name in kinds if kind != "TEST_P"]
    for instance, suite in re.findall(r"INSTANTIATE_TEST_SUITE_P\(\s*(\w+),\s*(\w+)", source):
        found += [f"{target}.{instance}/{suite}.{name}/0" for kind, of, name in kinds
                  if kind == "TEST_P" and of == suite]
    return found


def python_tests(text: str, folder: pathlib.Path) -> list[str]:
    """add_test(NAME prefix_${judge} …) for each judge, MODULE.CLASS, that stands in the file."""
    prefixes = re.findall(r"add_test\(NAME (\w*)\$\{judge\}", text)
    judges = [judge for judge in re.findall(r"\b[a-z_]+_test(?:\.[A-Z]\w+|(?=[ )]))", text)
              if (folder / (judge.split(".")[0] + ".py")).is_file()]
    return [prefix + judge for prefix in prefixes for judge in judges]


def names_in(listing: pathlib.Path) -> list[str]:
    text = listing.read_text(encoding="utf-8")
    found = python_tests(text, listing.parent)
    for words in arguments(text, "zegel_tests"):
        for word in words:
            if word.endswith(".cpp"):
                found += google_tests(words[1], (listing.parent / word).read_text(encoding="utf-8"))
    found += [words[1] for words in arguments(text, "zegel_fuzz")]
    found += [f"style.{words[0]}" for words in arguments(text, "zegel_style") if "$" not in words[0]]
    for words in arguments(text, "foreach"):
        found += [f"style.{word}" for word in words[1:]] if words[0] == "check" else []
    return found + re.findall(r"add_test\(NAME ([\w.-]+)\s", text)


def main() -> int:
    names = [name for listing in sorted(pathlib.Path(sys.argv[-1]).rglob("CMakeLists.txt"))
             for name in names_in(listing)]
    if "--targets" in sys.argv:
        names = [re.sub(r"_\w+_test\.", ".", name).split(".")[0] for name in names]
    print("\n".join(sorted(set(names))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
