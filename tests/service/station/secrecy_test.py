"""No code and no card key is ever found where it does not belong: in nothing the station wrote, in
no process list, and not in its memory, from which a core dump is taken while it runs.

The secrets are read where they may be: in the simulated chips' state files and on the printed
letters. The search is first proved on secrets that were planted."""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

from station_house import CARD_READER, SOURCE, StationHouse, batch_of, wait_for

PAGE = 4096
REVOCATION = re.compile(r"  ([A-HJKMNP-Z2-9]{4}(?: [A-HJKMNP-Z2-9]{4}){2})$", re.M)


# ---- what is looked for --------------------------------------------------------------------------

def grouped(text, size, mark):
    return mark.join(text[at:at + size] for at in range(0, len(text), size))


def forms_of_text(text):
    """A code as it might have been written anywhere: {form: octets}."""
    spellings = {"plain": text}
    for size in (2, 3, 4):
        for name, mark in (("spaces", " "), ("hyphens", "-")):
            spellings[f"{name} each {size}"] = grouped(text, size, mark)
    if text.lower() != text:
        spellings["lower case"] = text.lower()
    forms = {name: spelling.encode() for name, spelling in spellings.items()}
    forms["UTF-16LE"] = text.encode("utf-16-le")
    forms["UTF-16BE"] = text.encode("utf-16-be")
    forms["UTF-32LE"] = text.encode("utf-32-le")
    forms["digit values"] = bytes(int(c) for c in text) if text.isdigit() else b""
    forms.update(forms_of_octets(text.encode(), raw=False))
    return {name: octets for name, octets in forms.items() if octets}


