"""Displays and auditors write nothing, an agent sees no other county, an inspector only verifies; the broker sees to it."""
import harness
from harness import Agent, until

NOTE = {"kind": "NOTE", "occurred_on": "2022-09-01", "note": {"text": "x"}}


class Rights(harness.Test):
    def agent_with_role(self, city, role):
        agent = Agent(city, "341503", "裕安区")
        agent.join(city.broker.enrol(agent.request, "--role", role))
        agent.run()
        return agent

    def test_a_display_or_an_auditor_cannot_write(self):
        for role in ("display", "auditor"):
            with self.subTest(role=role):
                city = self.city("341502")
                made = Agent(city, "341503", "裕安区")
                enrolled = city.call("broker", "enrol", city.broker.folder, made.request, "--role", role, expect=None)
                if enrolled.code == 0:
                    path = city.path("welcome-as-" + role)
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(enrolled.out)
                    if city.call("agent", "join", made.folder, path, expect=None).code == 0:
                        made.run()
                        made.submit(NOTE)
                        until("it is told", lambda: made.wait_empty(seconds=1, expect=None).code == 1)
                self.assertEqual([], city.broker.replay())

    def test_an_inspector_writes_verifications_only(self):
        city = self.city("341502")
        inspector = self.agent_with_role(city, "inspector")
        inspector.submit(NOTE, {"kind": "VERIFICATION", "subject": "341502/341502-0001", "about_unit": "341502",
                                "occurred_on": "2022-09-01", "body": "INSPECTOR",
                                "verification": {"result": "CONFIRMED", "milestone": "STARTED"}})
        inspector.wait_empty()
        self.assertEqual(["VERIFICATION"], [event["kind"] for event in city.broker.replay()])
        self.assertEqual(1, inspector.status()["refused"])
        self.says(city.call("agent", "refused", inspector.folder).said, "right")

    def test_an_agent_writes_about_its_own_unit_only_and_the_refusal_is_an_answer(self):
        city = self.city("341502", "341503", with_city=True)
        agent = city.agents["341502"]
        agent.submit({**NOTE, "about_unit": "341503"}, {**NOTE, "note": {"text": "自己的"}})
        agent.wait_empty()
        city.agents["3415"].submit({**NOTE, "about_unit": "341503", "note": {"text": "市里的"}})
        city.agents["3415"].wait_empty()
        self.assertEqual(["自己的", "市里的"], [event["note"]["text"] for event in city.broker.replay()])
        status = agent.status()
        self.assertEqual((2, 2, 0, 1), tuple(status[key] for key in ("newest_seq", "acked_seq", "waiting", "refused")))
        self.says(str(city.broker.replay("--all")), "refusal")
        city.broker.verify()

    def test_an_agents_key_reads_nothing_of_another_county(self):
        city = self.city("341502")
        city.agents["341502"].load_all()
        city.agents["341502"].wait_empty()
        folder = city.path("curious")
        request = city.call("audit", "init", folder, "--name", "好奇").out.strip()
        enrolled = city.call("broker", "enrol", city.broker.folder, request, "--role", "agent", expect=None)
        if enrolled.code == 0:
            path = city.path("welcome-curious")
            with open(path, "w", encoding="utf-8") as file:
                file.write(enrolled.out)
            city.call("audit", "join", folder, path, expect=None)
        result = city.call("audit", "replay", folder, "--format", "jsonl", expect=None)
        self.assertNotIn("341502-0001", result.out)

    def test_a_revoked_auditor_reads_no_more(self):
        city = self.city("341502")
        city.agents["341502"].note("可见")
        city.agents["341502"].wait_empty()
        auditor = city.auditor()
        self.assertEqual(1, len(harness.replay(city, auditor)))
        city.call("broker", "revoke", city.broker.folder, "审计局")
        result = city.call("audit", "replay", auditor, "--format", "jsonl", expect=1)
        self.assertEqual("", result.out)
        self.says(result.err, "revoked|refused")


if __name__ == "__main__":
    harness.main()
