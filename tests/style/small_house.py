"""A small house for a test of the checks, with what the test plants in it."""
import pathlib
import tempfile
import unittest

HEADER = "#pragma once\n"


class House(unittest.TestCase):
    """A temporary tree with files written by the test."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def put(self, path, text=""):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def assertComplains(self, complaints, *words):
        self.assertTrue(any(all(word in line for word in words) for line in complaints),
                        f"{words} not in {complaints}")
