"""A print room beside a house: a token of its own with the key that letters are sealed to, settings, a
client certificate of the station's API, and zegel-pinmailer."""

import os
import pathlib
import re
import shutil
import subprocess

from started import tied

SETTINGS = """\
[print_room]
journal = "journal"
{letters}
templates = "{templates}"

[token]
module = "/usr/lib/softhsm/libsofthsm2.so"
label = "print-room"
pin_file = "token.pin"

[station]
url = "{station}"
certificates = "station/ca.pem"
certificate = "station/print-room.pem"
key = "station/print-room.key"
seal = "station/seal.pem"
answer_within_seconds = 20

[printer]
uri = "{printer}"
{certificate}
ready_within_seconds = {ready}
finish_within_seconds = {finish}
answer_within_seconds = 20
"""


class PrintRoom:
    """In a folder of its own. `house` is the station's; what passes between the two is its
    certificates and the API."""

    def __init__(self, house, folder):
        self.house = house
        self.folder = pathlib.Path(folder)
        self.before = ()  # words of a program that starts zegel-pinmailer
        self.environment = dict(os.environ, LC_ALL="C.UTF-8",
                                SOFTHSM2_CONF=str(self.folder / "softhsm2.conf"),
                                ZEGEL_PRINT_ROOM=str(self.folder / "print-room.toml"))

    def make_key(self):
        """A key in a new token; its certificate goes to the station, before that starts."""
        for name in ("tokens", "station"):
            (self.folder / name).mkdir(parents=True, mode=0o700)
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\n"
            "log.level = ERROR\n")
        pin = os.urandom(6).hex()
        self._write_secret("token.pin", pin + "\n")
        self._run("softhsm2-util", "--init-token", "--free", "--label", "print-room",
                  "--so-pin", os.urandom(6).hex(), "--pin", pin)
        self._token(pin, "--keypairgen", "--key-type", "EC:prime256v1", "--usage-derive", "--sensitive",
                    "--label", "letters", "--id", "01")
        self._token(pin, "--read-object", "--type", "pubkey", "--id", "01", "-o",
                    self.folder / "public.der")
        certificate = self._certificate(self.folder / "public.der")
        der = self.folder / "room.der"
        self._run("openssl", "x509", "-in", certificate, "-outform", "der", "-out", der)
        self._token(pin, "--write-object", der, "--type", "cert", "--label", "letters", "--id", "01")
        shutil.copy(certificate, self.house.folder / "seal/print-room-token.pem")

    def _token(self, pin, *words):
        self._run("pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so", "--token-label",
                  "print-room", "--login", "--pin", pin, *words)

    def _certificate(self, public):
        """Of a key that can only agree on keys, and so signs nothing: a CA of the room's own does."""
        authority, certificate = self.folder / "ca.key", self.folder / "room.pem"
        (self.folder / "usage").write_text("keyUsage = critical,keyAgreement\n"
                                           "subjectKeyIdentifier = hash\n")
        self._run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                  "-out", authority)
        self._run("openssl", "pkey", "-pubin", "-inform", "der", "-in", public, "-out",
                  self.folder / "public.pem")
        self._run("openssl", "x509", "-new", "-force_pubkey", self.folder / "public.pem", "-signkey",
                  authority, "-subj", "/C=NL/O=Zegel Demo/CN=Print room token", "-days", "365",
                  "-extfile", self.folder / "usage", "-out", certificate)
        authority.unlink()
        return certificate

    def make_settings(self, printer, station=None, ready=60, finish=120, printer_uri=None,
                      letters=None):
        """`printer`: an IppPrinter; `station`: the API's address, where it is another than the
        house's; `letters`: a folder to print from, in place of asking for them."""
        for name, source in (("ca.pem", "api/ca.pem"), ("print-room.pem", "api/print-room.pem"),
                             ("print-room.key", "api/print-room.key"),
                             ("seal.pem", "seal/station.pem")):
            shutil.copy(self.house.folder / source, self.folder / "station" / name)
        certificate = ""
        if printer.secured:
            shutil.copy(printer.certificate, self.folder / "printer.pem")
            certificate = 'certificate = "printer.pem"'
        (self.folder / "print-room.toml").write_text(SETTINGS.format(
            templates=pathlib.Path(__file__).resolve().parents[1] / "letters",
            station=station or self.house.api_url, printer=printer_uri or printer.uri,
            certificate=certificate, ready=ready, finish=finish,
            letters=f'letters = "{letters}"' if letters else ""))

    def pinmailer(self, *words, status=None):
        """(exit status, what it said); `status`: those that are expected, else 0."""
        done = subprocess.run(self._words(words), env=self.environment, cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300, text=True,
                              start_new_session=True,  # no terminal to ask anybody on
                              preexec_fn=tied())
        if done.returncode not in (status or {0}):
            raise RuntimeError(f"zegel-pinmailer {' '.join(map(str, words))} ended with "
                               f"{done.returncode}:\n{done.stdout}")
        return done.returncode, done.stdout

    def start(self, *words):
        """Running; its lines go to `said`."""
        with open(self.folder / "said", "ab") as said:
            return subprocess.Popen(self._words(words), env=self.environment, cwd=self.folder,
                                    stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    def said(self):
        file = self.folder / "said"
        return file.read_text() if file.exists() else ""

    def letters(self, state=None):
        """{letter: state}, as the station tells the print room."""
        _, text = self.pinmailer("letters", *(("--state", state) if state else ()))
        # Before the table it may say that this machine does not let it lock its memory.
        table = re.search(r"^LETTER .*\n((?:.+\n)*)", text, re.MULTILINE)
        return {line.split()[0]: line.split()[1] for line in table[1].splitlines()} if table else {}

    def _words(self, words):
        return [*self.before, str(self.house.programs / "zegel-pinmailer"), *map(str, words)]

    def _write_secret(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o600)

    def _run(self, *words):
        done = subprocess.run([str(word) for word in words], env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}:\n{done.stdout}")
