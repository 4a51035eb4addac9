"""Truth 4 for the print room: codes are on the paper, and nowhere else. And whoever has everything of
the station cannot open one letter."""

import base64
import pathlib
import re
import resource
import subprocess
import unittest
import urllib.request
import zlib

from room_house import RoomTest
from secrecy_test import (ProcessList, REVOCATION, Wanted, codes_on_chip, content_of, expect_core,
                          take_core)
from station_house import wait_for

CAP_IPC_LOCK = 14  # capabilities(7), <linux/capability.h>
A_FILE_AT_MOST = 8192  # octets: enough for the journal, not for a page
SLICE = 24
MOST_SLICES = 400


def pieces_of(pdf):
    """Slices of what a PDF holds of its pages, packed as they lie in the file and unpacked: what is
    left of it anywhere would hold some of them."""
    slices = set()
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            plain = zlib.decompress(packed)
        except zlib.error:
            plain = b""
        if b"Tj" not in plain and b"TJ" not in plain:
            continue  # a typeface or a picture: the same on every letter
        for octets in (packed, plain):
            step = max(SLICE, len(octets) // MOST_SLICES)
            slices |= {octets[at:at + SLICE] for at in range(0, len(octets) - SLICE, step)}
    return slices


def codes_of(everything):
    """Of every letter that came out of a RoomHouse's printer."""
    wanted = Wanted()
    for number, sheet in enumerate(everything.printer.paper()):
        text = subprocess.run(["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True,
                              check=True).stdout
        code, = REVOCATION.findall(text)
        wanted.text(f"revocation code {number}", code.replace(" ", ""))
        order, right = everything.order_on(sheet)
        assert right
        pin, puk, _ = codes_on_chip(everything.house.chip_file(order["chipSerial"]))
        wanted.text(f"PIN {number}", pin)
        wanted.text(f"PUK {number}", puk)
    return wanted


class Codes(RoomTest):
    cards = 3
    long_pins = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process_list = ProcessList()
        cls.process_list.start()
        cls.all.confirm(cls.all.orders[:2])
        cls.room.before = ("prlimit", f"--fsize={A_FILE_AT_MOST}", "--")
        cls.room.pinmailer("print", "--limit", "1")
        cls.printer.mood("slow")
        process = cls.room.start("print")
        journal = cls.room.folder / "journal/letters.journal"
        wait_for(lambda: " sent " in journal.read_text().splitlines()[-1], "the second letter")
        cls.locked = dict(line.split(":", 1) for line in pathlib.Path(
            f"/proc/{process.pid}/status").read_text().splitlines())
        cls.core = cls.room.folder.parent / "core"
        cls.told = take_core(process.pid, cls.core)
        cls.printer.mood("well")
        process.wait(60)
        cls.status = process.returncode
        cls.seen = cls.process_list.close()
        cls.wanted = codes_of(cls.all)
        cls.take_like_a_thief()

    def test_both_letters_came_out_whole_though_no_file_could_take_a_page(self):
        """Not even one that was gone again at once."""
        for sheet in self.printer.paper():
            self.assertGreater(sheet.stat().st_size, A_FILE_AT_MOST)
        self.assertEqual([how for _, how in self.printer.sheets()], ["whole", "whole"])
        self.assertEqual(self.status, 0, self.room.said())

    def test_no_file_of_the_room_or_the_spool_holds_one(self):
        files = [file for folder in (self.room.folder, self.printer.folder / "spool")
                 for file in folder.rglob("*") if file.is_file()]
        self.assertIn("letters.journal", {file.name for file in files})
        self.assertEqual(list((self.printer.folder / "spool").glob("*.pdf")), [])
        for file in files:
            with self.subTest(file=str(file)):
                self.assertEqual(self.wanted.found_in(file.read_bytes()), [])
                self.assertFalse(file.read_bytes().startswith(b"%PDF"))

    def test_its_memory_holds_neither_codes_nor_a_piece_of_the_page_once_it_is_sent(self):
        expect_core(self, self.core, self.told)
        content = content_of(self.core)
        self.assertIn(str(self.room.folder / "journal").encode(), content)
        self.assertEqual(self.wanted.found_in(content), [])
        first, second = [pieces_of(sheet.read_bytes()) for sheet in self.printer.paper()]
        own = second - first  # what both letters share is on every letter
        self.assertGreater(len(own), 5)
        self.assertEqual([piece for piece in own if piece in content], [])

    def test_its_memory_is_never_swapped_out(self):
        """Where the machine lets it lock its memory; else it says that it may not."""
        octets = lambda name: int(self.locked[name].split()[0])  # noqa: E731
        may_lock = int(self.locked["CapEff"], 16) >> CAP_IPC_LOCK & 1
        unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == resource.RLIM_INFINITY
        if not may_lock and not unlimited and octets("VmLck") == 0:
            self.assertIn("careful: memory is not locked", self.room.said())
            self.skipTest("this machine does not let an ordinary user lock that much memory")
        self.assertNotIn("careful: ", self.room.said())
        self.assertGreater(octets("VmLck"), octets("VmRSS") // 2)
        self.assertEqual(octets("VmSwap"), 0)

    def test_the_process_list_told_none(self):
        self.assertIn(b"zegel-pinmailer", self.seen)
        self.assertEqual(self.wanted.found_in(self.seen), [])

    def test_titles_are_opaque(self):
        for letter, _ in self.printer.sheets():
            self.assertIn(letter, self.room.letters())


    # ---- the station's side: its database, logs, settings, and every key it has -------------------

    @classmethod
    def take_like_a_thief(cls):
        cls.all.confirm(cls.all.orders[2:])
        cls.letter, = cls.room.letters("released")
        cls.folder = cls.house.folder / "loot"
        cls.folder.mkdir()
        cls.file = cls.folder / f"{cls.letter}.letter"
        asked = urllib.request.Request(f"{cls.house.api_url}/v1/letters/{cls.letter}/take",
                                       b'{"id": "thief"}', {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20,
                                    context=cls.house.tls("print-room")) as answer:
            cls.file.write_bytes(answer.read())

    def envelope(self):
        """What stands inside the station's two signatures."""
        def inside(der):
            return subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER",
                                   "-certfile", self.house.folder / "seal/station.pem", "-noverify",
                                   "-purpose", "any"], input=der, capture_output=True,
                                  check=True).stdout
        text = inside(self.file.read_bytes()).decode()
        return inside(base64.b64decode(re.search(r"^sealed: (.+)$", text, re.M)[1]))

    def decrypts(self, *key):
        """Whether openssl opens the envelope with that key."""
        envelope = self.folder / "envelope.der"
        envelope.write_bytes(self.envelope())
        done = subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", envelope,
                               *map(str, key)],
                              env=dict(self.house.environment,
                                       PKCS11_MODULE_PATH="/usr/lib/softhsm/libsofthsm2.so"),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        return done.returncode == 0 or b"ZGLCODE" in done.stdout

    def test_no_key_of_the_stations_token_opens_one_letter(self):
        pin = (self.house.folder / "token.pin").read_text().strip()
        _, listed = self.house.run("pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so",
                                   "--token-label", "zegel", "--login", "--pin", pin,
                                   "--list-objects", "--type", "privkey")
        labels = re.findall(r"label: +(\S+)", listed)
        self.assertLessEqual({"registration", "seal"}, set(labels), listed)
        self.assertEqual([label for label in labels if self.decrypts(
            "-engine", "pkcs11", "-keyform", "engine", "-inkey",
            f"pkcs11:token=zegel;object={label};type=private;pin-value={pin}")], [])

    def files_of_the_station(self):
        """Everything it has, with a backup that is made now; not what others have: the print room, its
        printer, the chips, the holders of recipients' keys."""
        backup = self.folder / "ledger.backup"
        if not backup.exists():
            self.house.zegel("backup", backup)
        others = {self.house.folder / name for name in ("room", "printer", "print-room", "bench",
                                                        "core")}
        return [file for file in self.house.folder.rglob("*")
                if file.is_file() and not others & {file, *file.parents}]

    def test_no_key_in_a_file_of_the_stations_opens_one_letter(self):
        keys = [file for file in self.files_of_the_station()
                if b"PRIVATE KEY-----" in file.read_bytes()]
        self.assertIn(self.house.folder / "api/server.key", keys)
        self.assertEqual([key for key in keys if self.decrypts("-inkey", key)], [])

    def test_no_file_of_the_stations_holds_a_code(self):
        pin, puk, _ = codes_on_chip(self.house.chip_file(self.all.orders[2]["chipSerial"]))
        self.wanted.text("PIN of the letter that was taken", pin)
        self.wanted.text("PUK of the letter that was taken", puk)
        files = self.files_of_the_station()
        self.assertLessEqual({"station.sqlite", "station.log", "ledger.backup", self.file.name},
                             {file.name for file in files})
        for file in files:
            self.assertEqual(self.wanted.found_in(file.read_bytes()), [], file)

    def test_not_even_by_the_print_rooms_own_program(self):
        certificates = [str(file) for file in sorted(self.house.folder.rglob("*.pem"))
                        if self.room.folder not in file.parents and b"BEGIN CERT" in file.read_bytes()]
        settings = (self.room.folder / "print-room.toml").read_text()
        settings = re.sub(r"label = .*\npin_file = .*",
                          f'label = "zegel"\npin_file = "{self.house.folder}/token.pin"\n'
                          f"certificates = {certificates}".replace("'", '"'), settings)
        file = self.room.folder / "thief.toml"
        file.write_text(settings)
        done = subprocess.run([str(self.house.programs / "zegel-pinmailer"), "print", "--settings",
                               str(file)],
                              env=dict(self.house.environment), capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("holds no private key whose certificate letters are sealed to", done.stderr)

    def test_the_room_itself_opens_it(self):
        """Else the others would prove nothing."""
        password = self.house.folder / "print-room/print-room.password"
        key = self.folder.parent / "print-room/opens.key"
        self.house.run("openssl", "pkcs12", "-in", self.house.folder / "print-room/print-room.p12",
                       "-passin", f"file:{password}", "-nocerts", "-noenc", "-out", key)
        self.assertTrue(self.decrypts("-inkey", key))
        output = self.folder / "out"
        output.mkdir()
        status, said = self.house.render(self.file, output)
        self.assertEqual(status, 0, said)
        self.assertEqual(len(list(output.glob("*.pdf"))), 1)


if __name__ == "__main__":
    unittest.main()