def forms_of_octets(octets, raw=True):
    """A key as it might be kept or written anywhere: {form: octets}."""
    forms = {"hex": octets.hex().encode(), "HEX": octets.hex().upper().encode(),
             "hex with spaces": octets.hex(" ").encode(),
             "HEX with spaces": octets.hex(" ").upper().encode(),
             "hex with colons": octets.hex(":").encode()}
    if raw:
        forms["octets"] = octets
        forms["octets, last first"] = octets[::-1]  # as big numbers lie in memory
        words = octets + bytes(-len(octets) % 4)
        forms["octets, words swapped"] = b"".join(words[at:at + 4][::-1]
                                                  for at in range(0, len(words), 4))
    for shift in range(3):
        # the symbols of base64 that hang on it alone, wherever in a longer text it starts
        coded = base64.b64encode(bytes(shift) + octets + bytes(3))
        forms[f"base64 at {shift}"] = coded[-(-shift * 8 // 6):(shift + len(octets)) * 8 // 6]
    return forms


class Wanted:
    """Secrets by name, each in all its forms."""

    def __init__(self):
        self.needles = {}

    def text(self, name, text):
        self._add(name, forms_of_text(text))

    def octets(self, name, octets):
        self._add(name, forms_of_octets(octets))

    def _add(self, name, forms):
        for form, octets in forms.items():
            assert len(octets) >= 8, (name, form)
            self.needles.setdefault(octets, f"{name} as {form}")

    def found_in(self, content):
        return [name for octets, name in self.needles.items() if octets in content]


def content_of(file):
    """The file, runs of empty pages shortened to one: a core is mostly those."""
    kept, empty, was_empty = [], bytes(PAGE), False
    with open(file, "rb") as source:
        while page := source.read(PAGE):
            is_empty = page == empty
            if not (is_empty and was_empty):
                kept.append(page)
            was_empty = is_empty
    return b"".join(kept)


# ---- where secrets may be read -------------------------------------------------------------------

def private_numbers(der, folder):
    """The secret numbers of a private key, each as the octets of a big number."""
    file = folder / "key.der"
    file.write_bytes(der)
    text = subprocess.run(["openssl", "pkey", "-inform", "der", "-in", file, "-noout", "-text"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    file.unlink()
    secret = {"priv", "privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient"}
    numbers = {}
    for name, digits in re.findall(r"^(\w+):\n((?:    [0-9a-f:]+\n)+)", text, re.M):
        if name in secret:
            numbers[name] = bytes.fromhex(re.sub(r"[:\s]", "", digits)).lstrip(b"\0")
    assert numbers, text
    return numbers


def codes_on_chip(file):
    facts = {line.split()[0]: line.split() for line in file.read_text().splitlines()}
    code = lambda name: bytes.fromhex(facts[name][1]).rstrip(b"\xff").decode()  # noqa: E731
    return code("pin"), code("puk"), bytes.fromhex(facts["management"][2])


def secrets_of_chip(wanted, file, folder):
    pin, puk, management = codes_on_chip(file)
    chip = file.stem
    wanted.text(f"PIN of {chip}", pin)
    wanted.text(f"PUK of {chip}", puk)
    wanted.octets(f"management key of {chip}", management)
    for line in file.read_text().splitlines():
        words = line.split()
        if words[0] != "key" or words[1].lower() == "f9":  # the maker's key of every simulated chip
            continue
        for name, number in private_numbers(bytes.fromhex(words[-1]), folder).items():
            wanted.octets(f"{name} of key {words[1]}, {words[3]}, of {chip}", number)


def take_core(process, file):
    """Every page of a process, those it wants left out of dumps too."""
    return subprocess.run(
        ["gdb", "--batch", "--nx", "-p", str(process), "-iex", "set debuginfod enabled off",
         "-iex", "set auto-solib-add off", "-ex", "set use-coredump-filter off",
         "-ex", "set dump-excluded-mappings on", "-ex", f"generate-core-file {file}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=300).stdout


def expect_core(test, core, told):
    """What take_core made. Of a guarded process only root gets one: whoever else is refused, which is
    as it should be, and its memory cannot be searched."""
    if os.geteuid() != 0 and not core.exists():
        test.assertIn("ptrace: Operation not permitted", told)
        test.skipTest("nobody but root may look into the memory of this process; run it as root")
    test.assertTrue(core.exists(), told)


class ProcessList(threading.Thread):
    """Collects what the system tells everybody about running processes, until it is closed."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = set()
        self.rounds = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        self.seen.add((process / name).read_bytes())
                    except OSError:
                        continue
            self.rounds += 1
            self.over.wait(0.05)

    def close(self):
        self.over.set()
        self.join()
        return b"\n".join(self.seen)


# ---- the search finds what is there --------------------------------------------------------------

PLANT = """
import ctypes, sys
ctypes.CDLL(None).prctl(4, 0)  # PR_SET_DUMPABLE, as the station does
kept = sys.stdin.buffer.read()
print("planted", flush=True)
import signal; signal.pause()
"""


class Search(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zf-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.wanted = Wanted()
        self.wanted.text("PIN", "40719536")
        self.wanted.text("revocation code", "ACDEFGH23479")
        self.wanted.octets("management key", bytes.fromhex("8d1f77a2c9e05b3366f0d41298ab37ce"
                                                           "d05e4419fa23b688"))
        self.wanted.octets("scalar", bytes(range(101, 133)))
        # Each form between other octets, no two pages alike.
        self.planted = b"".join(bytes([at % 251 + 1]) * 97 + needle
                                for at, needle in enumerate(self.wanted.needles))

    def test_finds_every_form_in_a_file(self):
        file = self.folder / "planted"
        file.write_bytes(bytes(3 * PAGE + 17) + self.planted + bytes(5 * PAGE))
        self.assertCountEqual(self.wanted.found_in(content_of(file)), self.wanted.needles.values())

    def test_finds_nothing_where_nothing_is(self):
        file = self.folder / "clean"
        file.write_bytes(bytes(3 * PAGE) + bytes(range(100)) * 640)
        self.assertEqual(self.wanted.found_in(content_of(file)), [])

    def test_finds_base64_wherever_it_starts(self):
        for before in range(3):
            text = base64.b64encode(b"x" * before + bytes(range(101, 133)) + b"yyyy")
            self.assertEqual(len(self.wanted.found_in(text)), 1, before)

    def test_finds_every_form_in_the_memory_of_a_process(self):
        process = subprocess.Popen([sys.executable, "-c", PLANT], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdin.write(self.planted)
        process.stdin.close()
        self.assertEqual(process.stdout.readline(), b"planted\n")
        core = self.folder / "core"
        told = take_core(process.pid, core)
        expect_core(self, core, told)
        self.assertCountEqual(self.wanted.found_in(content_of(core)), self.wanted.needles.values())

    def test_finds_a_code_in_the_process_list(self):
        watched = ProcessList()
        watched.start()
        process = subprocess.Popen(["sleep", "600"], env={"PIN": "40719536"})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        before = watched.rounds
        wait_for(lambda: watched.rounds >= before + 2, "a whole look at all processes", 60)
        self.assertIn("PIN as plain", self.wanted.found_in(watched.close()))


# ---- the station -----------------------------------------------------------------------------------

# The simulated chips themselves, the PINs of the token in files for the station alone, and the
# station's memory, which a test of its own looks through.
MAY_HOLD_SECRETS = {"bench", "token.pin", "token.pin.security-officer", "core",
                    "readers-core"}


def with_long_pins(profile):
    """By chance, six digits stand somewhere in any heap of files; eight hardly ever do."""
    return profile.replace("digits = 6", "digits = 8")


class Station(unittest.TestCase):
    """The demo's batch, and one card whose keys are RSA, told with everything the station tells."""

    @classmethod
    def setUpClass(cls):
        cls.house = house = StationHouse()
        cls.addClassCleanup(house.close)
        house.make(verbosity="everything", transcripts=True, profile_change=with_long_pins)
        house.start_authority()
        house.start_bench(cards=4, tokens=2)
        watched = ProcessList()
        watched.start()
        house.start_station()
        house.send_batch((SOURCE / "config/examples/batch.json").read_bytes())
        cls.rsa = json.loads(batch_of("rsa-0001", 1, profile="group-card-rsa2048"))
        house.send_batch(json.dumps(cls.rsa).encode(), "rsa.json")
        cls.orders = house.await_batch("demo-0001")["orders"] + house.await_batch("rsa-0001")["orders"]
        cls.made = [order for order in cls.orders if order["state"] == "produced"]
        for order in cls.made[:2]:
            accepted, words = house.receipt(order["certificateName"], order["certificateNumber"], "me")
            assert accepted, words
        house.receipt("TRIAL Another Team", cls.made[2]["certificateNumber"], "me")
        cls.process_list = watched.close()
        cls.core = house.folder / "core"
        cls.told = take_core(house.station.pid, cls.core)
        cls.readers_core = house.folder / "readers-core"
        cls.told += take_core(house.reader_processes()[0], cls.readers_core)
        cls.written = house.folder / "written"
        cls.written.mkdir()
        for found in sorted(house.folder.iterdir()):
            if found.name in MAY_HOLD_SECRETS or found == cls.written:
                continue
            copy = shutil.copytree if found.is_dir() else shutil.copy
            copy(found, cls.written / found.name)
        cls.wanted = cls.all_secrets()

    @classmethod
    def all_secrets(cls):
        """Read when everything is over; for the codes of held letters, they are released now."""
        house, wanted = cls.house, Wanted()
        for order in cls.made[2:]:
            house.receipt(order["certificateName"], order["certificateNumber"], "me")
        house.print_letters(house.folder / "pdf")
        cls.letters = []
        for pdf in sorted((house.folder / "pdf").glob("*.pdf")):
            cls.letters.append(house.run("pdftotext", "-layout", pdf, "-")[1])
        for number, letter in enumerate(cls.letters):
            codes = REVOCATION.findall(letter)
            assert len(codes) == 1, f"no revocation code in:\n{letter}"
            wanted.text(f"revocation code {number}", codes[0].replace(" ", ""))
        for order in cls.made:
            secrets_of_chip(wanted, house.chip_file(order["chipSerial"]), house.folder)
        for name in ("token.pin", "token.pin.security-officer"):
            wanted.text(f"the PIN in {name}", (house.folder / name).read_text().strip())
        return wanted

    def test_the_letters_and_the_chips_agree_on_the_secrets(self):
        """Otherwise the search would be for something else."""
        self.assertEqual(len(self.made), 6)
        self.assertEqual(len(self.letters), 6)
        words = [re.sub(r"[ -]", "", letter) for letter in self.letters]
        for order in self.made:
            pin, puk, _ = codes_on_chip(self.house.chip_file(order["chipSerial"]))
            self.assertEqual(len(pin), 8)
            self.assertEqual(sum(pin in text and puk in text for text in words), 1, order["order"])

    def test_no_file_of_the_house_holds_one(self):
        files = [file for file in self.written.rglob("*") if file.is_file()]
        names = {file.relative_to(self.written).parts[0] for file in files}
        self.assertLessEqual({"ledger", "log", "reports", "letters", "escrow", "inbox", "tokens",
                              "authority", "station.toml"}, names)
        self.assertTrue(any(file.suffix == ".transcript" for file in files))
        for file in files:
            with self.subTest(file=str(file.relative_to(self.written))):
                self.assertEqual(self.wanted.found_in(file.read_bytes()), [])

    def test_its_memory_holds_none_after_the_batch(self):
        expect_core(self, self.core, self.told)
        content = content_of(self.core)
        # The core is the station's and whole: what it does remember is in it.
        self.assertIn(self.made[0]["certificateNumber"].encode(), content)
        self.assertIn(str(self.house.folder / "station.toml").encode(), content)
        self.assertEqual(self.wanted.found_in(content), [])

    def test_the_memory_of_the_process_at_its_readers_holds_none(self):
        """Every command to a chip went through it."""
        expect_core(self, self.readers_core, self.told)
        content = content_of(self.readers_core)
        self.assertIn(CARD_READER.encode(), content)
        self.assertEqual(self.wanted.found_in(content), [])

    def test_the_process_list_told_none(self):
        self.assertIn(b"zegel-station", self.process_list)
        self.assertEqual(self.wanted.found_in(self.process_list), [])

    def test_codes_differ_from_card_to_card(self):
        """A search for six times the same code would prove little."""
        chips = [self.house.chip_file(order["chipSerial"]) for order in self.made]
        codes = [code for chip in chips for code in codes_on_chip(chip)]
        self.assertEqual(len(set(codes)), len(codes))


if __name__ == "__main__":
    unittest.main()
