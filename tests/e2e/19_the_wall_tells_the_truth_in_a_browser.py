"""What stands on the glass is what the auditor computes, it follows the events, and any evening comes back as it was."""
import json

import harness
from browser import GlassTest
from harness import TRUTH, until

AS_OF, FROM = TRUTH["as_of"], TRUTH["period_start"]
COUNTY, OTHER = "341502", "341525"


class Truth(GlassTest):
    def bulletin(self, city):
        return json.loads(city.call("audit", "bulletin", city.broker.folder, "--as-of", AS_OF, "--from", FROM,
                                    "--format", "json").out)

    def rate(self, row):
        return next(rate for rate in row["rates"] if rate["id"] == "START_OVER_SIGNED")

    def numbers(self, texts):
        """1 234 as the wall groups it."""
        return [text.replace("\u2009", "").replace(" ", "") for text in texts]

    def test_every_screen_shows_the_auditors_figures(self):
        city, display = self.story()
        bulletin = self.bulletin(city)
        total, units = bulletin["total"], {row["unit"]: row for row in bulletin["units"]}
        browser = self.browser()
        self.open_overview(browser, display)
        browser.wait_for(".stages li:nth-child(2) .num", lambda text: text == str(total["signed"]))
        shown = self.numbers(browser.texts(".stages .num"))
        self.assertEqual([total[name] for name in ("signed", "landed", "started", "completed", "producing")], list(map(int, shown[1:])))
        ranked = browser.texts(".ranking li:not(.mean) .rate-num")
        rates = sorted((self.rate(row)["percent"] for code, row in units.items() if self.rate(row)["percent"]), key=float, reverse=True)
        self.assertEqual(rates, ranked)
        self.assertEqual(self.rate(total)["percent"], browser.text(".ranking .mean .rate-num"))
        self.assertIn(AS_OF, browser.text(".clock"))
        self.assertIn("数据完整至", browser.text(".fresh"))
        browser.press("2")
        browser.wait_for(".county-grid")
        for row in units.values():
            if self.rate(row)["percent"]:
                self.assertIn(self.rate(row)["percent"], browser.text(".county-grid"))
        browser.press("3")
        browser.wait_for(".gaps .gap .num")
        gaps = browser.run("return [...document.querySelectorAll('.gaps .gap')].map((e) => [e.dataset.key, e.querySelector('.num').innerText])")
        self.assertEqual(total["gaps"], {name: int(self.numbers([count])[0]) for name, count in gaps})
        browser.wait_for(".list table tbody tr")
        browser.click(".list table tbody tr a")
        browser.wait_for(".project-head h2, .screen.project h2")
        self.assertIn("#/project/", browser.driver.current_url)
        browser.open(f"{display.address}/#/county/{COUNTY}")
        browser.wait_for(".screen.county .num")
        figures = self.numbers(browser.texts(".screen.county .num"))
        self.assertIn(str(units[COUNTY]["signed"]), figures)
        self.assertIn(self.rate(units[COUNTY])["percent"], figures)
        browser.press("7")
        browser.wait_for(".screen.meeting")
        until("the pack has its digest", lambda: bulletin["frame_digest"][:4] in browser.text(".screen.meeting").replace(" ", ""))
        browser.press("?")
        until("every rate's definition is on the sheet", lambda: "START_OVER_SIGNED" in (browser.text("dialog[open]") or ""))
        browser.press("ESCAPE")
        self.quiet(browser)

    def test_an_event_is_on_the_glass_and_a_silent_county_is_named_on_it(self):
        city, display = self.story(COUNTY, OTHER)
        browser = self.browser()
        self.open_overview(browser, display)
        before = int(browser.wait_for(".stages li:nth-child(4) .num", lambda text: text not in ("", "0")))
        rows = display.get("/api/v1/gaps", **{"class": "SIGNED_NOT_STARTED", "unit": COUNTY})
        project = rows["lists"][0]["rows"][0]["project"]
        city.agents[COUNTY].submit({"kind": "MILESTONE", "subject": project, "occurred_on": "2022-09-29",
                                    "milestone": {"milestone": "STARTED"}})
        browser.wait_for(".stages li:nth-child(4) .num", lambda text: int(text) == before + 1)
        browser.wait_for(".ticker li .event", lambda text: "开工" in text)
        city.agents[OTHER].stop()
        browser.wait_for(".fresh li.lost", lambda text: "失联" in text)
        tiles = browser.run("return [...document.querySelectorAll('.screen .prov')].map((e) => e.innerText)")
        self.assertGreater(len(tiles), 4)
        for text in tiles:
            self.assertRegex(text, "霍山", "each tile names who is missing")
        city.agents[OTHER].run()
        until("the county is back", lambda: not browser.texts(".fresh li.lost"))
        self.quiet(browser)

    def test_the_replay_shows_the_same_frame_again_and_leaves_it_for_the_live_one(self):
        city, display = self.story(COUNTY)
        then = display.get("/api/v1/wall")
        rows = display.get("/api/v1/gaps", **{"class": "SIGNED_NOT_STARTED", "unit": COUNTY})
        for row in rows["lists"][0]["rows"][:2]:
            city.agents[COUNTY].submit({"kind": "MILESTONE", "subject": row["project"], "occurred_on": "2022-09-29",
                                        "milestone": {"milestone": "STARTED"}})
        city.agents[COUNTY].wait_empty()
        head = city.broker.status()["head"]["position"]
        display.wait_for(head)
        browser = self.browser()
        self.open_overview(browser, display)
        browser.wait_for(".stages li:nth-child(4) .num", lambda text: text not in ("", "0"))
        live = browser.text(".stages li:nth-child(4) .num")
        browser.press("6")
        until("the wall is marked as replay", lambda: browser.run("return document.documentElement.dataset.state") == "replay")
        self.assertIn("回放", browser.text(".clock"))
        seen = {}
        for key in ("HOME", "ARROW_RIGHT", "END", "HOME", "ARROW_RIGHT", "END"):
            browser.press(key)
            browser.wait_for(".replay-bar .scrub", lambda _: True)
            value = self.settled(browser)
            self.assertEqual(seen.setdefault(value["position"], value), value, "the same position, the same frame")
            asked = display.get("/api/v1/wall", as_of=value["as_of"], known_at=value["position"])
            self.assertEqual(value["digest"], asked["head"]["frame"])
            self.assertEqual(value["started"], str(next(stage["count"] for stage in asked["stages"] if stage["id"] == "STARTED")))
        self.assertGreater(len(seen), 1)
        past = display.get("/api/v1/wall", as_of=AS_OF, known_at=then["head"]["position"])
        self.assertEqual({**then["head"], "is_live": False, "last_position": 0}, {**past["head"], "last_position": 0})
        for section in ("stages", "ranking", "gaps", "trend"):
            self.assertEqual(then[section], past[section], section)
        browser.press("ESCAPE")
        until("live again", lambda: browser.run("return document.documentElement.dataset.state") == "live")
        self.assertEqual(live, browser.text(".stages li:nth-child(4) .num"))
        self.quiet(browser)

    def settled(self, browser):
        """What the replay shows when it has stopped changing: bar and figures of one frame."""
        script = """const bar = document.querySelector('.replay-bar'); const title = bar.querySelector('[title]');
            const num = document.querySelector('.stages li:nth-child(4) .num');
            return {position: Number(bar.querySelector('b').innerText.replace(/\\D/g, '')), digest: title.title,
                    started: num && num.innerText, as_of: (document.querySelector('.clock .date').innerText.match(/\\d{4}-\\d\\d-\\d\\d/) || [''])[0]};"""
        last = [None]

        def look():
            now = browser.run(script)
            same, last[0] = now == last[0], now
            return same and now["started"] is not None and now
        return until("the replay settles", look)

    def test_text_from_a_county_is_text_and_switches_work(self):
        city, display = self.story(COUNTY)
        name = "<img src=x onerror=\"document.title='owned'\"><b>项目</b>"
        city.agents[COUNTY].submit(
            {"kind": "PROJECT", "subject": f"{COUNTY}/evil", "occurred_on": "2022-09-01", "project": {"action": "REGISTERED", "name": name}},
            {"kind": "MILESTONE", "subject": f"{COUNTY}/evil", "occurred_on": "2022-09-01", "milestone": {"milestone": "CONTRACT_SIGNED"}})
        city.agents[COUNTY].wait_empty()
        browser = self.browser()
        browser.media(prefers_reduced_motion="reduce")
        browser.open(display.address + "/#/project/" + COUNTY + "%2Fevil")
        browser.wait_for(".screen.project h2", lambda text: "<img" in text)
        self.assertEqual([], browser.texts(".screen img"))
        self.assertNotIn("owned", browser.driver.title)
        browser.open(display.address + "/?lang=en&theme=light#/overview")
        browser.wait_for(".stages h3", lambda text: text.isascii())
        self.assertEqual(("en", "light"), tuple(browser.run("return [document.documentElement.lang, document.documentElement.dataset.theme]")))
        self.assertEqual(0, browser.run("return document.getAnimations().length"))
        self.quiet(browser)


if __name__ == "__main__":
    harness.main()
