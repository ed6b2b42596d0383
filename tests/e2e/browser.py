"""browser.py - a headless Chromium that looks at a display: Debian's chromium, chromium-driver and python3-selenium.

A wall is judged by what stands on the glass: texts as shown, the boxes they take, the colours they have.
"""
import base64
import contextlib
import os
import tempfile

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import harness
from harness import HERE, TRUTH, until

ARGUMENTS = (
    "--headless=new", "--no-sandbox",  # as root in CI
    "--disable-dev-shm-usage",  # a container's /dev/shm is too small for a page of 3840 x 2160
    "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
)


class Browser:
    def __init__(self, width=1920, height=1080):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        self.folder = tempfile.TemporaryDirectory(prefix="huoshui-browser-")
        for argument in (*ARGUMENTS, f"--user-data-dir={self.folder.name}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_script_timeout(60)
        self.size(width, height)

    def close(self):
        self.driver.quit()
        with contextlib.suppress(OSError):
            self.folder.cleanup()

    def size(self, width, height):
        """The exact viewport, phones' too; a window's size would be clamped."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})

    def media(self, **features):
        """prefers_reduced_motion="reduce", prefers_color_scheme="light" …"""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()]})

    def open(self, address):
        self.driver.get(address)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def texts(self, selector):
        """What stands in each of them, as shown; an element that is replaced while we look is looked at again."""
        return self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim())", selector)

    def text(self, selector):
        found = self.texts(selector)
        return found[0] if found else None

    def wait_for(self, selector, condition=bool, seconds=60):
        """The first element's text when it fulfils the condition."""
        last = [None]

        def look():
            last[0] = self.text(selector)
            return last[0] is not None and condition(last[0])
        try:
            until(f"{selector} on the glass", look, seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}; it shows {last[0]!r}\n{self.complaints()}") from None
        return last[0]

    def click(self, selector):
        def try_it():
            try:
                self.driver.find_element(By.CSS_SELECTOR, selector).click()
                return True
            except StaleElementReferenceException:
                return False
        until(f"{selector} can be clicked", try_it, 20)

    def press(self, key):
        """A key on the page: "1", "?", "ESCAPE", "ARROW_RIGHT" …"""
        self.driver.find_element(By.TAG_NAME, "body").send_keys(getattr(Keys, key, key))

    def complaints(self):
        """Errors and refusals of the page since the last call; a cut stream is a word of the network, not of the page."""
        return [row["message"] for row in self.driver.get_log("browser")
                if row["level"] in ("SEVERE", "WARNING") and "net::ERR_" not in row["message"]]

    def faults(self):
        """Text that is cut, overlaps, leaves its box, is too small or too faint (wall_check.js), as it stands now."""
        with open(os.path.join(HERE, "wall_check.js"), encoding="utf-8") as file:
            return self.run(file.read() + "\nreturn window.wallCheck().faults;")

    def picture(self, path):
        self.driver.save_screenshot(path)

    def print_pdf(self, path):
        made = self.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        with open(path, "wb") as file:
            file.write(base64.b64decode(made["data"]))


class GlassTest(harness.Test):
    """A city with a wall, and somebody who looks at it."""

    def browser(self, *size):
        browser = Browser(*size)
        self.addCleanup(browser.close)
        return browser

    def story(self, *units, **more):
        city = self.city(*units, with_city=True)
        for code, agent in city.agents.items():
            if code != TRUTH["city_code"]:
                agent.load_all()
        for agent in city.agents.values():
            agent.wait_empty()
        display = city.display(as_of=TRUTH["as_of"], **more)
        display.wait_for(city.broker.status()["head"]["position"])
        return city, display

    def open_overview(self, browser, display):
        """A key holds the rotation of screens for two minutes."""
        browser.open(display.address + "/")
        browser.press("1")

    def quiet(self, browser):
        self.assertEqual([], browser.complaints(), "the page's console")
