"""A clerk imports whenever there is a ledger: before the city knows the county, while the agent runs, and again."""
import csv

import harness
from harness import Agent, Broker, Programs, ledger


class Import(harness.Test):
    def setUp(self):
        self.programs = self.closing(Programs())
        self.agent = Agent(self.programs, "341502", "金安区")

    def changed_ledger(self, column, value, row=1):
        """A copy of the ledger, under the same name, with one cell changed."""
        with open(ledger("341502"), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[row][rows[0].index(column)] = value
        path = self.programs.path("341502.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def join_and_run(self):
        broker = Broker(self.programs)
        broker.run()
        self.agent.join(broker.enrol(self.agent.request))
        self.agent.run()
        self.agent.wait_empty()
        return broker

    def test_what_was_imported_before_joining_arrives_once(self):
        self.agent.load_all()
        newest = self.agent.newest_seq()
        self.agent.load_all()
        self.assertEqual(newest, self.agent.newest_seq(), "the second import said something new")
        broker = self.join_and_run()
        self.published_figures(broker.replay(), ["341502"])
        self.agent.load_all()
        self.assertEqual(newest, self.agent.newest_seq(), "an import while the agent runs said something new")

    def test_a_dry_run_says_what_it_would_do_and_does_nothing(self):
        result = self.programs.call("agent", "import", self.agent.folder, ledger("341502"), "--dry-run")
        self.assertTrue(result.said.strip())
        self.assertEqual(0, self.agent.newest_seq())

    def test_a_changed_cell_is_a_correction_that_says_who_and_where(self):
        self.agent.load(ledger("341502"))
        newest = self.agent.newest_seq()
        changed = self.changed_ledger("签约时间", "2022-01-21")
        self.programs.call("agent", "import", self.agent.folder, changed, "--by", "王科员")
        self.assertGreater(self.agent.newest_seq(), newest)
        events = self.join_and_run().replay()
        corrections = [event["correction"] for event in events if event["kind"] == "CORRECTION"]
        self.assertEqual(1, len(corrections))
        self.assertEqual("王科员", corrections[0]["person"])
        self.says(corrections[0]["reason"], "台账更新", r"341502\.csv:2\b")
        earlier = [event for event in events if event["event_id"] == corrections[0]["target"]]
        self.assertEqual(["2022-01-20"], [event["occurred_on"] for event in earlier], "the earlier one stays")

    def test_waiting_for_an_agent_that_never_joined_fails_at_once_with_the_reason(self):
        self.agent.load(ledger("341502"))
        result = self.agent.wait_empty(seconds=3600, expect=1)
        self.says(result.err, "join")


if __name__ == "__main__":
    harness.main()
