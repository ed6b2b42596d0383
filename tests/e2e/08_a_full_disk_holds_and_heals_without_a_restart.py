"""No room on either side: a clear state and message, nothing lost, and work goes on when space returns."""
import harness
from harness import no_more_room, set_setting, until

TINY_QUOTA_BYTES = 4 << 20


def much(prefix="", count=400):
    """Some 2,7 KB an event."""
    return [{"kind": "NOTE", "occurred_on": "2022-09-01", "note": {"text": f"{prefix}第{number}件 " + "长" * 900}}
            for number in range(count)]


def says_full(city):
    return not city.broker.status()["taking"]


class FullDisk(harness.Test):
    def test_the_brokers_disk_is_full(self):
        city = self.city("341502", "341503")
        first, second = city.agents.values()
        first.load_all()
        first.wait_empty()
        with no_more_room(city.broker.process):
            second.submit(*much())
            second.load_all()
            until("the broker says so", lambda: says_full(city))
            until("the clerk is told", lambda: "full" in second.status_text().lower())
            self.assertGreater(second.status()["waiting"], 0, "the agent holds what the city cannot take")
            self.assertTrue(city.broker.process.lives())
            self.published_figures(city.broker.replay("--unit", "341502"), ["341502"])
        second.wait_empty()
        events = city.broker.replay()
        self.published_figures(events, ["341502", "341503"])
        self.assertEqual(len(much()), sum(event["kind"] == "NOTE" for event in events))
        until("the broker says that it is over", lambda: not says_full(city))
        city.broker.verify()

    def test_the_agents_disk_is_full(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        agent.note("之前")
        agent.wait_empty()
        with no_more_room(agent.process):
            refused = agent.submit(*much(), expect=1)
            self.says(refused.said, "full|space")
            accepted = sum("accepted" in line for line in refused.out.splitlines())
            self.assertLess(accepted, len(much()))
            self.assertTrue(agent.process.lives())
        agent.load_all()
        agent.wait_empty()
        events = city.broker.replay()
        self.published_figures(events, ["341502"])
        self.assertEqual(1 + accepted, sum(event["kind"] == "NOTE" for event in events),
                         "what was accepted is there, and only that")

    def test_a_tiny_quota_holds_and_a_larger_one_lets_everything_in(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        city.broker.stop()
        usual = set_setting(city.broker.folder, "store_quota", TINY_QUOTA_BYTES)
        city.broker.run()
        for part in "甲乙丙丁":
            agent.submit(*much(part))
        until("the broker says so", lambda: says_full(city))
        self.assertGreater(agent.status()["waiting"], 0)
        self.each_fact_once(city.broker.replay())
        city.call("broker", "revoke", city.broker.folder, "3415-none", expect=1)
        city.auditor()  # the reserve has room for the roster
        city.broker.stop()
        set_setting(city.broker.folder, "store_quota", usual)
        city.broker.run()
        agent.wait_empty()
        self.assertEqual(4 * len(much()), len(city.broker.replay()))


if __name__ == "__main__":
    harness.main()
