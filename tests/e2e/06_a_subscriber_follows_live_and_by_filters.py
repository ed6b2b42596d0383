"""Whoever asks reads from any position, over the network, and then follows live; a stalled reader costs nobody anything."""
import json
import os
import signal
import statistics
import time

import harness
from harness import until


class Follow(harness.Test):
    def follow(self, city, source, *options):
        return city.start(f"follow-{len(city.processes)}", "audit", "replay", source, "--follow", "--format", "jsonl", *options)

    def texts(self, process):
        lines = process.out.split("\n")[:-1]
        return [json.loads(line)["note"]["text"] for line in lines if '"NOTE"' in line]

    def test_a_subscriber_sees_an_event_within_a_second(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        follower = self.follow(city, city.auditor())
        agent.note("开始")
        until("the follower is live", lambda: self.texts(follower) == ["开始"])
        delays = []
        for number in range(5):
            agent.note(f"第{number}件")
            accepted = time.monotonic()
            until("it arrives", lambda number=number: f"第{number}件" in self.texts(follower))
            delays.append(time.monotonic() - accepted)
        self.assertLess(statistics.median(delays), 1.0, delays)

    def test_filters_choose_by_unit_project_kind_and_position(self):
        city = self.city("341502", "341503")
        for agent in city.agents.values():
            agent.load_all()
            agent.wait_empty()
        auditor = city.auditor()
        for source in (auditor, city.broker.folder):
            every = harness.replay(city, source)
            by_unit = harness.replay(city, source, "--unit", "341503")
            self.assertEqual([event for event in every if event["unit"] == "341503"], by_unit)
            project = "341502/341502-0002"
            by_project = harness.replay(city, source, "--project", project)
            self.assertEqual([event for event in every if event.get("subject") == project], by_project)
            self.assertTrue(by_project)
            by_kind = harness.replay(city, source, "--kind", "CONTACT")
            self.assertEqual([event for event in every if event["kind"] == "CONTACT"], by_kind)
            first, last = every[10]["position"], every[20]["position"]
            self.assertEqual(every[10:21], harness.replay(city, source, "--from", first, "--to", last))

    def test_a_follower_is_filtered_too_and_survives_the_broker(self):
        city = self.city("341502", "341503")
        follower = self.follow(city, city.auditor(), "--unit", "341503")
        city.agents["341502"].note("不该看见")
        city.agents["341503"].note("应当看见")
        until("the first", lambda: self.texts(follower) == ["应当看见"])
        city.broker.kill()
        city.broker.run()
        city.agents["341503"].note("重启之后")
        until("the second, once", lambda: self.texts(follower) == ["应当看见", "重启之后"])

    def test_a_stalled_subscriber_stops_nobody(self):
        city = self.city("341502", "341503")
        stalled = self.follow(city, city.auditor("停住"))
        city.agents["341502"].note("之前")
        until("it follows", lambda: self.texts(stalled))
        os.kill(stalled.pid, signal.SIGSTOP)
        try:
            for agent in city.agents.values():
                agent.load_all()
                agent.wait_empty()
            other = harness.replay(city, city.auditor("走着"))
            self.published_figures(other, ["341502", "341503"])
        finally:
            os.kill(stalled.pid, signal.SIGCONT)
        until("it catches up", lambda: len(stalled.out.splitlines()) == len(other))

    def test_a_supervisor_and_an_exporter_are_told_how_it_fares(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        agent.note("一")
        agent.wait_empty()
        places = {"broker": city.broker, "agent": agent}
        for program, place in places.items():
            self.assertEqual("", city.call(program, "status", place.folder, "--check").said)
        figures = city.call("broker", "status", city.broker.folder, "--prometheus").out.splitlines()
        self.assertIn('huoshui_broker_unit_online{unit="341502",name="金安区"} 1', figures)
        self.assertIn('huoshui_broker_unit_backlog{unit="341502",name="金安区"} 0', figures)
        self.assertIn('huoshui_agent_waiting{unit="341502"} 0',
                      city.call("agent", "status", agent.folder, "--prometheus").out.splitlines())
        agent.stop()
        city.broker.stop()
        for program, why in {"broker": "not running", "agent": "huoshui-agent run"}.items():
            self.assertIn(why, city.call(program, "status", places[program].folder, "--check", expect=1).said)


if __name__ == "__main__":
    harness.main()
