"""A whole house at work, and what a stranger may hold against it: tools, letters, cards."""

import os
import pathlib
import re
import shutil
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "config/demo"))
from demo_house import CARD_READER, TOKEN_READER, DemoHouse  # noqa: E402, F401

OPENSC = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
EXAMPLE = SOURCE / "config/examples/batch.json"


def found(pattern, text):
    """The first group of the pattern; a failed assertion when the text does not hold it."""
    match = re.search(pattern, text, re.MULTILINE)
    if not match:
        raise AssertionError(f"no {pattern!r} in:\n{text}")
    return match.group(1)


class Letter:
    """What a reader of the PDF finds in it."""

    def __init__(self, pdf, text):
        self.id = pdf.stem
        self.text = text
        self.order = found(r"^(?:Ordernummer|Order number)\s+(\S+)$", text)
        self.pin = self._code(r"\d{3} \d{3}")
        self.puk = self._code(r"\d{4} \d{4}")
        self.revocation = self._code(r"[2-9A-Z]{4} [2-9A-Z]{4} [2-9A-Z]{4}")

    def _code(self, form):
        return found(rf"\s{{3}}({form})$", self.text).replace(" ", "")


class JudgedHouse(DemoHouse):
    """Runs from the start; leaves nothing behind when left. HOME and TMPDIR are the house's own, so
    that whatever any program leaves there is found."""

    def __init__(self, **bench):
        super().__init__(tempfile.mkdtemp(prefix="zegel-"), os.environ["ZEGEL_PROGRAMS"])
        (self.folder / "home/.cache").mkdir(parents=True)  # OpenSC makes one where there is none
        (self.folder / "tmp").mkdir()
        self.environment.update(HOME=str(self.folder / "home"), TMPDIR=str(self.folder / "tmp"))
        self.environment.update(PKCS11_MODULE_PATH=OPENSC, OPENSC_DEBUG="0")
        try:
            self.make()
            self.start_authority()
            self.start_bench(**bench)
            self.start_station()
        except BaseException:
            self.leave()
            raise

    def leave(self):
        """Stops everything and clears it away; what is then still there."""
        self.stop()
        left = [f"process: {words}" for words in processes_naming(str(self.folder))]
        for folder in ("home/.cache", "home", "tmp"):
            left += [f"file: {path}" for path in (self.folder / folder).iterdir()
                     if path.name != ".cache"]
        left += [f"socket: {path}" for path in self.folder.rglob("*") if path.is_socket()]
        shutil.rmtree(self.folder)
        return left

    def tell(self, *words):
        """What a program said, once it succeeded."""
        status, text = self.run(*words, check=False)
        if status != 0:
            raise AssertionError(f"{words} ended with {status}:\n{text}")
        return text

    def refused(self, *words):
        """What a program said when it failed, as it has to."""
        status, text = self.run(*words, check=False)
        if status == 0:
            raise AssertionError(f"{words} was not refused:\n{text}")
        return text

    def await_batch(self, batch, seconds=120):
        """And until the last reader lets go of its card, a moment after its order is made."""
        super().await_batch(batch, seconds)
        self.await_that(lambda: all(reader["state"] != "working" for reader in self.readers()),
                        "the readers", seconds)

    def orders(self, batch):
        return {order["order"]: order for order in self.report(batch)["orders"]}

    def letters_printed(self, folder):
        """The print room's PDFs by order, read back by pdftotext."""
        self.print_letters(self.folder / folder)
        letters = [Letter(pdf, self.tell("pdftotext", "-layout", pdf, "-"))
                   for pdf in sorted((self.folder / folder).glob("*.pdf"))]
        return {letter.order: letter for letter in letters}

    def chip_in(self, reader):
        """The serial of the chip in a reader, as the status file writes it."""
        listed = self.hwsim("list")[1]
        return found(rf"^\d+\s+{reader}.*\n\s+card\s+(piv-\w+)", listed)

    def put_in(self, reader, chip):
        """Pulls what is in the reader and puts a chip that was made before back in."""
        if self.chip_in(reader) == chip:
            return
        self.hwsim("pull", reader)
        self.hwsim("insert", reader, chip)

    def pcsc_name(self, reader):
        """pcscd adds numbers to the name of a reader; OpenSC wants the whole name."""
        return found(rf"({reader}.*)", self.tell("opensc-tool", "--list-readers"))

    def slot_of(self, reader):
        """(number, token serial) of the reader's slot in OpenSC's module."""
        listed = self.tell("pkcs11-tool", "--module", OPENSC, "--list-slots")
        slot = found(rf"^(Slot \d+ \(0x[0-9a-f]+\): {reader}.*(?:\n .*)*)", listed)
        return found(r"\((0x[0-9a-f]+)\)", slot), found(r"serial num\s*: (\S+)", slot)


def processes_naming(folder):
    """The command lines of living processes in which the folder stands."""
    lines = []
    for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended meanwhile
            continue
        if folder in words:
            lines.append(words)
    return lines
