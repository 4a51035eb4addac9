"""A printer that speaks IPP: the real ippeveprinter, whose paper is a folder of PDFs. What it does with
a sheet is told by a word in the file `mood`."""

import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import time

from free_port import free_port
from started import start, stop

# Called with the document, for each job. ippeveprinter reads STATE, ATTR and ERROR lines.
AT_THE_SHEET = """\
#!/bin/sh
# {folder}: mood, paper, sheets
cd '{folder}' || exit 1
trap 'rm -f "$1"' EXIT  # it keeps no letter, as a printer for letters must not
mood() {{ read -r word <mood; [ "$word" = "$1" ]; }}
while mood slow; do sleep 0.02; done
if mood abort; then echo 'ERROR: the drum is worn' >&2; exit 1; fi
if mood empty; then
    echo 'STATE: +media-empty-error' >&2
    while mood empty; do sleep 0.02; done
    echo 'STATE: -media-empty-error' >&2
fi
if mood jam; then
    echo "$IPP_JOB_NAME jammed" >>sheets
    echo 'STATE: +media-jam-error' >&2
    while mood jam; do sleep 0.02; done
    echo 'STATE: -media-jam-error' >&2
    exit 1
fi
if ! mood believing && ! tail -c 8 "$1" | grep -q '%%EOF'; then
    echo "$IPP_JOB_NAME cut" >>sheets
    echo 'ERROR: the document has no end' >&2
    exit 1
fi
cp "$1" "paper/$(date +%s%N)-$IPP_JOB_NAME.pdf"
echo "$IPP_JOB_NAME whole" >>sheets
mood silent || echo 'ATTR: job-impressions-completed=1' >&2
"""


class IppPrinter:
    """In a folder of its own; `secured`: by TLS, with the certificate in `certificate`; `log`: the
    folder for what it says."""

    def __init__(self, folder, secured=False, log=None):
        self.folder = pathlib.Path(folder)
        self.log = pathlib.Path(log or folder)
        self.secured = secured
        self.port = free_port()
        self.process = self.bus = None
        for name in ("paper", "spool", "keys"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.mood("well")
        (self.folder / "sheets").touch()
        script = self.folder / "at-the-sheet"
        script.write_text(AT_THE_SHEET.format(folder=self.folder))
        script.chmod(0o700)

    @property
    def uri(self):
        return f"{'ipps' if self.secured else 'ipp'}://localhost:{self.port}/ipp/print"

    @property
    def certificate(self):
        """The one it made for itself at its start."""
        return next((self.folder / "keys").glob("*.crt"))

    def mood(self, word):
        """well; slow, empty and jam until told otherwise; abort; believing: does not look whether a
        document is whole; silent: does not count."""
        fresh = self.folder / "mood.new"
        fresh.write_text(word + "\n")
        fresh.rename(self.folder / "mood")

    def sheets(self):
        """What came out, in order: (title, "whole", "cut" or "jammed")."""
        return [tuple(line.split()) for line in (self.folder / "sheets").read_text().splitlines()]

    def paper(self):
        return sorted((self.folder / "paper").glob("*.pdf"))

    def start(self):
        """Its announcing needs a message bus, also when it announces nothing."""
        bus = self.folder / "bus"
        bus.unlink(missing_ok=True)
        environment = dict(os.environ, LC_ALL="C", DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={bus}")
        self.bus = start(("dbus-daemon", "--session", "--nofork", "--nopidfile",
                          f"--address=unix:path={bus}"), environment, subprocess.DEVNULL,
                         self.log / "bus.out")
        self._await(bus.exists, "its message bus", self.bus)
        self.process = start(("ippeveprinter", "-n", "localhost", "-p", self.port, "-r", "off",
                              "-f", "application/pdf", "-d", self.folder / "spool",
                              "-K", self.folder / "keys", "-c", self.folder / "at-the-sheet",
                              *(["-v"] if os.environ.get("IPP_PRINTER_TALKS") else []),
                              "Zegel letter printer"),
                             environment, subprocess.DEVNULL, self.log / "printer.out")
        self._await(self._listens, "the printer", self.process)

    def stop(self):
        for process in (self.process, self.bus):
            if process:
                stop(process)
        self.process = self.bus = None

    def close(self):
        self.mood("well")  # so that a script that waits ends
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listens(self):
        try:
            with socket.create_connection(("localhost", self.port), timeout=5) as plain:
                if self.secured:  # it makes its certificate when it is first asked for it
                    self._look_at_anybody().wrap_socket(plain).close()
            return True
        except OSError:
            return False

    @staticmethod
    def _look_at_anybody():
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _await(self, holds, what, process, seconds=20):
        latest = time.monotonic() + seconds
        while not holds():
            if process.poll() is not None or time.monotonic() > latest:
                said = "".join(file.read_text(errors="replace")
                               for file in (self.log / "bus.out", self.log / "printer.out")
                               if file.exists())
                raise RuntimeError(f"{what} did not start: {said}")
            time.sleep(0.02)
