"""Stands on a connection and counts how often the word changes sides; does something at one of them."""

import selectors
import socket
import threading

PIECE = 1 << 16


class Tap:
    """Between whoever calls our port and `port`. A turn is what one side says before the other
    speaks; `at(number, towards)` is called when a turn begins, before any of it is passed on, and
    gives how many octets of it may pass (none: all)."""

    def __init__(self, port, at=lambda number, towards: None):
        self.port_behind = port
        self.at = at
        self.turns = 0
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.server.getsockname()[1]
        self.ended = False
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.ended = True
        self.server.close()

    def reset(self, at):
        with self.lock:
            self.turns, self.at = 0, at

    def _serve(self):
        while not self.ended:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _begin(self, towards):
        with self.lock:
            self.turns += 1
            return self.at(self.turns, towards)

    def _pass(self, client):
        try:
            behind = socket.create_connection(("127.0.0.1", self.port_behind), timeout=20)
        except OSError:
            client.close()
            return
        other = {client: behind, behind: client}
        speaker, left = None, None
        with selectors.DefaultSelector() as ready, client, behind:
            for side in other:
                ready.register(side, selectors.EVENT_READ)
            while other:
                for key, _ in ready.select():
                    side = key.fileobj
                    try:
                        octets = side.recv(PIECE)
                        if octets and speaker is not side:
                            speaker = side
                            left = self._begin("server" if side is client else "client")
                        if left is not None:
                            octets, left = octets[:left], left - len(octets)
                        if octets:
                            other[side].sendall(octets)
                    except OSError:
                        return
                    if not octets or (left is not None and left <= 0):
                        return
