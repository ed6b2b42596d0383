"""A machine that was copied, or put back from an old image, is seen; the way out keeps what both of them said."""
import shutil

import harness
from harness import Agent, until

REFUSED = ("fork", "clone", "rolled")


class Clone(harness.Test):
    def copy_of(self, city, agent):
        folder = city.path("copy")
        shutil.copytree(agent.folder, folder, ignore=shutil.ignore_patterns("*.sock"))
        copy = Agent(city, agent.unit, agent.name, folder=folder)
        copy.request = agent.request.replace(agent.folder, folder)
        return copy

    def rejoin(self, city, agent):
        """New keys and a new enrolment, as the remedy says."""
        if agent.process and agent.process.lives():
            agent.stop()
        request = city.call("agent", "rejoin", agent.folder).out.strip()
        agent.join(city.broker.enrol(request, "--replace"), word="rejoin")
        agent.run()
        agent.wait_empty()

    def texts(self, city):
        events = city.broker.replay()
        self.each_fact_once(events)
        return sorted(event["note"]["text"] for event in events if event["kind"] == "NOTE")

    def test_a_clone_that_says_something_else_is_refused_and_rejoining_keeps_both(self):
        city = self.city("341502")
        original = city.agents["341502"]
        original.load_all()
        original.wait_empty()
        original.stop()
        clone = self.copy_of(city, original)
        original.run()
        original.note("原机")
        original.wait_empty()
        original.stop()

        clone.note("副本")
        clone.run()
        told = until("the clone is told", lambda: next((word for word in REFUSED if word in clone.status_text().lower()), None))
        self.says(clone.wait_empty(seconds=3600, expect=1).err, "rejoin")
        self.assertEqual(["原机"], self.texts(city), told)
        self.assertTrue({"FORK", "CLONE"} & {alarm["code"] for alarm in city.broker.status()["alarms"]})

        self.rejoin(city, clone)
        self.assertEqual(["副本", "原机"], self.texts(city))
        self.published_figures(city.broker.replay(), ["341502"])
        city.broker.verify()

    def test_two_machines_with_one_key_are_never_both_right(self):
        city = self.city("341502")
        original = city.agents["341502"]
        original.note("共有")
        original.wait_empty()
        original.stop()
        clone = self.copy_of(city, original)
        original.run()
        clone.run()
        original.note("甲")
        clone.note("乙")
        both = (original, clone)
        until("one of them is told", lambda: [agent for agent in both
                                             if any(word in agent.status_text().lower() for word in REFUSED)])
        self.assertLess(len(self.texts(city)), 3)
        until("an alarm is in the log", lambda: city.broker.status()["alarm_count"] > 0)
        clone.stop()
        self.rejoin(city, original)
        self.rejoin(city, clone)
        self.assertEqual(sorted(["共有", "甲", "乙"]), self.texts(city))
        city.broker.verify()

    def test_a_reinstalled_agent_doubles_nothing(self):
        city = self.city("341502")
        lost = city.agents["341502"]
        lost.load_all()
        lost.wait_empty()
        before = {event["event_id"] for event in city.broker.replay()}
        lost.kill()
        shutil.rmtree(lost.folder)
        new = Agent(city, "341502", "金安区")
        new.join(city.broker.enrol(new.request, "--replace"))
        new.load_all()
        new.run()
        new.wait_empty()
        self.assertEqual(before, {event["event_id"] for event in city.broker.replay()})


if __name__ == "__main__":
    harness.main()
