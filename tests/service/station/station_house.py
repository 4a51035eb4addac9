"""A demo house whose station, CA and readers can be treated badly, and batches to send it."""

import gzip
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "config/demo"))
from demo_house import CARD_READER, TOKEN_READER, DemoFailed, DemoHouse  # noqa: E402,F401
from started import children_of  # noqa: E402

PROGRAMS = pathlib.Path(os.environ["ZEGEL_PROGRAMS"])
CERTIFICATE_OBJECTS = {"5fc105", "5fc10a", "5fc10b"}  # NIST SP 800-73-4 part 1, table 3


class StationHouse(DemoHouse):
    """As the demo's, plus what only a test wants."""

    def __init__(self):
        super().__init__(tempfile.mkdtemp(prefix="zs-"), PROGRAMS)
        self.starts = 0

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the CA ----------------------------------------------------------------------------------

    def restart_authority(self):
        """On the port it had before."""
        port = self.authority_url.rsplit(":", 1)[1]
        process = self._start("authority", "zegel-hwsim", "authority", "--quiet", "--port", port,
                              "--directory", self.folder / "authority",
                              "--registration-authority", self.folder / "authority/registration.pem")
        if not process.stdout.readline():
            raise DemoFailed("the simulated CA did not start again")

    def misbehave(self, words):
        urllib.request.urlopen(self.authority_url + "/misbehave", words.encode(), timeout=60).close()

    def ask_authority(self, path):
        with urllib.request.urlopen(self.authority_url + path, timeout=60) as answer:
            return answer.read()

    def issued(self):
        """{serial: words about it}, as the CA tells it."""
        lines = self.ask_authority("/issued").decode().splitlines()
        return {int(line.split()[0], 16): line.split()[2] for line in lines}

    def serials_by_transaction(self):
        """As the CA's own book tells it."""
        lines = (self.folder / "authority/issued.txt").read_text().splitlines()
        return {words[2]: words[1] for words in map(str.split, lines) if words[0] == "issued"}

    def certificate_files_by_transaction(self):
        """DER, as the CA's own book keeps it."""
        files = {}
        for words in map(str.split, (self.folder / "authority/issued.txt").read_text().splitlines()):
            if words[0] != "issued":
                continue
            files[words[2]] = self.folder / f"found-{words[1]}.der"
            files[words[2]].write_bytes(bytes.fromhex(words[5]))
        return files

    def revoked_in_crl(self):
        crl = self.folder / "look.crl"
        crl.write_bytes(self.ask_authority("/crl"))
        _, text = self.run("openssl", "crl", "-inform", "der", "-in", crl, "-noout", "-text")
        return {int(line.split(":")[1].replace(" ", ""), 16)
                for line in text.splitlines() if "Serial Number:" in line}

    # --- the order system ------------------------------------------------------------------------

    def restart_orders(self):
        """On the port it had before."""
        port = self.orders_url.rsplit(":", 1)[1]
        process = self._start("orders", "zegel-hwsim", "orders", "--quiet", "--port", port,
                              "--directory", self.folder / "orders", "--station-certificate",
                              self.folder / "orders/station.pem", "--inbox", self.folder / "inbox")
        if not process.stdout.readline():
            raise DemoFailed("the simulated order system did not start again")

    def orders_misbehave(self, words):
        urllib.request.urlopen(self.orders_url + "/misbehave", words.encode(), timeout=60).close()

    def ledger_rows(self, sql):
        """From the ledger's file, beside the station that writes it."""
        ledger = sqlite3.connect(f"file:{self.folder}/ledger/station.sqlite?mode=ro", uri=True,
                                 timeout=60)
        try:
            return ledger.execute(sql).fetchall()
        finally:
            ledger.close()

    # --- settings --------------------------------------------------------------------------------

    def set(self, **values):
        """Changes lines of the settings file: set(url="http://…")."""
        file = self.folder / "station.toml"
        lines = [f"{name} = {json.dumps(values[name])}"
                 if (name := line.partition(" = ")[0]) in values else line
                 for line in file.read_text().splitlines()]
        file.write_text("\n".join(lines) + "\n")

    def unset(self, name):
        """Takes the line out of the settings file."""
        file = self.folder / "station.toml"
        file.write_text("".join(line for line in file.read_text().splitlines(keepends=True)
                                if line.partition(" = ")[0] != name))

    # --- processes -------------------------------------------------------------------------------

    def reader_processes(self):
        """The processes at the PC/SC services, which the station started."""
        return children_of(self.station.pid)

    def start_full_bench(self, name, readers, cards):
        """A pcscd with that many card readers, so many blanks above each; the path of its socket."""
        words = []
        for number in range(1, readers + 1):
            words += ["--name", CARD_READER, "--load", f"{number}:{cards}:5.7"]
        process = self._start(name, "zegel-hwsim", "bench", "--directory", self.folder / name,
                              "--rest", "300", *words)
        told = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
        return told["PCSCLITE_CSOCK_NAME"]

    def use_services(self, sockets):
        """Makes the settings name these PC/SC services: {name: socket}."""
        file = self.folder / "station.toml"
        lines = [line for line in file.read_text().splitlines() if not line.startswith("socket")]
        at = lines.index("[authority]")
        for name, socket in sockets.items():
            lines[at:at] = ["[[readers.services]]", f'name = "{name}"', f'socket = "{socket}"']
        file.write_text("\n".join(lines) + "\n")

    def run_in(self, environment, *words):
        """A program of somebody else, in an environment of its own: (status, what it said)."""
        done = subprocess.run([str(word) for word in words], env=environment, cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120)
        return done.returncode, done.stdout.decode(errors="replace")

    def start_second_bench(self, name, cards):
        """Another pcscd with a card reader; gives the path of its socket."""
        blanks = ("--load", f"{CARD_READER}:{cards}:5.7") if cards else ()
        process = self._start(name, "zegel-hwsim", "bench", "--directory", self.folder / name,
                              "--name", CARD_READER, *blanks)
        told = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
        return told["PCSCLITE_CSOCK_NAME"]

    def end(self, name, how=signal.SIGTERM, seconds=60):
        """Ends the newest process of that name; returns its exit status."""
        found = next(entry for entry in reversed(self.running) if entry[0] == name)
        self.running.remove(found)
        process = found[1]
        process.send_signal(how)
        try:
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise DemoFailed(f"{name} did not end within {seconds} s")
        finally:
            if process.stdout:
                process.stdout.close()

    def start_station(self):
        """Afresh, also after it was killed."""
        (self.folder / "reports/station.status.json").unlink(missing_ok=True)
        self.starts += 1
        with open(self.folder / "log/station.lines", "ab") as lines:
            self.station = self._start("station", "zegel-station", "--settings",
                                       self.folder / "station.toml", output=lines)
        self.await_that(lambda: self.starts <= self.log().count("' is ready: "),
                        "the station to start", 60)

    def station_refuses(self, **change):
        """Starts a station that must not start: (exit status, what it said)."""
        done = subprocess.run([str(self.programs / "zegel-station"), "--settings",
                               str(self.folder / "station.toml")], env=self.environment, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, **change)
        lines = [line for line in done.stderr.splitlines() if not line.startswith("warning: memory")]
        return done.returncode, "\n".join(lines)

    def await_that(self, holds, what, seconds):
        try:
            super().await_that(holds, what, seconds)
        except DemoFailed as failure:
            last = "\n".join(self.log().splitlines()[-20:])
            raise DemoFailed(f"{failure}\nThe station said last:\n{last}") from None

    def station_status(self):
        return json.loads((self.folder / "reports/station.status.json").read_text())

    def log_lines(self):
        """What the station said, as it stands in its log."""
        file = self.folder / "log/station.log"
        text = file.read_text(errors="replace") if file.exists() else ""
        written = text.split("\n")[:-1]  # the last: not whole
        return [json.loads(line) for line in written if line.endswith("}")]  # a full disk cuts some

    def log(self):
        return "".join(f"{line['at']} {line['said']}\n" for line in self.log_lines())

    # --- orders and cards ------------------------------------------------------------------------

    def send_orders(self, batch, count, **changes):
        content = batch_of(batch, count, **changes)
        self.send_batch(content, f"{batch}.json")
        return content

    def refusal(self, name, seconds=60):
        """What the order system is told of a file from which nothing was taken."""
        file = self.folder / f"reports/{name}.refused.json"
        self.await_that(file.exists, f"the refusal of {name}", seconds)
        return json.loads(file.read_text())

    def order(self, batch, position=1):
        report = self.report(batch)
        if report is None:
            return {}
        return next(order for order in report["orders"] if order["position"] == position)

    def chip_file(self, chip):
        """The state of a simulated chip, secrets included, by the serial number in a report."""
        serial = int(chip.removeprefix("piv-"), 16)
        return next(self.folder.glob(f"*/chips/{serial}.chip"))  # on one of the benches

    def serials_on(self, chip):
        """Serial numbers of the certificates on a simulated chip."""
        serials = set()
        for line in self.chip_file(chip).read_text().splitlines():
            words = line.split()
            if words[0] != "object" or words[1].lower() not in CERTIFICATE_OBJECTS:
                continue
            done = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-serial"],
                                  input=certificate_in(bytes.fromhex(words[2])), check=True,
                                  stdout=subprocess.PIPE)
            serials.add(int(done.stdout.split(b"=")[1], 16))
        return serials


