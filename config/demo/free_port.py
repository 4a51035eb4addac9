"""A TCP port for a server that is started later."""

import pathlib
import random
import socket

FIRST = 10240
GIVEN_BY_KERNEL = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port():
    """Free now, and below those that the kernel gives to whoever asks for any: so no connection of
    somebody else takes it meanwhile. By chance, so that two houses hardly choose the same."""
    first, last = map(int, GIVEN_BY_KERNEL.read_text().split())
    ports = [port for port in range(FIRST, 65536) if not first <= port <= last]
    below = [port for port in ports if port < first]
    for port in random.sample(below or ports, 100):
        if is_free(port):
            return port
    raise OSError("no TCP port is free on this machine")


def is_free(port):
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
