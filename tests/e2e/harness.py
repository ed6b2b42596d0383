"""harness.py - starts the shipped programs, waits for conditions with a deadline, and leaves nothing behind.

Programs come from the directory HUOSHUI_BIN. A test waits until something is so, never for a time; only processes
that it started are ended, and each must end without a word from a sanitizer.
"""
import contextlib
import ctypes
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(HERE), "data")
LEDGERS = os.path.join(DATA, "luan-2022q3")
SANITIZED = os.environ.get("HUOSHUI_SANITIZED") == "1"
PATIENCE_S = 120  # a deadline is for a failure; a pass never waits for it
SANITIZER_SAYS = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """In the child: whatever ends this test ends the programs that it started."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def load_truth(folder=LEDGERS):
    with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
        return json.load(file)


TRUTH = load_truth()


def ledger(unit, trips=False):
    return os.path.join(LEDGERS, f"{unit}-trips.csv" if trips else f"{unit}.csv")


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


def free_port():
    """A port that was free a moment ago, for a program that must be told one before it runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


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


class Agent:
    """A unit's directory and, when it runs, its program."""

    def __init__(self, programs, unit, name, kind="county", folder=None):
        self.programs, self.unit, self.name = programs, unit, name
        self.folder = folder or programs.path(f"agent-{unit}")
        self.process = None
        if not folder:
            made = programs.call("agent", "init", self.folder, "--unit", unit, "--name", name, "--type", kind)
            self.request = made.out.strip()

    def run(self):
        self.process = self.programs.start(os.path.basename(self.folder), "agent", "run", self.folder)
        self.process.wait_for_line("^READY$")

    def supervise(self):
        """Starts it again as a supervisor would: a command that works in its place may still hold the directory."""
        def attempt():
            self.process = self.programs.start(os.path.basename(self.folder), "agent", "run", self.folder)
            until("READY or an end", lambda: "READY" in self.process.out or not self.process.lives())
            if self.process.lives():
                return True
            self.programs.processes.remove(self.process)
            return False
        until(f"{self.unit} starts again", attempt)

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    def load(self, *paths, expect=0):
        return [self.programs.call("agent", "import", self.folder, path, expect=expect) for path in paths]

    def load_all(self):
        return self.load(ledger(self.unit), ledger(self.unit, trips=True))

    def submit(self, *events, expect=0):
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        return self.programs.call("agent", "submit", self.folder, stdin=lines, expect=expect)

    def note(self, text, **more):
        return self.submit({"kind": "NOTE", "occurred_on": "2022-09-01", "note": {"text": text}, **more})

    def status(self):
        return json.loads(self.programs.call("agent", "status", self.folder, "--json").out)

    def status_text(self):
        return self.programs.call("agent", "status", self.folder).said

    def newest_seq(self):
        return self.status()["newest_seq"]

    def wait_empty(self, seconds=PATIENCE_S, expect=0):
        return self.programs.call("agent", "status", self.folder, "--wait-empty", seconds, expect=expect,
                                  seconds=seconds + PATIENCE_S)

    def join(self, welcome, word="join"):
        self.programs.call("agent", word, self.folder, welcome)