def certificate_in(content):
    """The DER in a PIV certificate object: 70 certificate, 71 CertInfo, FE (SP 800-73-4 part 1)."""
    found = {}
    while content:
        tag, length, content = content[0], content[1], content[2:]
        if length > 0x80:
            count = length & 0x7F
            length, content = int.from_bytes(content[:count], "big"), content[count:]
        found[tag], content = content[:length], content[length:]
    return gzip.decompress(found[0x70]) if found.get(0x71) == b"\x01" else found[0x70]


def batch_of(batch, count, profile="group-token-p256", first_order=1):
    """Good orders for tokens, whose keys are all made on the token."""
    orders = [{
        "order": f"{batch}-{number:02}",
        "profile": profile,
        "groupId": "zorgketen-oost",
        "language": "nl",
        "subject": {"country": "NL", "organisation": "Stichting Zorgketen Oostenwind",
                    "kvkNumber": "69599084", "group": "TRIAL Coördinatie Zorgketen"},
        "manager": {"name": "Zoë van ’t Hof", "organisation": "Stichting Zorgketen Oostenwind",
                    "address": {"street": ["Windveerstraat 12"], "postcode": "7607 HX",
                                "town": "Almelo", "country": "NL"}},
    } for number in range(first_order, first_order + count)]
    return json.dumps({"batch": batch, "count": count, "orders": orders}, ensure_ascii=False).encode()


