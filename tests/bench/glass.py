#!/usr/bin/env python3
"""glass.py - from a broker's ack to the glass: one Chromium and 199 plain SSE clients, 20 events a second.

    tests/bench/glass.py BUILD [SECONDS]      prints key=value pairs, as the other measuring programs do

path_glass (path/path_glass.c) is the agent and the plain clients; the browser notes when each event's line stands in its page.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from browser import Browser  # noqa: E402
from harness import TRUTH, City, until  # noqa: E402

PLAIN, RATE = 199, 20
WATCH = """window.seen = {};
new MutationObserver(() => { const now = performance.timeOrigin + performance.now();
    for (const line of document.querySelectorAll('.ticker li[data-position]')) window.seen[line.dataset.position] ??= now;
}).observe(document.body, {subtree: true, childList: true});"""


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(city, build, seconds):
    for row in TRUTH["units"]:
        agent = city.add(row["code"], row["name"])
        agent.load_all()
        agent.wait_empty()
    agent = city.agents[TRUTH["units"][0]["code"]]
    agent.stop()
    os.symlink(agent.folder, city.path("a0"))
    display = city.display(as_of=TRUTH["as_of"])
    head = city.broker.status()["head"]["position"]
    display.wait_for(head)
    payload = city.path("payload.bin")
    subprocess.run([os.path.join(build, "bin/bench/mkpayload"), "make", "-k", payload], check=True)
    browser = Browser()
    try:
        browser.open(display.address + "/")
        browser.press("1")
        browser.wait_for(".ticker li .event")
        browser.run(WATCH)
        done = subprocess.run([os.path.join(build, "bin/bench/path_glass"), "run", "-d", city.folder, "-P", display.address.rsplit(":", 1)[1],
                               "-s", str(PLAIN), "-r", str(RATE), "-t", str(seconds)], env={**os.environ, "BENCH_PAYLOAD": payload},
                              capture_output=True, text=True, check=True)
        acks = [float(line.split()[2]) for line in done.stderr.splitlines() if line.startswith("ack ")]
        last = str(head + len(acks))
        until("the last event on the glass", lambda: last in browser.run("return Object.keys(window.seen)"))
        seen = browser.run("return window.seen")
    finally:
        browser.close()
    glass = [max(0.0, seen[str(head + 1 + k)] - at) for k, at in enumerate(acks) if str(head + 1 + k) in seen]
    print(" ".join(f"plain_{pair}" for pair in done.stdout.split()),
          f"glass_p50_us={quantile(glass, .5) * 1000:.0f} glass_p99_us={quantile(glass, .99) * 1000:.0f} glass_max_us={max(glass) * 1000:.0f}",
          f"glass_seen_pct={100 * len(glass) / len(acks):.1f}")


def main():
    build, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 20
    city = City(os.path.join(build, "bin"))
    try:
        city.open_broker()
        measure(city, build, seconds)
    finally:
        city.close(check=False)


if __name__ == "__main__":
    main()
