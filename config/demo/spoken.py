"""What the demo says to a person."""

import os
import signal
import sys

from endings import Ended


def say(text=""):
    show(text + "\n")


def show(text):
    """As it is, at once. When nobody reads any more, the demo ends."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Ended(signal.SIGPIPE) from None