class StationTest(unittest.TestCase):
    """One house for all tests of a class; each says what it needs of it."""

    @classmethod
    def setUpClass(cls):
        cls.house = StationHouse()
        cls.addClassCleanup(cls.house.close)
        cls.prepare(cls.house)

    @classmethod
    def prepare(cls, house):
        raise NotImplementedError

    def await_that(self, holds, what, seconds=60):
        self.house.await_that(holds, what, seconds)

    def assertTruths(self, house, batches):
        """Of the house's design: one live card an order, every other certificate revoked, and a
        whole audit chain. Judged by the CA's own lists and the chips' state files."""
        made = [order for batch in batches for order in house.report(batch)["orders"]
                if order["state"] in ("produced", "received")]
        chips = [order["chipSerial"] for order in made]
        self.assertEqual(len(chips), len(set(chips)), "one card for one order")
        on_cards = [serial for chip in chips for serial in house.serials_on(chip)]
        self.assertEqual(len(on_cards), 3 * len(chips), "three certificates on each card")

        def live():
            return {serial for serial, state in house.issued().items() if "revoked" not in state}

        house.await_that(lambda: live() == set(on_cards),
                         "the certificates of spoiled cards to be revoked", 60)
        revoked = house.revoked_in_crl()
        self.assertEqual(revoked, set(house.issued()) - set(on_cards), "the CRL tells the same")
        status, text = house.zegel("audit", "verify")
        self.assertTrue(status == 0 and text.startswith("the chain is whole"), text)


def wait_for(holds, what, seconds=60):
    latest = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > latest:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)
