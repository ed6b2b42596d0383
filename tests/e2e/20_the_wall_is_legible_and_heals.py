"""The wall is legible at every size and in both themes, and a cut stream is seen as frozen and heals."""
import json
import signal

import harness
from browser import GlassTest
from harness import TRUTH, set_setting, until

AS_OF = TRUTH["as_of"]
COUNTY = "341502"
SCREENS = ("overview", "map", "stuck", "project", "county", "meeting")
SIZES = ((1920, 1080), (3840, 2160), (3840, 1080), (1366, 768), (390, 844))
LONGEST = "阿克塞哈萨克族自治县"


class Legible(GlassTest):
    def test_a_cut_stream_is_seen_as_frozen_and_heals_without_old_figures(self):
        city, display = self.story(COUNTY)
        set_setting(display.folder, "http", display.address.split("//")[1])
        browser = self.browser()
        self.open_overview(browser, display)
        browser.wait_for(".stages li:nth-child(2) .num", lambda text: text not in ("", "0"))
        browser.run("""window.shown = [];
            new MutationObserver(() => { const e = document.querySelector('.stages li:nth-child(4) .num');
                if (e && e.innerText !== window.shown.at(-1)) window.shown.push(e.innerText); })
                .observe(document.body, {subtree: true, childList: true, characterData: true});""")
        before = int(browser.text(".stages li:nth-child(4) .num"))
        display.process.child.send_signal(signal.SIGSTOP)
        browser.wait_for(".banner.frozen", lambda text: "停" in text)
        stopped = browser.text(".clock .hands")
        display.process.child.send_signal(signal.SIGCONT)
        until("the banner goes", lambda: not browser.texts(".banner.frozen"))
        until("the clock runs on", lambda: browser.text(".clock .hands") != stopped)
        display.kill()
        rows = json.loads(city.call("audit", "gaps", city.broker.folder, "--as-of", AS_OF, "--class", "SIGNED_NOT_STARTED", "--json").out)
        project = rows["lists"][0]["rows"][0]["project"]
        city.agents[COUNTY].submit({"kind": "MILESTONE", "subject": project, "occurred_on": "2022-09-29",
                                    "milestone": {"milestone": "STARTED"}})
        city.agents[COUNTY].wait_empty()
        display.run()
        browser.wait_for(".stages li:nth-child(4) .num", lambda text: int(text) == before + 1)
        shown = [int(text) for text in browser.run("return window.shown") if text.isdigit()]
        self.assertEqual(sorted(shown), shown, "no old figure came back for a moment")
        browser.wait_for(".ticker li .event", lambda text: "开工" in text)

    def test_nothing_is_cut_overlaps_or_is_faint_at_any_size(self):
        city, display = self.story()
        agent = city.add("629924", LONGEST)
        agent.note("名字最长的县")
        agent.wait_empty()
        display.wait_for(city.broker.status()["head"]["position"])
        browser = self.browser()
        faults = {}
        for theme in ("dark", "light"):
            for width, height in SIZES:
                browser.size(width, height)
                for screen in SCREENS:
                    if theme == "light" and (width, height) not in ((1920, 1080), (390, 844)):
                        continue
                    browser.open("about:blank")
                    browser.open(f"{display.address}/?theme={theme}#/{screen}")
                    until(f"{screen} is there", lambda: browser.run(
                        "return !!document.querySelector(`.screen.${arguments[0]}`) && !document.querySelector('[aria-busy=true]')", screen))
                    browser.run("return document.fonts.ready.then(() => 0)")
                    found = browser.faults()
                    if found:
                        faults[f"{screen} {theme} {width}x{height}"] = found[:6]
        self.assertEqual({}, faults)
        self.quiet(browser)


if __name__ == "__main__":
    harness.main()
