"""What one batch costs a real station: posted over HTTPS, and looked at while the line makes cards.

The memory is the process's own (VmHWM of zegel-station, its pages locked); the looks are whole
answers over a connection that is kept.
"""

import http.client
import json
import os
import pathlib
import signal
import sys
import time

PROGRAMS = pathlib.Path(os.environ["ZEGEL_PROGRAMS"])
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service/api"))
from api_house import ApiHouse, batch_of, wait_for  # noqa: E402

READERS = 4
CARDS_A_READER = 500
LOOKS = 500
TAKEN_AT_MOST = 5.0
MEMORY_BELOW = 200
LOOK_AT_MOST = 20.0


def batch(orders):
    """As large as an order system's: some 700 octets an order, four cards to a group."""
    form = json.loads(batch_of("LARGEST", 1, profile="group-card-p256"))
    pattern = form["orders"][0]
    pattern["manager"]["email"] = "certificates@archief.example"
    pattern["manager"]["address"]["street"].insert(0, "Gebouw De Kluis, ingang aan de achterzijde")
    every = [{**pattern, "order": f"ORDER-2026-{number}", "groupId": f"group-{number // 4}"}
             for number in range(orders)]
    text = json.dumps({**form, "count": orders, "orders": every}, ensure_ascii=False, indent=2)
    return text.encode()


def highest_memory(process):
    """In MB, since the process began."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def looks(house, paths):
    """Milliseconds of the 99th of a hundred, of whole answers."""
    connection = http.client.HTTPSConnection("127.0.0.1", house.port, context=house.tls("auditor"),
                                             timeout=60)
    spans = []
    for path in paths:
        since = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        spans.append((time.perf_counter() - since) * 1000)
        if answer.status != 200 or not content:
            raise SystemExit(f"GET {path} was answered with {answer.status}: {content[:200]!r}")
    connection.close()
    return sorted(spans)[(len(spans) * 99 - 1) // 100]


def made(house):
    return sum(reader["made"] for reader in house.readers())


class Goals:
    def __init__(self):
        self.missed = 0

    def tell(self, what, figure, wanted, holds):
        self.missed += not holds
        print(f"  {what:58} {figure:>9}   {wanted:16} {'held' if holds else 'MISSED'}", flush=True)


def measure(house, orders, goals):
    house.make(verbosity="progress")
    house.start_authority()
    house.set(url=house.authority_url + "/cmp")
    house.use_services({"bench": house.start_full_bench("bench", READERS, CARDS_A_READER)})
    house.api(requests_per_second=100000)
    house.start_station()
    before = highest_memory(house.station.pid)
    body = batch(orders)
    print(f"zegel-station takes {before:.0f} MB before; a batch of {orders} orders, "
          f"{len(body) / 1e6:.0f} MB, posted to it")
    since = time.perf_counter()
    status, told = house.ask("order-system", "/v1/batches", body)
    taken = time.perf_counter() - since
    if status != 201:
        raise SystemExit(f"it was answered with {status}: {told}")
    goals.tell("taken durably, from the request to its answer", f"{taken:.2f} s",
               f"at most {TAKEN_AT_MOST:.0f} s", taken <= TAKEN_AT_MOST)
    goals.tell("memory of zegel-station by then", f"{highest_memory(house.station.pid):.0f} MB",
               f"below {MEMORY_BELOW} MB", highest_memory(house.station.pid) < MEMORY_BELOW)
    wait_for(lambda: made(house) >= READERS, "the first cards")
    place = [at * 7919 % orders for at in range(LOOKS)]
    for what, paths in (
            ("one order", [f"/v1/orders/ORDER-2026-{at}" for at in place]),
            ("a page of a hundred orders",
             [f"/v1/batches/LARGEST/orders?after={at}&limit=100" for at in place]),
            ("the batch", ["/v1/batches/LARGEST"] * LOOKS)):
        span = looks(house, paths)
        goals.tell(f"GET {what}, 99th percentile beside the line", f"{span:.1f} ms",
                   f"within {LOOK_AT_MOST:.0f} ms", span <= LOOK_AT_MOST)
    if made(house) >= READERS * CARDS_A_READER:
        raise SystemExit("the line had ended before the last look: more cards are wanted")
    goals.tell("memory of zegel-station at the end", f"{highest_memory(house.station.pid):.0f} MB",
               f"below {MEMORY_BELOW} MB", highest_memory(house.station.pid) < MEMORY_BELOW)


def main(words):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended
    unjudged = "--unjudged" in words
    orders = int(next((word for word in words if word.isdigit()), 100_000))
    goals, house = Goals(), ApiHouse()
    try:
        measure(house, orders, goals)
    finally:
        house.close()
    return 1 if goals.missed and not unjudged else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
