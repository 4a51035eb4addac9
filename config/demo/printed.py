"""The demo's print room at work: it asks for the released letters, prints each once, and posts them."""

import re
import shutil

from demo_house import DemoFailed
from ipp_printer import IppPrinter
from print_room import PrintRoom
from spoken import say


class Printing:
    def __init__(self, house):
        self.house = house
        self.room = PrintRoom(house, house.folder / "room")
        self.careful = False  # whether it was told what zegel-pinmailer says of this machine at each start
        self.printer = IppPrinter(house.folder / "printer", log=house.folder / "log")

    def prepare(self):
        """The room's key, before the station starts, and a printer that waits for letters."""
        self.room.make_key()
        self.printer.start()
        self.house.running += [("bus", self.printer.bus), ("printer", self.printer.process)]
        self.room.make_settings(self.printer)

    def print_released(self, output):
        """Leaves what came out of the printer in the folder, each sheet under its letter's name."""
        say("\nThe print room asks the station what is released, opens it with the key in its own token,"
            " and\nprints it on a printer that speaks IPP (ippeveprinter):")
        self._do("letters", "--state", "released")
        self._do("print")
        say("  once more, and nothing is printed twice:")
        self._do("print")
        sheets = self.printer.sheets()
        say("  what came out of the printer:")
        for letter, how in sheets:
            say(f"    {letter}  {how}")
        if sorted(sheets) != sorted((letter, "whole") for letter in self.room.letters("printed")):
            raise DemoFailed(f"not each letter was printed once: {sheets}")
        self._do("posted", "--all")
        output.mkdir(mode=0o700, exist_ok=True)
        for sheet in self.printer.paper():
            shutil.copy(sheet, output / sheet.name.partition("-")[2])

    def _do(self, *words):
        _, said = self.room.pinmailer(*words)
        say("  zegel-pinmailer " + " ".join(words))
        for line in said.splitlines():
            careful = ": careful: " in line
            if not (careful and self.careful):
                say("    " + line)
            self.careful = self.careful or careful


def order_on(house, batch, pdf):
    """The order that a letter names."""
    found = re.search(rf"{batch}-\d+", house.run("pdftotext", "-layout", pdf, "-")[1])
    return found[0] if found else "?"
