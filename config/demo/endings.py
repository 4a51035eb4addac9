"""Every signal that ends the demo ends it in order: what was started is stopped first."""

import signal

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody or something asked the demo to end, by a signal of this number."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number

    @property
    def status(self):
        """The exit status a shell gives to that."""
        return 128 + self.number


def ending_in_order():
    """Whoever starts it with `nohup` wants it to outlive the terminal."""
    for end in ENDS:
        if not (end == signal.SIGHUP and outlives_its_terminal()):
            signal.signal(end, _end)


def outlives_its_terminal():
    return signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def ignore_endings():
    """While it is being cleared away."""
    for end in ENDS:
        signal.signal(end, signal.SIG_IGN)


def _end(number, _):
    ignore_endings()
    raise Ended(number)