class Broker:
    def __init__(self, programs, name="六安市", unit="3415", listen="tcp://127.0.0.1:0", folder=None, more=()):
        self.programs = programs
        self.folder = folder or programs.path("broker")
        self.process, self.address = None, None
        if not folder:
            self.made = programs.call("broker", "init", self.folder, "--name", name, "--unit", unit,
                                      "--listen", listen, *more)

    def run(self):
        self.process = self.programs.start(os.path.basename(self.folder), "broker", "run", self.folder)
        self.process.wait_for_line("^READY$")
        self.address = re.search(r"tcp://\S+", self.process.out).group(0)

    def kill(self):
        self.process.kill()

    def stop(self):
        return self.process.stop()

    def enrol(self, request, *options, name="welcome"):
        """Gives the path of a WELCOME."""
        result = self.programs.call("broker", "enrol", self.folder, request, *options)
        path = self.programs.path(f"{name}-{len(os.listdir(self.programs.folder))}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(result.out)
        os.chmod(path, 0o600)
        return path

    def status(self):
        return json.loads(self.programs.call("broker", "status", self.folder, "--json").out)

    def replay(self, *options):
        return replay(self.programs, self.folder, *options)

    def verify(self, expect=0):
        return self.programs.call("audit", "verify", self.folder, expect=expect, seconds=300)


class Display:
    """A wall's directory and, when it runs, its program; `get` asks it as a browser on this machine would."""

    def __init__(self, programs, broker, name="市委大屏", folder=None):
        self.programs = programs
        self.folder = folder or programs.path(f"display-{name}")
        self.process, self.address = None, None
        request = programs.call("display", "init", self.folder, "--name", name).out.strip()
        programs.call("display", "join", self.folder, broker.enrol(request))
        set_setting(self.folder, "http", "127.0.0.1:0")

    def run(self, *options):
        self.process = self.programs.start(os.path.basename(self.folder), "display", "run", self.folder, *options)
        self.process.wait_for_line("^READY$")
        self.address = re.search(r"https?://\S+", self.process.out).group(0)

    def kill(self):
        self.process.kill()

    def stop(self):
        return self.process.stop()

    def status(self):
        return json.loads(self.programs.call("display", "status", self.folder, "--json").out)

    def fetch(self, path, headers=None, seconds=PATIENCE_S):
        """(status, body, headers) of any answer; bytes."""
        request = urllib.request.Request(self.address + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read(), refusal.headers

    def get(self, path, expect=200, **query):
        """The JSON of an answer of the API."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        status, body, _ = self.fetch(path)
        if status != expect:
            raise AssertionError(f"{path}: {status}\n{body.decode('utf-8', 'replace')[:2000]}")
        return json.loads(body)

    def wait_for(self, position):
        """Until the frame on the wall is that of the position or a later one."""
        until(f"the wall shows position {position}\n{self.process.err[-1500:]}",
              lambda: self.get("/api/v1/wall")["head"]["position"] >= position)

    def listen(self, last_event_id=None):
        return Listener(self.address, last_event_id)


class Listener:
    """A browser's event stream, read by hand: what has come so far is in `events`, as (event, id, data)."""

    def __init__(self, address, last_event_id=None):
        host, port = address.split("//")[1].split(":")
        self.events, self.beats, self.last_id = [], 0, last_event_id
        self.socket = socket.create_connection((host, int(port)), PATIENCE_S)
        more = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id is not None else ""
        self.socket.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n{more}\r\n".encode())
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def lines(self):
        """Of the body, whatever its chunks."""
        file = self.socket.makefile("rb")
        headers = {}
        status = file.readline()
        for line in iter(file.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        assert b" 200 " in status, (status, headers)
        if headers.get("transfer-encoding") != "chunked":
            yield from (line.decode().rstrip("\r\n") for line in file)
            return
        rest = b""
        for size in iter(file.readline, b""):
            chunk = file.read(int(size, 16))
            file.readline()
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode().rstrip("\r") for line in whole)

    def read(self):
        event, data, number = "message", [], None
        with contextlib.suppress(OSError, ValueError):
            for line in self.lines():
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if line == "" and data:
                    self.take(event, number, json.loads("\n".join(data)))
                if line == "":
                    event, data, number = "message", [], None
                elif name == "event":
                    event = value
                elif name == "data":
                    data.append(value)
                elif name == "id":
                    number = self.last_id = int(value)

    def take(self, event, number, data):
        self.beats += event == "beat"
        self.events.append((event, number, data))

    def of(self, kind):
        return [data for event, _, data in list(self.events) if event == kind]

    def wait(self, what, condition, seconds=PATIENCE_S):
        return until(f"the stream says {what}; it said {[event for event, _, _ in self.events][-20:]}", lambda: condition(self), seconds)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(PATIENCE_S)


def replay(programs, source, *options):
    """Every event of the log, as JSON objects."""
    result = programs.call("audit", "replay", source, "--format", "jsonl", *options, seconds=300)
    return [json.loads(line) for line in result.out.splitlines()]


class Tally:
    """Signed, started and trips of each unit, counted from events as they come; each project once."""

    def __init__(self):
        self.signed, self.started, self.trips, self.newest = {}, {}, {}, {}

    def add(self, event):
        unit, kind = event.get("about_unit") or event.get("unit"), event.get("kind")
        self.newest[event.get("unit")] = event.get("recorded_at", "")
        if kind == "MILESTONE":
            milestone = event["milestone"].get("milestone")
            if milestone == "CONTRACT_SIGNED":
                self.signed.setdefault(unit, set()).add(event["subject"])
            elif milestone == "STARTED":
                self.started.setdefault(unit, set()).add(event["subject"])
        elif kind == "CONTACT" and event["contact"].get("contact") == "TRIP":
            self.trips.setdefault(unit, set()).add(event["event_id"])

    def of(self, unit):
        return tuple(len(table.get(unit, ())) for table in (self.signed, self.started, self.trips))

    def total(self):
        return tuple(sum(map(len, table.values())) for table in (self.signed, self.started, self.trips))


def tally(events):
    counted = Tally()
    for event in events:
        counted.add(event)
    return counted


class City(Programs):
    """A broker, agents for the units that are named (all eight counties when none is), joined and running."""

    def __init__(self, binaries=None):
        super().__init__(binaries)
        self.broker, self.agents = None, {}

    def open_broker(self, listen="tcp://127.0.0.1:0"):
        self.broker = Broker(self, TRUTH["city"], TRUTH["city_code"], listen)
        self.broker.run()

    def open(self, *units, with_city=False, run=True):
        self.open_broker()
        for row in TRUTH["units"]:
            if not units or row["code"] in units:
                self.add(row["code"], row["name"], row.get("type", "COUNTY").lower(), run)
        if with_city:
            self.add(TRUTH["city_code"], TRUTH["city"], "city", run)
        return self

    def add(self, unit, name, kind="county", run=True):
        agent = self.agents[unit] = Agent(self, unit, name, kind)
        agent.join(self.broker.enrol(agent.request))
        if run:
            agent.run()
        return agent

    def display(self, name="市委大屏", run=True, **settings):
        """A wall beside the broker; settings are those of its huoshui.conf."""
        display = Display(self, self.broker, name)
        for row, value in settings.items():
            set_setting(display.folder, row, value)
        if run:
            display.run()
        return display

    def auditor(self, name="审计局", *options):
        folder = self.path(f"auditor-{name}")
        request = self.call("audit", "init", folder, "--name", name).out.strip()
        self.call("audit", "join", folder, self.broker.enrol(request, *(options or ("--role", "auditor"))))
        return folder


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


@contextlib.contextmanager
def no_more_room(process, more_bytes=0):
    """Within, no file of the process may grow beyond the largest it has plus more_bytes, as on a full disk."""
    largest = 0
    for name in os.listdir(f"/proc/{process.pid}/fd"):
        with contextlib.suppress(OSError):
            largest = max(largest, os.stat(f"/proc/{process.pid}/fd/{name}").st_size)
    limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest + more_bytes, limits[1]))
    try:
        yield
    finally:
        if process.lives():
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)


