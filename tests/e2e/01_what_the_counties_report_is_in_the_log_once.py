"""The tour: eight counties and the city are enrolled, import their ledgers, and the log says what the bulletin says."""
import os

import harness
from harness import TRUTH


class Tour(harness.Test):
    def test_the_log_ends_with_the_published_figures(self):
        city = self.city(with_city=True)
        for row in TRUTH["units"]:
            city.agents[row["code"]].load_all()
        city.agents["3415"].note("九月调度会")
        for agent in city.agents.values():
            agent.wait_empty()
            self.assertEqual((0, 0), (agent.status()["waiting"], agent.status()["refused"]), agent.unit)
        events = city.broker.replay()
        self.published_figures(events)
        self.assertEqual(["3415"], [event["unit"] for event in events if event["kind"] == "NOTE"])
        city.broker.verify()

        auditor = city.auditor()
        self.assertEqual(events, harness.replay(city, auditor), "an auditor reads over the network what is on the disk")
        city.call("audit", "verify", auditor)
        status = city.broker.status()
        self.assertEqual(len(city.broker.replay("--all")), status["head"]["position"])
        self.assertEqual(set(city.agents), {unit["unit"] for unit in status["units"] if unit["role"] == "agent"})

    def test_init_prints_the_path_of_what_it_made_and_nothing_else(self):
        city = self.city("341502")
        for text in (city.broker.made.out, city.agents["341502"].request + "\n"):
            self.assertRegex(text, r"\A/[^\n]+\n\Z")
            self.assertTrue(os.path.exists(text.strip()))

    def test_a_broker_keeps_its_port_over_a_restart(self):
        city = self.city("341502")
        before = city.broker.address
        city.broker.stop()
        city.broker.run()
        self.assertEqual(before, city.broker.address)
        city.agents["341502"].load_all()
        city.agents["341502"].wait_empty()


if __name__ == "__main__":
    harness.main()
