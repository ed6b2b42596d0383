"""Revocation works on a live session, is told to the clerk, and takes nothing back."""
import json

import harness
from harness import until


class Revoke(harness.Test):
    def test_a_live_session_ends_with_a_reason_and_history_stays(self):
        city = self.city("341502", "341503")
        revoked, other = city.agents["341502"], city.agents["341503"]
        revoked.load_all()
        revoked.wait_empty()
        before = city.broker.replay()
        city.call("broker", "revoke", city.broker.folder, "341502")
        until("the clerk is told", lambda: "revoked" in revoked.status_text().lower())
        self.assertTrue(revoked.process.lives())
        revoked.note("仍在本机保存")
        result = revoked.wait_empty(seconds=3600, expect=1)
        self.says(result.err, "revoked")

        other.load_all()
        other.wait_empty()
        after = city.broker.replay()
        self.assertEqual(before, [event for event in after if event["unit"] == "341502"])
        self.published_figures(after, ["341502", "341503"])
        city.broker.verify()

    def test_a_revoked_key_does_not_get_in_again(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        agent.wait_empty()
        city.call("broker", "revoke", city.broker.folder, "341502")
        agent.stop()
        agent.note("吊销之后")
        agent.run()
        until("the clerk is told", lambda: "revoked" in agent.status_text().lower())
        self.assertEqual([], city.broker.replay())

    def test_enrolling_a_unit_with_a_live_key_needs_replace(self):
        city = self.city("341502")
        second = harness.Agent(city, "341502", "金安区", folder=city.path("second"))
        second.request = city.call("agent", "init", second.folder, "--unit", "341502", "--name", "金安区").out.strip()
        refused = city.call("broker", "enrol", city.broker.folder, second.request, expect=1)
        self.says(refused.err, "--replace")
        self.assertEqual("", refused.out)
        second.join(city.broker.enrol(second.request, "--replace"))
        second.run()
        second.note("新机器")
        second.wait_empty()
        until("the first key is told", lambda: "revoked" in city.agents["341502"].status_text().lower())

    def test_the_roster_is_in_the_log(self):
        city = self.city("341502")
        city.call("broker", "revoke", city.broker.folder, "341502")
        self.assertEqual([], city.broker.replay(), "only --all shows more than events")
        text = json.dumps(city.broker.replay("--all"), ensure_ascii=False)
        self.says(text, "enrol", "revoke", "341502")


if __name__ == "__main__":
    harness.main()
