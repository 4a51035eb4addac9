"""Fails on names that say nothing, and on words that only one machine understands.
usage: check_words.py ROOT"""
import pathlib
import re
import sys

from house import code_files, conclude, without_comments

# In what we declare: types, namespaces, files and folders. A certificate manager is a person.
EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "processor", "data", "info", "misc",
               "common", "stuff", "base_class", "impl"}
# The standards' own words: ISO/IEC 7816-4 calls what a card stores a data object.
ALLOWED = {"certificatemanager", "certificate_manager", "dataobject", "data_object", "data_objects"}
DECLARED = re.compile(r"\b(?:class|struct|enum(?:\s+class)?|namespace|concept|using)\s+"
                      r"(?:\[\[\w+\]\]\s*)?(\w+(?:::\w+)*)(?=\s*(?:[:{=]|final\b))")

# In every text of the repository.
FOREIGN_WORDS = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|Users|work|mnt)/\w+"),
    "a package host": re.compile(r"\b(?:deb|ftp|security|snapshot)\.debian\.org|registry\.npmjs|"
                                 r"\bpypi\.org"),
    "a note to oneself": re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b"),
}
TEXTS = {".h", ".cpp", ".py", ".md", ".txt", ".cmake", ".toml", ".json", ".svg", ".sh", ".yml", ""}
NOT_OURS = {".git", "build", ".cache", "__pycache__", "LICENSE"}
THE_WORDS_THEMSELVES = {"tests/style/check_words.py", "tests/style/test_words.py"}


def words_of(name: str) -> list[str]:
    """The words of CamelCase, camelCase or snake_case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def says_nothing(name: str) -> str | None:
    if name.lower() in ALLOWED:
        return None
    return next((word for word in words_of(name) if word in EMPTY_WORDS), None)


def texts(root: pathlib.Path):
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and path.suffix in TEXTS and not NOT_OURS & set(inside.parts):
            yield inside.as_posix(), path


def check(root: pathlib.Path) -> list[str]:
    complaints = []
    folders = set()
    for path, text in code_files(root):
        for part in pathlib.PurePosixPath(path).with_suffix("").parts:
            word = says_nothing(part)
            if word and (part, path) not in folders:
                folders.add((part, path))
                complaints.append(f"{path}: '{word}' in a file or folder name says nothing")
        code = without_comments(text)
        for found in DECLARED.finditer(code):
            word = says_nothing(found[1])
            if word:
                line = code.count("\n", 0, found.start()) + 1
                complaints.append(f"{path}:{line}: '{word}' in {found[1]} says nothing; name what "
                                  "it is on the shop floor or in the standard")
    for path, file in texts(root):
        if path in THE_WORDS_THEMSELVES:
            continue
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            for what, pattern in FOREIGN_WORDS.items():
                if pattern.search(line):
                    complaints.append(f"{path}:{number}: {what}")
    return complaints


if __name__ == "__main__":
    sys.exit(conclude("words", check(pathlib.Path(sys.argv[1]))))
