"""The wall shows what the log says, says it again the same, and comes back from whatever happens to it."""
import json
import os
import urllib.error
import urllib.request

import harness
from harness import TRUTH, until

AS_OF = TRUTH["as_of"]
FROM = TRUTH["period_start"]
DAY = {"as_of": AS_OF}
COUNTY, OTHER = "341502", "341503"


class Wall(harness.Test):
    def story(self, *units):
        """A city whose counties have reported, and a wall that shows it."""
        city = self.city(*units, with_city=True)
        for row in TRUTH["units"]:
            if not units or row["code"] in units:
                city.agents[row["code"]].load_all()
        for agent in city.agents.values():
            agent.wait_empty()
        display = city.display(as_of=AS_OF)
        display.wait_for(city.broker.status()["head"]["position"])
        return city, display

    def head(self, city):
        return city.broker.status()["head"]["position"]

    def audited(self, city, *options, form="json"):
        return city.call("audit", "bulletin", city.broker.folder, "--as-of", AS_OF, "--from", FROM, "--format", form, *options).out

    def stages(self, frame):
        return {stage["id"]: stage["count"] for stage in frame["stages"]}

    def listener(self, display, *last):
        listener = display.listener = display.listen(*last)
        self.addCleanup(listener.close)
        return listener

    def milestone(self, agent, subject, milestone, day):
        """One more fact; gives its text."""
        agent.submit({"kind": "MILESTONE", "subject": subject, "occurred_on": day, "milestone": {"milestone": milestone}})

    def started_gap(self, display):
        """A project of the county that is signed and not started."""
        rows = display.get("/api/v1/gaps", **{"class": "SIGNED_NOT_STARTED", "unit": COUNTY})
        return next(row["project"] for part in rows["lists"] for row in part["rows"])

    def test_every_figure_is_the_auditors(self):
        city, display = self.story()
        audited = self.audited(city)
        status, body, _ = display.fetch(f"/api/v1/bulletin?as_of={AS_OF}&from={FROM}")
        self.assertEqual((200, audited), (status, body.decode()), "byte for byte")
        bulletin = json.loads(audited)
        frame = display.get("/api/v1/wall")
        published = TRUTH["published"]
        self.assertEqual((published["signed"], published["started"]), (self.stages(frame)["SIGNED"], self.stages(frame)["STARTED"]))
        self.assertEqual((bulletin["facts_digest"], AS_OF, True), tuple(frame["head"][key] for key in ("facts", "as_of", "is_live")))
        self.assertEqual(list(published["start_rate_percent"]), [row["unit"] for row in frame["ranking"]["rows"]][:len(published["start_rate_percent"])])
        self.assertEqual({row["code"] for row in TRUTH["units"]} - {row["unit"] for row in frame["units"]}, set())
        gaps = {gap["id"]: gap["count"] for gap in frame["gaps"]}
        self.assertEqual(bulletin["total"]["gaps"], {name: gaps[name] for name in bulletin["total"]["gaps"]})
        ledger = display.get("/api/v1/ledger", **DAY)
        self.assertEqual((bulletin["facts_digest"], frame["head"]["position"]), (ledger["head"]["facts"], ledger["head"]["position"]))
        row = display.get(f"/api/v1/units/{COUNTY}")["row"]
        self.assertEqual(next(one for one in bulletin["units"] if one["unit"] == COUNTY), row)
        project = self.started_gap(display)
        told = display.get(f"/api/v1/projects/{project}")
        audit = json.loads(city.call("audit", "project", city.broker.folder, project, "--as-of", AS_OF, "--json").out)
        self.assertEqual(audit["milestones"], told["milestones"])
        self.assertEqual([entry["position"] for entry in audit["history"]], [entry["position"] for entry in told["history"]])
        _, csv, headers = display.fetch(f"/api/v1/bulletin.csv?as_of={AS_OF}&from={FROM}")
        self.assertEqual(self.audited(city, form="csv"), csv.decode())
        self.assertIn("attachment", headers["Content-Disposition"])
        self.assertEqual(b"PK", display.fetch("/api/v1/bulletin.xlsx?as_of=" + AS_OF)[1][:2])
        self.assertEqual("wall", display.get("/api/v1/session")["scope"])
        for path in ("/api/v1/definitions", "/api/v1/timeline", "/api/v1/projects?q=a", "/api/v1/lines?limit=5"):
            self.assertTrue(display.get(path), path)
        self.assertEqual((200, b"ok\n"), display.fetch("/healthz")[:2])
        metrics = display.fetch("/metrics")[1].decode()
        self.assertIn(f"\nhuoshui_display_position {frame['head']['position']}\n", metrics)
        self.assertIn('huoshui_display_feed{state="live"} 1', metrics)

    def test_a_new_event_is_a_line_and_then_a_frame_and_a_reconnect_misses_nothing(self):
        city, display = self.story(COUNTY, OTHER)
        agent = city.agents[COUNTY]
        listener = self.listener(display)
        listener.wait("a whole frame", lambda it: [data for data in it.of("frame") if data["whole"]])
        listener.wait("contacts", lambda it: it.of("contact"))
        before = self.stages(display.get("/api/v1/wall"))["STARTED"]
        project = self.started_gap(display)
        self.milestone(agent, project, "STARTED", "2022-09-29")
        fact = listener.wait("the fact", lambda it: it.of("fact"))[0]
        self.assertEqual((COUNTY, project, "MILESTONE"), (fact["unit"], fact["project"], fact["kind"]))
        frame = listener.wait("the frame", lambda it: [data for data in it.of("frame") if "stages" in data["sections"] and data["position"] >= fact["position"]])[-1]
        self.assertEqual(before + 1, self.stages(frame["sections"])["STARTED"])
        self.assertFalse(frame["whole"], "only what changed")
        listener.wait("a beat", lambda it: it.beats)
        listener.close()
        for number in range(3):
            agent.note(f"断线期间 {number}")
        agent.wait_empty()
        head = self.head(city)
        display.wait_for(head)
        again = self.listener(display, listener.last_id)
        again.wait("what was missed", lambda it: [data for data in it.of("fact") if data["position"] == head])
        missed = [data["position"] for data in again.of("fact")]
        self.assertEqual(sorted(set(missed)), missed, "in order, each once")
        self.assertEqual(3, len([position for position in missed if position > fact["position"]]))
        self.assertEqual([], again.of("resync"))
        lines = display.get("/api/v1/lines", limit=3)["lines"]
        self.assertEqual([head, head - 1, head - 2], [line["position"] for line in lines])

    def test_a_past_evening_comes_again_byte_for_byte(self):
        city, display = self.story(COUNTY)
        position = self.head(city)
        shown = display.get("/api/v1/wall")
        project = self.started_gap(display)
        self.milestone(city.agents[COUNTY], project, "STARTED", "2022-09-29")
        display.wait_for(position + 1)
        path = f"/api/v1/wall?as_of={AS_OF}&known_at={position}"
        first, second = display.fetch(path)[1], display.fetch(path)[1]
        self.assertEqual(first, second)
        past = json.loads(first)
        self.assertEqual(self.stages(shown), self.stages(past))
        self.assertFalse(past["head"]["is_live"])
        del past["head"]["is_live"], shown["head"]["is_live"]
        for name in ("last_position",):
            past["head"].pop(name, None), shown["head"].pop(name, None)
        self.assertEqual(shown, past, "what was on the wall then")
        display.stop()
        display.run()
        self.assertEqual(first, display.fetch(path)[1], "after a restart too")
        self.assertEqual(self.audited(city, "--known-at", str(position)),
                         display.fetch(f"/api/v1/bulletin?as_of={AS_OF}&from={FROM}&known_at={position}")[1].decode())
        self.assertEqual("NOT_FOUND", display.get(f"/api/v1/wall?known_at={position + 1000}", expect=404)["error"]["code"])

    def test_a_restart_and_a_kill_keep_the_digest(self):
        city, display = self.story(COUNTY)
        listener = self.listener(display)
        listener.wait("a frame", lambda it: it.of("frame"))
        position, digest = self.head(city), display.get("/api/v1/ledger", **DAY)["head"]["facts"]
        display.stop()
        self.assertIn("ledger.snapshot", os.listdir(os.path.join(display.folder, "replica")))
        display.run()
        self.assertRegex(display.process.err, rf"loaded position={position} snapshot={position} ")
        self.assertEqual(digest, display.get("/api/v1/ledger", **DAY)["head"]["facts"])
        self.listener(display, listener.last_id).wait("a frame", lambda it: it.of("frame"))
        for number in range(200):
            city.agents[COUNTY].note(f"记录 {number}") if number % 50 == 0 else None
        display.kill()
        city.agents[COUNTY].wait_empty()
        display.run()
        display.wait_for(self.head(city))
        self.assertEqual(json.loads(self.audited(city))["facts_digest"], display.get("/api/v1/ledger", **DAY)["head"]["facts"])
        with open(os.path.join(display.folder, "replica", "ledger.snapshot"), "r+b") as file:
            file.write(bytes(32))
        display.kill()
        display.run()
        self.assertIn("snapshot_is_of_another_log", display.process.err)
        self.assertEqual(json.loads(self.audited(city))["facts_digest"], display.get("/api/v1/ledger", **DAY)["head"]["facts"])

    def test_a_county_cut_off_and_a_broker_gone_are_named(self):
        city, display = self.story(COUNTY, OTHER)
        listener = self.listener(display)

        def online(it, unit):
            rows = [row for data in it.of("contact") for row in data["units"] if row["unit"] == unit]
            return rows and rows[-1]["is_online"]
        listener.wait("both are there", lambda it: online(it, COUNTY) and online(it, OTHER))
        city.agents[COUNTY].stop()
        listener.wait("one is cut off", lambda it: not online(it, COUNTY))
        self.assertTrue(online(listener, OTHER))
        city.agents[COUNTY].run()
        listener.wait("it is back", lambda it: online(it, COUNTY))
        city.broker.stop()
        listener.wait("the feed is lost", lambda it: it.of("contact")[-1]["feed"] == "lost")
        frame = display.get("/api/v1/wall")
        self.assertEqual(frame["head"]["position"], display.status()["position"], "the wall keeps its frame")
        city.broker.run()
        listener.wait("it is live again", lambda it: it.of("contact")[-1]["feed"] == "live")

    def test_a_correction_is_announced(self):
        city, display = self.story(COUNTY)
        listener = self.listener(display)
        listener.wait("a frame", lambda it: it.of("frame"))
        project = self.started_gap(display)
        self.milestone(city.agents[COUNTY], project, "STARTED", "2022-09-29")
        started = listener.wait("the fact", lambda it: it.of("fact"))[0]["position"]
        event = next(entry for entry in display.get(f"/api/v1/projects/{project}")["history"] if entry["position"] == started)
        city.agents[COUNTY].submit({"kind": "CORRECTION", "subject": project, "occurred_on": AS_OF, "correction": {
            "action": "WITHDRAWN", "target": event["event_id"], "reason": "重复统计", "person": "王科员"}})
        notice = listener.wait("a restatement", lambda it: it.of("restated"))[0]
        self.assertEqual((COUNTY, "重复统计", project), (notice["unit"], notice["why"], notice["project"]))
        until("it stands in the frame", lambda: [one["position"] for one in display.get("/api/v1/wall")["notices"]] == [notice["position"]])
        self.assertTrue(next(line for line in listener.of("fact") if line["position"] == notice["position"])["is_correction"])

    def test_a_full_disk_is_said_and_heals(self):
        city, display = self.story(COUNTY)
        with harness.no_more_room(display.process):
            agent = city.agents[COUNTY]
            for _ in range(4):
                agent.submit(*({"kind": "NOTE", "occurred_on": "2022-09-01", "note": {"text": f"{number} " + "长" * 1000}} for number in range(100)))
            agent.wait_empty()
            until("it is said", lambda: display.fetch("/healthz")[0] == 503)
            self.assertIn(b"replica cannot be written", display.fetch("/healthz")[1])
            display.wait_for(self.head(city))
        until("it heals", lambda: display.fetch("/healthz")[0] == 200)
        display.stop()
        display.run()
        self.assertEqual(self.head(city), display.get("/api/v1/wall")["head"]["position"])

    def test_who_may_look(self):
        city, display = self.story(COUNTY, OTHER)
        address = city.call("display", "grant", display.folder, "金安区招商局", "--scope", "unit", "--units", COUNTY).out.strip()
        self.assertRegex(address, rf"^{display.address}/\?token=[0-9a-f]{{64}}$")
        grants = json.loads(city.call("display", "list", display.folder, "--json").out)["grants"]
        self.assertEqual([("金安区招商局", "unit", COUNTY, False)], [(row["name"], row["scope"], row["units"], row["is_used"]) for row in grants])
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        opener = urllib.request.build_opener(Stay)

        def exchange():
            try:
                opener.open(address).close()
            except urllib.error.HTTPError as answer:
                with answer:
                    return answer.code, answer.headers.get("Set-Cookie")
            return None, None
        code, cookie = until("the running display takes the grant up", lambda: next((it for it in [exchange()] if it[1]), None))
        self.assertEqual(303 if code == 303 else 302, code)
        mine = {"Cookie": cookie.split(";")[0]}
        self.assertEqual("unit", json.loads(display.fetch("/api/v1/session", mine)[1])["scope"])
        self.assertEqual(200, display.fetch(f"/api/v1/units/{COUNTY}", mine)[0])
        self.assertEqual(403, display.fetch(f"/api/v1/units/{OTHER}", mine)[0])
        self.assertEqual(403, display.fetch("/api/v1/bulletin", mine)[0])
        frame = json.loads(display.fetch("/api/v1/wall", mine)[1])
        self.assertEqual({"head", "units", "ranking"}, set(frame))
        lines = json.loads(display.fetch("/api/v1/lines?limit=200", mine)[1])["lines"]
        self.assertEqual({COUNTY}, {line["unit"] for line in lines})
        city.call("display", "revoke", display.folder, "金安区招商局")
        until("it is shut out", lambda: json.loads(display.fetch("/api/v1/session", mine)[1]).get("scope") != "unit")


if __name__ == "__main__":
    harness.main()
