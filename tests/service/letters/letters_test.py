"""Every shipped letter as the program prints it, read back by pdftotext: its words, their places to
half a millimetre, what shows in the window and what stands in the code zone."""
import html
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "config" / "letters"
PROGRAM = pathlib.Path(os.environ["ZEGEL_PROGRAMS"]) / "zegel-pinmailer"
SVG = "{http://www.w3.org/2000/svg}"
OURS = "{urn:zegel:letter:1}"
MILLIMETRES = 25.4 / 72
NEAR = 0.5
NAMES = ("short", "long", "hostile")

# What a preview with short names says, by field; days as the language writes them.
SHORT = {
    "address": "Mevrouw A. de Vries\nStationsplein 12\n1234 AB  VOORBEELDSTAD",
    "certificate-name": "Burgerzaken balie", "organisation": "Gemeente Voorbeeldstad",
    "certificate-number": "ZG-2026-000012-44", "certificate-number-end": "12-44",
    "order": "2026-000123", "letter": "preview-0000", 
    "pin": "012 345", "puk": "0123 4567", "revocation": "ABCD EFGH JKMN",
    "pin-tries": "3", "puk-tries": "3", "loan-serial": "CR-2026-004711",
}
DAYS = {"nl": {"date": "21 november 2026", "receive-by": "2 januari 2027"},
        "en": {"date": "21 November 2026", "receive-by": "2 January 2027"}}
REASON = {"nl": "Het KvK-nummer hoort niet bij deze organisatie.",
          "en": "The KvK number does not belong to this organisation."}
CODES = {"012", "345", "0123", "4567", "ABCD", "EFGH", "JKMN"}


class Word:
    def __init__(self, place, text):
        self.left, self.top, self.right, self.bottom = (float(at) * MILLIMETRES for at in place)
        self.text = html.unescape(text)

    def baseline(self, share):
        return self.top + (self.bottom - self.top) * share

    def __repr__(self):
        return f"{self.text} at {self.left:.1f}..{self.right:.1f}, {self.top:.1f}..{self.bottom:.1f}"


class Template:
    """The SVG, read by nothing of ours."""

    def __init__(self, path, names):
        self.root = ElementTree.parse(path).getroot()
        self.kind = self.root.get(OURS + "kind")
        self.names = names
        self.texts, self.fields, self.zones = [], {}, {}
        self.walk(self.root)

    def holds(self, word):
        everything, token = self.names != "short", self.names == "hostile"
        loan = everything or self.kind == "loan-note"
        known = {"smart-card": not token, "usb-token": token, "puk": True, "no-puk": False,
                 "after-receipt": everything and not token, "after-dispatch": token,
                 "loan-reader": loan and not token, "loan-token": loan and token}
        if word in known:
            return known[word]
        return everything if word.startswith("with-") else not everything

    def walk(self, node):
        if not all(self.holds(word) for word in (node.get(OURS + "when") or "").split()):
            return
        if node.get(OURS + "zone"):
            self.zones[node.get(OURS + "zone")] = [
                float(node.get(name)) for name in ("x", "y", "width", "height")]
        elif node.get(OURS + "field"):
            self.fields[node.get(OURS + "field")] = node
        elif node.tag == SVG + "text":
            self.texts.append(node)
        for child in node:
            self.walk(child)


