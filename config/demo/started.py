"""Processes that never outlive the one that started them, and what is told of one that ended."""

import ctypes
import os
import pathlib
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
    if status < 0:
        how = f"was ended by {signal.Signals(-status).name}"
    else:
        how = f"ended with exit status {status}"
    return f"{NAMES.get(name, name)} (process {process.pid}) {how}"


def last_words(name, folder):
    """The last lines of every log that a process of this name writes in the folder, as text."""
    found = []
    for log in (folder / f"{name}.out", folder / f"{name}.log"):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        if lines:
            found.append(f"{log.parent.name}/{log.name} ends with:")
            found += [f"  {line}" for line in lines[-LAST_LINES:]]
    return "\n".join(found) or "It left no word."
