"""programs.py - processes that a test starts, and waiting for conditions with a deadline; nothing of what Huoshui means.

Programs come from the directory HUOSHUI_BIN. A test waits until something is so, never for a time; only processes
that it started are ended, and each must end without a word from a sanitizer.
"""
import ctypes
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

PATIENCE_S = 120  # a deadline is for a failure; a pass never waits for it
SANITIZER_SAYS = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """In the child: whatever ends this test ends the programs that it started."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def within(seconds, condition):
    """The condition's first true value, or its last one when the time is over."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        pause.wait(0.02)


def until(what, condition, seconds=PATIENCE_S):
    value = within(seconds, condition)
    if not value:
        raise AssertionError(f"not within {seconds} s: {what}")
    return value


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit status {self.code}\nstandard output:\n{self.out[-3000:]}\nstandard error:\n{self.err[-3000:]}"

    @property
    def said(self):
        return self.out + self.err


class Process:
    """A program in the background; what it says is in two files."""

    def __init__(self, command, folder, name):
        self.name = name
        self.paths = [os.path.join(folder, f"{name}.{kind}") for kind in ("out", "err")]
        self.starts = [os.path.getsize(path) if os.path.exists(path) else 0 for path in self.paths]
        with open(self.paths[0], "ab") as out, open(self.paths[1], "ab") as err:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                          start_new_session=True, preexec_fn=end_with_parent,
                                          restore_signals=False)  # a write beyond a limit is an error, not a death

    def said(self, which):
        with open(self.paths[which], "rb") as file:
            file.seek(self.starts[which])
            return file.read().decode("utf-8", "replace")

    @property
    def out(self):
        return self.said(0)

    @property
    def err(self):
        return self.said(1)

    @property
    def pid(self):
        return self.child.pid

    def lives(self):
        return self.child.poll() is None

    def wait_for_line(self, pattern, seconds=PATIENCE_S):
        expression = re.compile(pattern, re.M)

        def seen():
            match = expression.search(self.out)
            if not match and not self.lives():
                raise AssertionError(f"{self.name} ended with {self.child.returncode}:\n{self.err[-3000:]}")
            return match
        return until(f"{self.name} says {pattern}\n{self.err[-2000:]}", seen, seconds)

    def kill(self):
        self.child.kill()
        self.child.wait()

    def stop(self, seconds=PATIENCE_S):
        """SIGTERM; gives the seconds it took."""
        begin = time.monotonic()
        if self.lives():
            self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {seconds} s:\n{self.err[-3000:]}") from None
        return time.monotonic() - begin

    def check(self):
        """No sanitizer spoke, ever, and it did not die by itself."""
        with open(self.paths[1], encoding="utf-8", errors="replace") as file:
            text = file.read()
        found = SANITIZER_SAYS.search(text)
        if found:
            raise AssertionError(f"{self.name}:\n{text[found.start():][:6000]}")
        if self.child.returncode not in (0, -signal.SIGKILL):
            raise AssertionError(f"{self.name} ended with {self.child.returncode}:\n{text[-3000:]}")


class Programs:
    """Runs commands in a temporary folder of its own."""

    def __init__(self, binaries=None, folder=None):
        self.binaries = os.path.abspath(binaries or os.environ.get("HUOSHUI_BIN", "build/bin"))
        self.folder = folder or tempfile.mkdtemp(prefix="huoshui-")
        self.processes = []

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def command(self, program, *arguments):
        return [os.path.join(self.binaries, f"huoshui-{program}"), *map(str, arguments)]

    def call(self, program, *arguments, stdin="", expect=0, seconds=PATIENCE_S):
        """A command that ends; expect None takes any exit status of the contract."""
        done = subprocess.run(self.command(program, *arguments), input=stdin.encode(), capture_output=True,
                              timeout=seconds, check=False, preexec_fn=end_with_parent)
        result = Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        shown = f"huoshui-{program} {' '.join(map(str, arguments))}: {result}"
        if SANITIZER_SAYS.search(result.err):
            raise AssertionError(shown)
        if result.code not in ((0, 1, 2) if expect is None else (expect,)):
            raise AssertionError(shown)
        return result

    def start(self, name, program, *arguments):
        process = Process(self.command(program, *arguments), self.folder, name)
        self.processes.append(process)
        return process

    def close(self, check=True):
        failures = []
        for process in reversed(self.processes):
            for step in (process.stop, process.check if check else process.lives):
                try:
                    step()
                except AssertionError as failure:
                    failures.append(failure)
        shutil.rmtree(self.folder, ignore_errors=True)
        if failures:
            raise failures[0]


def set_setting(folder, name, value):
    """Changes one row of huoshui.conf, which init has written in full; gives what stood there."""
    path = os.path.join(folder, "huoshui.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    row = re.search(rf"^#?[ \t]*{name}[ \t]*=[ \t]*(.*)$", text, flags=re.M)
    assert row, f"no row {name} in {path}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{text[:row.start()]}{name} = {value}{text[row.end():]}")
    return row.group(1)