class Letters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.pages = {}
        for path in sorted(TEMPLATES.glob("*.svg")):
            for names in NAMES:
                cls.pages[path.stem, names] = cls.printed(path, names)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def printed(cls, path, names):
        name, language = path.stem.split(".")
        pdf = pathlib.Path(cls.folder.name) / f"{path.stem}.{names}.pdf"
        carrier = "usb-token" if names == "hostile" else "smart-card"
        subprocess.run([PROGRAM, "preview", "--templates", TEMPLATES, "--template", name,
                        "--language", language, "--names", names, "--carrier", carrier,
                        "--output", pdf], check=True, capture_output=True)
        boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True,
                               capture_output=True, text=True).stdout
        return [Word(found[:4], found[4]) for found in re.findall(
            r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>',
            boxes)]

    def hold_each(self, judge, kinds=NAMES):
        for (stem, names), words in self.pages.items():
            if names in kinds:
                with self.subTest(template=stem, names=names):
                    judge(stem, Template(TEMPLATES / f"{stem}.svg", names), words)

    def share_of(self, template, words):
        """How far down a word's box its baseline is: poppler's boxes are as high as the typeface
        says, which the fixed words tell."""
        shares = []
        for node in template.texts:
            for word in words:
                if word.text == node.text.split()[0] and abs(word.left - float(node.get("x"))) < 0.2:
                    share = (float(node.get("y")) - word.top) / (word.bottom - word.top)
                    if 0.5 < share < 1:
                        shares.append(share)
        self.assertGreater(len(shares), 5)
        return sorted(shares)[len(shares) // 2]

    def assert_stands(self, words, share, text, node, y):
        x, ends = float(node.get("x")), node.get("text-anchor") == "end"
        token = text.split()[-1 if ends else 0]
        near = [word for word in words if word.text == token and
                abs((word.right if ends else word.left) - x) <= NEAR and
                abs(word.baseline(share) - y) <= NEAR]
        self.assertTrue(near, f"{token!r} of {text!r} is not at {x},{y}; there is " +
                        repr([word for word in words if word.text == token]))

    def test_every_fixed_word_stands_where_the_template_says(self):
        def judge(_, template, words):
            share = self.share_of(template, words)
            for node in template.texts:
                self.assert_stands(words, share, node.text, node, float(node.get("y")))
        self.hold_each(judge)

    def test_every_field_says_what_it_should_where_it_should(self):
        def judge(stem, template, words):
            language = stem.split(".")[1]
            said = {**SHORT, **DAYS[language], "reason": REASON[language]}
            share = self.share_of(template, words)
            for name, node in template.fields.items():
                around = [node.get(OURS + which, "") for which in ("before", "after")]
                leading = float(node.get(OURS + "leading", 0))
                for at, line in enumerate((around[0] + said[name] + around[1]).split("\n")):
                    y = float(node.get("y")) + at * leading
                    self.assert_stands(words, share, line, node, y)
        self.hold_each(judge, {"short"})

    def test_every_word_is_there_and_none_of_another_letter(self):
        def judge(_, template, words):
            text = " ".join(word.text for word in words)
            for node in template.texts:
                for token in node.text.split():
                    self.assertIn(token, text)
            self.assertNotIn("USB" if template.names != "hostile" else "smartcard", text)
        self.hold_each(judge)

    def test_only_the_address_shows_in_the_window_and_stays_clear_of_its_edges(self):
        def judge(_, template, words):
            left, top, width, height = template.zones["window"]
            inside = [word for word in words if word.right > left and word.left < left + width and
                      word.baseline(0.8) > top and word.baseline(0.4) < top + height]
            self.assertGreater(len(inside), 8)
            for word in inside:
                self.assertGreaterEqual(word.left, left + 3 - NEAR, word)
                self.assertLessEqual(word.right, left + width - 3 + NEAR, word)
                self.assertLessEqual(word.baseline(0.8), top + height - 3 + NEAR, word)
        self.hold_each(judge)

    def test_codes_stand_in_the_code_zone_and_notes_have_none(self):
        def judge(_, template, words):
            found = [word for word in words if word.text in CODES]
            if "codes" not in template.zones:
                self.assertEqual(found, [])
                return
            self.assertEqual({word.text for word in found}, CODES)
            left, top, width, height = template.zones["codes"]
            for word in found:
                self.assertTrue(left <= word.left and word.right <= left + width and
                                top <= word.top and word.bottom <= top + height, word)
        self.hold_each(judge)

    def test_nothing_leaves_the_margins_and_nothing_covers_the_mark(self):
        def judge(_, template, words):
            left, top, width, height = template.zones["mark"]
            for word in words:
                self.assertTrue(20 <= word.left and word.right <= 190 + NEAR, word)
                covers = (word.right > left and word.left < left + width and
                          word.baseline(0.8) > top and word.baseline(0.4) < top + height)
                self.assertFalse(covers, word)
        self.hold_each(judge)


if __name__ == "__main__":
    unittest.main()
