"""The house that `--keep` leaves running: what to try in it, and what is told when a part ends."""

import os
import shlex
import time

from demo_house import CARD_READER
from endings import Ended, outlives_its_terminal
from spoken import say
from started import NAMES, children_of, how_it_ended, last_words, started_by_hand


def next_steps(house, report):
    say("\nEverything is still running. Try, in another terminal:\n")
    for line in exports(house):
        say("  " + line)
    say()
    say("  zegel status                       # every order")
    say("  zegel readers                      # what each reader is doing")
    say("  zegel audit                        # what was decided, by whom and why")
    waiting = [order for order in report["orders"] if order.get("letter") == "held"]
    if waiting:
        say("  " + shlex.join(["zegel", "receipt", "--name", waiting[0]["certificateName"],
                               "--number", waiting[0]["certificateNumber"], "--by", "me"]))
    for name in ("operator", "supervisor", "auditor", "print-room"):
        house.client_file(name)
    if waiting:
        room = shlex.quote(str(house.folder / "room/softhsm2.conf"))
        say(f"  SOFTHSM2_CONF={room} zegel-pinmailer print   # the print room, with its own token; "
            "after a receipt")
        say(f"  ls -t {house.folder}/printer/paper   # what came out of the printer")
        desk = house.client_file("dispatch")
        say(f"  zegel dispatch {waiting[1]['order']} --track 3SMINE01 --loan-reader CR-MINE-1 --as {desk}")
        say(f"  zegel loans --as {desk}   # and `zegel loan returned`, when it comes back")
        say(f"  zegel revoke {waiting[-1]['order']} --without-code --reason superseded --why me --as "
            f"{house.folder}/api/operator.toml   # takes two: then, as the other,")
        say(f"  zegel approvals --as {house.folder}/api/supervisor.toml")
    say(f"  curl {house.orders_url}/received   # what the order system was told")
    clients = house.folder / "api"
    say(f"  curl -N --cacert {clients}/ca.pem --cert {clients}/auditor.pem --key {clients}/auditor.key "
        f"'{house.api_url}/v1/events/stream?after=0'   # the same over the API, as it happens")
    say("  opensc-tool --list-readers         # a stranger's view of the cards")
    say(f"  pkcs11-tool --list-objects         # the card in '{CARD_READER}'")
    say("  zegel-hwsim list                   # readers, cards, hoppers and stacks")
    for order in [order for order in report["orders"] if order.get("letter") == "posted"][:1]:
        say("\nAnd use a card as its holder does, with the PIN from its letter:\n")
        say(f"  zegel-hwsim pull 1; zegel-hwsim insert 1 {order['chipSerial']}   # the card of "
            f"{order['order']}")
        say("  pkcs11-tool --login --list-objects")
    say("\nPress Ctrl-C to end.")


def exports(house):
    """What a terminal needs to take part."""
    for name in ("ZEGEL_SETTINGS", "SOFTHSM2_CONF", "PCSCLITE_CSOCK_NAME", "ZEGEL_BENCH"):
        yield f"export {name}={shlex.quote(house.environment[name])}"
    yield f"export ZEGEL_PRINT_ROOM={shlex.quote(str(house.folder / 'room/print-room.toml'))}"
    yield f"export PATH={shlex.quote(str(house.programs))}:$PATH"


def watch(house):
    """Until somebody ends it. What ends before is told at once, and the rest stays."""
    watched = Watch(house)
    starter = os.getppid()
    try:
        while watched.anybody() and (os.getppid() == starter or outlives_its_terminal()):
            watched.look()
            time.sleep(0.2)
    except Ended as ended:
        say()
        if ended.status != 130:  # Ctrl-C is how it is meant to end
            raise
    finally:
        watched.find_again()  # so that what was started again ends with the rest


class Watch:
    MAY_START_AGAIN = ("authority", "orders", "station")

    def __init__(self, house):
        self.house = house
        self.ended = set()
        self.service = True
        self.at_readers = (None, [])  # the station, and the processes that it has there

    def anybody(self):
        return len(self.ended) < len(self.house.running)

    def look(self):
        for name, process in self.house.running:
            if process.poll() is not None and name not in self.ended:
                self.ended.add(name)
                self._tell(name, process)
        self.find_again()
        self._look_at_service()
        self._look_at_readers()

    def find_again(self):
        """What somebody started again by the words that were told is one of the house again."""
        for at, (name, process) in enumerate(self.house.running):
            if name not in self.MAY_START_AGAIN or process.poll() is None:
                continue
            found = started_by_hand(process.args)
            if found:
                self.ended.discard(name)
                self.house.running[at] = (name, found)
                say(f"\n{NAMES[name]} (process {found.pid}) is there again.")

    def _tell(self, name, process):
        say(f"\n{how_it_ended(name, process)}. {last_words(name, self.house.folder / 'log')}")
        if name in self.MAY_START_AGAIN:
            say("Everything else is still there. To start it again, with the variables above:\n\n  "
                + shlex.join(process.args) + "\n")
        else:
            say("Everything else is still there, to look at. Press Ctrl-C to end.")

    def _look_at_readers(self):
        """The station starts a zegel-readers for each PC/SC service, and another when it ends."""
        station = dict(self.house.running)["station"].pid
        before, children = self.at_readers
        self.at_readers = (station, children_of(station))
        if before != station or "station" in self.ended:
            return
        for gone in set(children) - set(self.at_readers[1]):
            say(f"\nzegel-readers (process {gone}), which the station has at its readers, ended; the "
                "station starts another by itself.")

    def _look_at_service(self):
        """pcscd is the readers' child: `zegel-hwsim service stop` ends it, or an accident."""
        bench = next(process for name, process in self.house.running if name == "bench")
        running = bool(children_of(bench.pid))
        if running == self.service or "bench" in self.ended:
            return
        self.service = running
        if running:
            say("\npcscd is there again.")
        else:
            say("\npcscd ended, and all its readers with it. `zegel-hwsim service start` starts it "
                "again.")