class Test(unittest.TestCase):
    """Ends what it started, also when it fails; then shows the ends of the logs."""

    maxDiff = 2000

    def city(self, *units, **options):
        return self.closing(City()).open(*units, **options)

    def closing(self, programs):
        self.addCleanup(programs.close)
        self.addCleanup(self.show_logs, programs)
        return programs

    def show_logs(self, programs):
        outcome = getattr(self, "_outcome", None)
        if outcome is None or outcome.success:
            return
        for process in programs.processes:
            print(f"--- {process.name} ---\n{process.err[-2000:]}", file=sys.stderr)

    def says(self, text, *words):
        """Every word (a regular expression) stands in the text, whatever its case."""
        for word in words:
            self.assertRegex(text, re.compile(word, re.I))

    def each_fact_once(self, events):
        for key in ("event_id", "position"):
            values = [event[key] for event in events]
            self.assertEqual(len(values), len(set(values)), f"a {key} stands twice in the log")
        per_unit = {}
        for event in events:
            per_unit.setdefault((event["unit"], event["epoch"]), []).append(event["seq"])
        for unit, seqs in per_unit.items():
            self.assertEqual(sorted(seqs), seqs, f"{unit} came out of order")

    def published_figures(self, events, units=None):
        """The log says what the bulletin says, for every unit and in all, each fact once."""
        self.each_fact_once(events)
        counted = tally(events)
        expected = {row["code"]: (row["signed"], row["started"], row["trips"]) for row in TRUTH["units"]
                    if units is None or row["code"] in units}
        self.assertEqual(expected, {unit: counted.of(unit) for unit in expected})
        if units is None:
            published = TRUTH["published"]
            self.assertEqual((published["signed"], published["started"], published["trips"]), counted.total())


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # cleans up on the way out
    unittest.main()
