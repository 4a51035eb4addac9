"""Keeps a printer in a folder until a file `end` stands there: for tests that are no Python. Says its
address and its certificate's file. usage: printer_for.py FOLDER ipp|ipps"""

import pathlib
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "config/demo"))
from ipp_printer import IppPrinter  # noqa: E402

folder = pathlib.Path(sys.argv[1])
printer = IppPrinter(folder, secured=sys.argv[2] == "ipps")
printer.start()
print(printer.uri, printer.certificate if printer.secured else "-", flush=True)
try:
    while folder.is_dir() and not (folder / "end").exists():
        if (folder / "restart").exists():
            printer.stop()
            printer.start()
            (folder / "restart").unlink()
        time.sleep(0.02)
finally:
    printer.stop()
