"""A TCP port for a server that is started later."""

import pathlib
import random
import socket

FIRST = 10240
KEPT = []  # open until this process ends: what tells the others which ports it has
GIVEN_BY_KERNEL = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port():
    """Free now, and below those that the kernel gives to whoever asks for any: so no connection of
    somebody else takes it meanwhile. No other house is given it while this process lives, also when
    nobody listens there."""
    first, last = map(int, GIVEN_BY_KERNEL.read_text().split())
    ports = [port for port in range(FIRST, 65536) if not first <= port <= last]
    below = [port for port in ports if port < first]
    for port in random.sample(below or ports, 100):
        if is_free(port) and keep(port):
            return port
    raise OSError("no TCP port is free on this machine")


def keep(port):
    """Whether it is this process's now: by a name that the kernel gives to one, and takes back at its
    end."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0zegel-port-{port}")
    except OSError:
        claim.close()
        return False
    KEPT.append(claim)
    return True


def is_free(port):
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
