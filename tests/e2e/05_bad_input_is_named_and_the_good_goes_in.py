"""Every error names the place and the remedy, the good rows of the same file go in, and the exit status tells which."""
import csv
import os

import harness
from harness import Agent, Programs, ledger, tally


class BadLedger(harness.Test):
    def setUp(self):
        self.city_ = self.city("341502")
        self.agent = self.city_.agents["341502"]

    def load_with(self, changes, expect):
        """Imports the ledger with {(line, column): value} changed; line 1 is the header."""
        with open(ledger("341502"), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        for (line, column), value in changes.items():
            rows[line - 1][rows[0].index(column)] = value
        path = self.city_.path("bad.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return self.city_.call("agent", "import", self.agent.folder, path, expect=expect)

    def signed(self):
        self.agent.wait_empty()
        return tally(self.city_.broker.replay()).of("341502")[0]

    def test_a_bad_row_is_named_by_file_row_and_field_and_the_others_go_in(self):
        result = self.load_with({(4, "签约时间"): "2022-13-45"}, expect=1)
        self.says(result.said, r"bad\.csv:4\b", "签约时间", "2022-13-45")
        self.assertEqual(45, self.signed())
        self.load_with({}, expect=0)
        self.assertEqual(46, self.signed())

    def test_every_bad_cell_of_a_row_is_named(self):
        result = self.load_with({(4, "签约时间"): "2022-13-45", (4, "总投资(亿元)"): "很多"}, expect=1)
        self.says(result.said, r"bad\.csv:4 .*签约时间.*2022-13-45", r"bad\.csv:4 .*总投资.*很多")
        self.assertEqual(45, self.signed())

    def test_a_bad_amount_is_named(self):
        result = self.load_with({(9, "总投资(亿元)"): "很多"}, expect=1)
        self.says(result.said, r"bad\.csv:9\b", "总投资", "很多")

    def test_a_masked_optional_cell_does_not_hold_its_row(self):
        self.load_with({(2, "固定资产投资(亿元)"): "**"}, expect=0)
        self.assertEqual(46, self.signed())

    def test_a_file_that_is_no_ledger_is_refused_with_the_reason(self):
        for name, content in (("empty.csv", b""), ("bytes.csv", os.urandom(4096)), ("other.csv", b"a,b,c\n1,2,3\n")):
            path = self.city_.path(name)
            with open(path, "wb") as file:
                file.write(content)
            self.says(self.city_.call("agent", "import", self.agent.folder, path, expect=1).err, name)
        missing = self.city_.call("agent", "import", self.agent.folder, "/nonexistent/a.csv", expect=1)
        self.says(missing.err, "/nonexistent/a.csv")
        self.assertTrue(self.agent.process.lives())

    def test_a_bad_line_of_submit_is_named_and_the_others_go_in(self):
        good = '{"kind":"NOTE","occurred_on":"2022-09-01","note":{"text":"好"}}\n'
        lines = [good, "{not json}\n", good.replace("好", "也好"), '{"kind":"NOTE","occurred_on":"2022-02-30","note":{"text":"x"}}\n',
                 '{"kind":"MILESTONE","occurred_on":"2022-09-01","milestone":{"milestone":"NO_SUCH"}}\n',
                 '{"kind":"NOTE","occurred_on":"2022-09-01","note":{}}\n']
        result = self.city_.call("agent", "submit", self.agent.folder, stdin="".join(lines), expect=1)
        self.assertEqual(6, len(result.out.splitlines()), result)
        self.assertEqual(2, sum("accepted" in line for line in result.out.splitlines()), result)
        self.says(result.said, "occurred_on", "NO_SUCH", "text")
        self.agent.wait_empty()
        self.assertEqual(["好", "也好"], [event["note"]["text"] for event in self.city_.broker.replay()])


class WrongUse(harness.Test):
    def setUp(self):
        self.programs = self.closing(Programs())

    def test_an_unknown_setting_stops_the_start_and_is_named_with_its_line(self):
        agent = Agent(self.programs, "341502", "金安区")
        path = os.path.join(agent.folder, "huoshui.conf")
        with open(path, "a", encoding="utf-8") as file:
            file.write("no_such_setting = 1\n")
        with open(path, encoding="utf-8") as file:
            line = file.read().count("\n")
        result = self.programs.call("agent", "run", agent.folder, expect=1)
        self.says(result.err, "no_such_setting", rf"huoshui\.conf:{line}\b|line {line}\b")

    def test_a_second_run_on_the_same_directory_is_refused(self):
        city = self.city("341502")
        for program, folder in (("agent", city.agents["341502"].folder), ("broker", city.broker.folder)):
            self.says(city.call(program, "run", folder, expect=1).err, os.path.basename(folder))
        city.agents["341502"].load_all()
        city.agents["341502"].wait_empty()

    def test_a_directory_that_others_can_read_is_refused_with_the_chmod_to_run(self):
        agent = Agent(self.programs, "341502", "金安区")
        os.chmod(agent.folder, 0o755)
        self.says(self.programs.call("agent", "run", agent.folder, expect=1).err, "chmod")

    def test_secrets_are_for_their_owner_only(self):
        city = self.city("341502")
        for folder in (city.agents["341502"].folder, city.broker.folder):
            for parent, folders, names in os.walk(folder):
                for name in folders + [name for name in names if not name.endswith(".sock")]:
                    mode = os.stat(os.path.join(parent, name)).st_mode & 0o777
                    self.assertEqual(0, mode & 0o077, f"{parent}/{name} has mode {mode:o}")

    def test_wrong_usage_is_status_2_and_help_is_status_0_with_an_example(self):
        commands = {"broker": ("init", "run", "enrol", "revoke", "status", "backup"),
                    "agent": ("init", "join", "rejoin", "run", "import", "submit", "status", "refused"),
                    "audit": ("init", "join", "replay", "verify")}
        for program, names in commands.items():
            self.says(self.programs.call(program, expect=2).err, "huoshui-" + program)
            self.programs.call(program, "no-such-command", "x", expect=2)
            self.says(self.programs.call(program, "--help").out, *names)
            for name in names:
                self.programs.call(program, name, expect=2)
                self.programs.call(program, name, self.programs.path("x"), "--no-such-option", expect=2)
                self.says(self.programs.call(program, name, "--help").out, f"huoshui-{program} {name} ", "example")


if __name__ == "__main__":
    harness.main()
