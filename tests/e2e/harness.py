"""harness.py - a city in a test: its broker, its agents and what it must come to; processes are programs.py's, displays wall.py's."""
import contextlib
import json
import os
import re
import resource
import signal
import sys
import unittest

from programs import PATIENCE_S, Programs, set_setting, until, within  # noqa: F401 (tests take all from here)
from wall import Display

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(HERE), "data")
LEDGERS = os.path.join(DATA, "luan-2022q3")
SANITIZED = os.environ.get("HUOSHUI_SANITIZED") == "1"


def load_truth(folder=LEDGERS):
    with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
        return json.load(file)


TRUTH = load_truth()


def ledger(unit, trips=False):
    return os.path.join(LEDGERS, f"{unit}-trips.csv" if trips else f"{unit}.csv")


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
