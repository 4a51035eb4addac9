"""A whole house in one folder: keys, settings, CA, readers, station and print room, all of them the
real programs. Used by the demo and by the tests that judge its cards."""

import json
import os
import pathlib
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request

from at_terminal import at_terminal
from client_authority import ClientAuthority
from free_port import free_port
from house_settings import settings_text
from started import NAMES, how_it_ended, last_words, start, stop

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CARD_READER = "Zegel Virtual Card Reader"
TOKEN_READER = "Zegel Virtual Token"
ROLES = ("order-system", "operator", "dispatch", "print-room", "supervisor", "auditor",
         "administrator")


class DemoFailed(Exception):
    pass


class DemoHouse:
    """Made in `folder` (a short path: sockets live in it); `programs` holds the built programs."""

    watches_crl = False  # whether the station looks for revoked certificates in the CA's CRL
    room_asks = False  # whether a print room asks for its letters; else they are laid in a folder

    def __init__(self, folder, programs, say=lambda text: None):
        self.folder = pathlib.Path(folder)
        self.programs = pathlib.Path(programs)
        self.say = say
        self.environment = dict(os.environ, LC_ALL="C.UTF-8",
                                SOFTHSM2_CONF=str(self.folder / "softhsm2.conf"),
                                ZEGEL_SETTINGS=str(self.folder / "station.toml"))
        self.running = []  # (name, process), in the order they were started

    # --- making ------------------------------------------------------------------------------

    def make(self, verbosity="progress", transcripts=False, profile_change=None):
        """Keys, certificates, profiles and settings of a new house."""
        for name in ("print-room", "authority", "seal", "tokens", "bench", "profiles", "chips"):
            (self.folder / name).mkdir(parents=True, mode=0o700)
        for profile in sorted((SOURCE / "cardprofiles").glob("*.toml")):
            text = profile.read_text()
            (self.folder / "profiles" / profile.name).write_text(
                profile_change(text) if profile_change else text)
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\n")
        self._make_recipient("print-room", "Print room")
        shutil.copy(self.folder / "print-room/print-room.pem", self.folder / "seal/print-room.pem")
        self._make_recipient("recovery", "Recovery officer")
        shutil.copy(self.folder / "print-room/recovery.pem", self.folder / "seal/recovery.pem")
        self._make_clients()
        _, root = self.hwsim("chip", "root")
        (self.folder / "chips/maker.pem").write_text(root)
        self.orders_url = "http://127.0.0.1:1"
        self._write_settings("http://127.0.0.1:1/cmp", "bench/none", verbosity, transcripts)
        self.zegel("house", "--organisation", "Zegel Demo")
        self.orders_url = None  # nobody is told, until start_orders

    def _make_recipient(self, name, title):
        """An EC key with a self-signed certificate for key agreement, as PEM and PKCS#12."""
        room = self.folder / "print-room"
        password = room / f"{name}.password"
        password.write_text(os.urandom(12).hex() + "\n")
        password.chmod(0o600)
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-noenc", "-keyout", room / f"{name}.key", "-out", room / f"{name}.pem",
                 "-days", "365", "-subj", f"/C=NL/O=Zegel Demo/CN={title}",
                 "-addext", "keyUsage=critical,keyAgreement")
        self.run("openssl", "pkcs12", "-export", "-inkey", room / f"{name}.key",
                 "-in", room / f"{name}.pem", "-out", room / f"{name}.p12",
                 "-passout", f"file:{password}")
        (room / f"{name}.key").unlink()

    def _make_clients(self):
        """A certificate for the API and one for each role, whose common name is the role's."""
        self.clients = ClientAuthority(self.folder / "api")
        self.clients.issue("server", "/O=Zegel Demo/CN=localhost", "server")
        for role in ROLES:
            self.clients.issue(role)
        self.api_url = f"https://127.0.0.1:{free_port()}"

    def _write_settings(self, url, socket, verbosity, transcripts):
        self.settings_of = (verbosity, transcripts)
        (self.folder / "log").mkdir(exist_ok=True)
        (self.folder / "station.toml").write_text(settings_text(
            url, socket, self.orders_url, self.api_url, ROLES, verbosity, transcripts,
            self.watches_crl, self.room_asks))

    # --- starting and stopping -----------------------------------------------------------------

    def start_authority(self):
        process = self._start("authority", "zegel-hwsim", "authority", "--quiet",
                              "--directory", self.folder / "authority",
                              "--registration-authority", self.folder / "authority/registration.pem",
                              "--port", free_port())  # its own, also while it is away
        self.authority_url = process.stdout.readline().strip().split(" ")[-1]
        if not self.authority_url.startswith("http"):
            raise self._not_started("authority")

    def start_orders(self):
        """An order system that is told every change; before the readers start."""
        process = self._start("orders", "zegel-hwsim", "orders", "--quiet",
                              "--directory", self.folder / "orders",
                              "--station-certificate", self.folder / "orders/station.pem",
                              "--inbox", self.folder / "inbox", "--port", free_port())
        self.orders_url = process.stdout.readline().strip().split(" ")[-1]
        if not self.orders_url.startswith("http"):
            raise self._not_started("orders")

    def start_bench(self, cards=3, tokens=2, model="5.7"):
        """A pcscd of its own with one card reader and one token, and blanks in their hoppers."""
        process = self._start("bench", "zegel-hwsim", "bench", "--directory", self.folder / "bench",
                              "--name", CARD_READER, "--name", TOKEN_READER,
                              "--load", f"{CARD_READER}:{cards}:{model}",
                              "--load", f"{TOKEN_READER}:{tokens}:{model}")
        for _ in range(2):
            name, _, value = process.stdout.readline().strip().partition("=")
            if not value:
                raise self._not_started("bench")
            self.environment[name] = value
        self._write_settings(self.authority_url + "/cmp", self.environment["PCSCLITE_CSOCK_NAME"],
                             *self.settings_of)

    def start_station(self):
        self.station = self._start("station", "zegel-station", "--settings",
                                   self.folder / "station.toml", output=subprocess.DEVNULL)
        self.await_that(lambda: (self.folder / "reports/station.status.json").exists(),
                        "the station to start", 60)

    def _start(self, name, program, *words, output=subprocess.PIPE):
        process = start((self.programs / program, *words), self.environment, output,
                        self.folder / "log" / f"{name}.out")
        self.running.append((name, process))
        return process

    def _not_started(self, name):
        return DemoFailed(f"{NAMES[name]} did not start. " + last_words(name, self.folder / "log"))

    def stop(self):
        for _, process in reversed(self.running):
            stop(process)
        self.running.clear()

    # --- using -----------------------------------------------------------------------------------

    def run(self, *words, check=True, **options):
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        done = subprocess.run([str(word) for word in words], env=self.environment, cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              **options)
        text = done.stdout.decode(errors="replace")
        if check and done.returncode != 0:
            raise DemoFailed(f"{words[0]} ended with {done.returncode}:\n{text}")
        return done.returncode, text

    def zegel(self, *words, check=True):
        return self.run(self.programs / "zegel", *words, check=check)

    def hwsim(self, *words, check=True):
        return self.run(self.programs / "zegel-hwsim", *words, check=check)

    def ask(self, client, path, body=None, **headers):
        """(status, answer) of the API, for a client named as its certificate; JSON is read."""
        request = urllib.request.Request(self.api_url + path, body, {
            **({"Content-Type": "application/json"} if body is not None else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()}})
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.tls(client)) as answer:
                status, content, kind = answer.status, answer.read(), answer.headers["Content-Type"]
        except urllib.error.HTTPError as refused:
            status, content, kind = refused.code, refused.read(), refused.headers["Content-Type"]
        return status, json.loads(content) if "json" in kind else content.decode()

    def client_file(self, name):
        """Settings for `zegel --as`, in the name of one of the API's clients."""
        file = self.folder / f"api/{name}.toml"
        file.write_text(f'[client]\nstation = "{self.api_url}"\nauthorities = "ca.pem"\n'
                        f'certificate = "{name}.pem"\nkey = "{name}.key"\n')
        return file

    def tls(self, client):
        context = ssl.create_default_context(cafile=self.folder / "api/ca.pem")
        if client:
            context.load_cert_chain(self.folder / f"api/{client}.pem",
                                    self.folder / f"api/{client}.key")
        return context

    def send_batch(self, content, name="batch.json"):
        inbox = self.folder / "inbox/batches"
        (inbox / f".{name}").write_bytes(content)
        (inbox / f".{name}").rename(inbox / name)

    def report(self, batch):
        file = self.folder / f"reports/{batch}.status.json"
        return json.loads(file.read_text()) if file.exists() else None

    def ask_orders(self, path, body=None):
        """What the order system answers, as lines."""
        try:
            with urllib.request.urlopen(self.orders_url + path, body, timeout=60) as answer:
                return answer.read().decode().splitlines()
        except OSError as wrong:
            raise DemoFailed(f"the order system did not answer {path}: {wrong}.\n"
                             + last_words("orders", self.folder / "log")) from wrong

    def readers(self):
        file = self.folder / "reports/station.status.json"
        return json.loads(file.read_text())["readers"] if file.exists() else []

    def receipt(self, name, number, by):
        """(accepted, what the station said)"""
        status, text = self.zegel("receipt", "--name", name, "--number", number, "--by", by,
                                  check=False)
        return status == 0, text.strip()

    def print_letters(self, output):
        """Every released letter as PDF: a person says yes to each."""
        pathlib.Path(output).mkdir(mode=0o700, exist_ok=True)
        for letter in sorted((self.folder / "letters").glob("*.letter")):
            status, said = self.render(letter, output)
            if status != 0:
                raise DemoFailed(f"{letter.name} became no PDF:\n{said}")

    def render(self, letter, output):
        room = self.folder / "print-room"
        return at_terminal((self.programs / "zegel-pinmailer", "render", letter, "--output", output,
                            "--key", room / "print-room.p12",
                            "--password-file", room / "print-room.password",
                            "--station-certificate", self.folder / "seal/station.pem",
                            "--templates", SOURCE / "config/letters"),
                           self.environment, self.folder, "yes/no: ", "yes")

    def await_that(self, holds, what, seconds):
        latest = time.monotonic() + seconds
        while not holds():
            for name, process in self.running:
                if process.poll() is not None:
                    raise DemoFailed(f"while waiting for {what}, {how_it_ended(name, process)}.\n"
                                     + last_words(name, self.folder / "log"))
            if time.monotonic() > latest:
                raise DemoFailed(f"waited {seconds} s for {what}")
            time.sleep(0.05)

    def await_batch(self, batch, seconds=120, watch=lambda report: None):
        """Until no order of the batch waits or is in production."""
        under_way = {"accepted", "queued", "in-production"}

        def settled():
            report = self.report(batch)
            if report is None:
                return False
            watch(report)
            return not under_way & {order["state"] for order in report["orders"]}

        self.await_that(settled, f"batch {batch}", seconds)
        return self.report(batch)
