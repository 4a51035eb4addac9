"""A program at a terminal of its own, where a person answers what it asks."""

import os
import pty
import select
import time


def at_terminal(words, environment, folder, question, answer, seconds=120):
    """(exit status, what the terminal shows); `answer` is typed once `question` stands there."""
    words = [str(word) for word in words]
    child, terminal = pty.fork()
    if child == 0:
        try:
            os.chdir(folder)
            os.execve(words[0], words, environment)
        finally:
            os._exit(127)
    shown, answered, latest = b"", False, time.monotonic() + seconds
    while select.select([terminal], [], [], max(0, latest - time.monotonic()))[0]:
        try:
            octets = os.read(terminal, 4096)
        except OSError:  # EIO: the program has ended
            break
        if not octets:
            break
        shown += octets
        if not answered and question.encode() in shown:
            answered = True
            os.write(terminal, answer.encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode(errors="replace")
