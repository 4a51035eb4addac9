"""Processes that never outlive the one that started them, and what is told of one that ended."""

import ctypes
import json
import os
import pathlib
import select
import signal
import subprocess

PR_SET_PDEATHSIG = 1
LAST_LINES = 12
NAMES = {"authority": "the simulated CA", "orders": "the simulated order system",
         "bench": "the virtual readers", "station": "the station",
         "printer": "the printer", "bus": "the printer's message bus"}
LIBC = ctypes.CDLL(None)  # loaded here: between fork and exec there is no time for it


def tied():
    """For `preexec_fn`: whatever ends this process, kill -9 too, the kernel then asks the other to end."""
    parent = os.getpid()

    def tie():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before the tie was made
            os.kill(os.getpid(), signal.SIGTERM)

    return tie


def start(words, environment, output, log):
    """With a session of its own, so that a terminal's signals reach it by us alone; tied to us."""
    with open(log, "wb") as lines:
        return subprocess.Popen([str(word) for word in words], env=environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=output, stderr=lines,
                                start_new_session=True, preexec_fn=tied())


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


class StartedByHand:
    """A part that somebody started again in a terminal of his own. Of its end nothing is known but
    that it came."""

    stdout = None

    def __init__(self, pid, words):
        self.pid, self.args, self.returncode = pid, words, None
        self.descriptor = os.pidfd_open(pid)

    def poll(self):
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout=None):
        if self.returncode is None:
            waiting = select.poll()
            waiting.register(self.descriptor, select.POLLIN)
            if not waiting.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired(self.args, timeout)
            os.close(self.descriptor)
            self.returncode = 0
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            signal.pidfd_send_signal(self.descriptor, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def started_by_hand(words):
    """The process whose command line is these words; nothing when there is none."""
    wanted = "".join(word + "\0" for word in words).encode()
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes() == wanted:
                return StartedByHand(int(folder.name), words)
        except OSError:  # it ended meanwhile
            pass
    return None


def children_of(pid):
    """The processes that a process started, by id."""
    children = []
    try:
        for file in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            children += children_in(file)
    except OSError:  # it ended meanwhile
        pass
    return sorted(children)


def children_in(file):
    """Of a thread; none when it ended meanwhile."""
    try:
        return [int(child) for child in file.read_text().split()]
    except OSError:
        return []


def how_it_ended(name, process):
    """A sentence about a process that is no more."""
    status = process.returncode
    if isinstance(process, StartedByHand):
        how = "ended"
    elif status < 0:
        how = f"was ended by {signal.Signals(-status).name}"
    else:
        how = f"ended with exit status {status}"
    return f"{NAMES.get(name, name)} (process {process.pid}) {how}"


def as_text(line):
    """Of a log in JSON what people read; any other line as it is."""
    try:
        entry = json.loads(line)
        return f"{entry['at']} {entry['said']}"
    except (ValueError, KeyError, TypeError):
        return line


def last_words(name, folder):
    """The last lines of every log that a process of this name writes in the folder, as text."""
    found = []
    for log in (folder / f"{name}.out", folder / f"{name}.log"):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        if lines:
            found.append(f"{log.parent.name}/{log.name} ends with:")
            found += [f"  {as_text(line)}" for line in lines[-LAST_LINES:]]
    return "\n".join(found) or "It left no word."
