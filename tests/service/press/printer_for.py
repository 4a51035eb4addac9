"""Keeps a printer in a folder until a file `end` stands there: for tests that are no Python. Says its
address and its certificate's file. usage: printer_for.py FOLDER ipp|ipps [stubborn]; a stubborn one knows no Cancel-Job (RFC 8011, 4.3.3)."""

import pathlib
import re
import socket
import sys
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "config/demo"))
from ipp_printer import IppPrinter  # noqa: E402

CANCEL_JOB = re.compile(rb"\x00\x08(....\x01\x47\x00\x12attributes-charset)", re.DOTALL)
UNKNOWN_OPERATION = b"\x3f\xff"


def without_cancelling(port):
    """A port that leads to the printer's; there, to cancel is an operation that it does not know."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def carry(source, sink, change):
        try:
            while octets := source.recv(1 << 16):
                sink.sendall(change(octets))
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def serve():
        while True:
            client, _ = server.accept()
            behind = socket.create_connection(("localhost", port))
            for words in ((client, behind, lambda octets: CANCEL_JOB.sub(
                    lambda found: UNKNOWN_OPERATION + found[1], octets)),
                          (behind, client, bytes)):
                threading.Thread(target=carry, args=words, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


folder = pathlib.Path(sys.argv[1])
printer = IppPrinter(folder, secured=sys.argv[2] == "ipps")
printer.start()
uri = printer.uri
if "stubborn" in sys.argv:
    uri = uri.replace(str(printer.port), str(without_cancelling(printer.port)))
print(uri, printer.certificate if printer.secured else "-", flush=True)
try:
    while folder.is_dir() and not (folder / "end").exists():
        if (folder / "restart").exists():
            printer.stop()
            printer.start()
            (folder / "restart").unlink()
        time.sleep(0.02)
finally:
    printer.stop()
