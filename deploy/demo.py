#!/usr/bin/env python3
"""demo.py - one city on this machine: a broker, eight counties, the city's own agent and an auditor who follows live.

Real programs, real keys, loopback only, everything in a fresh directory that is removed at the end. Called by ./run demo.
"""
import argparse
import json
import os
import signal
import socket
import sys
import time
import unicodedata

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import TRUTH, City, Tally, ledger, within  # noqa: E402

COLUMNS = (("单位", 20), ("签约", 6), ("开工", 6), ("出访", 6), ("待送", 6), ("最近一条入库", 14))
START_RATE, START_TARGET = "START_OVER_SIGNED", 8500  # started of signed, in basis points; the figure is made up
REFRESH_S = 0.1
STATUS_S = 1.0


class Stopped(Exception):
    """Ctrl-C, SIGTERM, or the time is over."""


def stop(*_):
    raise Stopped


def width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def cells(*texts):
    """The first column to the left, figures to the right; a Chinese character is two columns wide."""
    parts = []
    for (_, size), text in zip(COLUMNS, map(str, texts)):
        blank = " " * max(0, size - width(text))
        parts.append(text + blank if not parts else blank + text)
    return "  ".join(parts)


class Feed:
    """What the auditor's live replay has printed so far."""

    def __init__(self, process):
        self.process, self.offset, self.tally, self.count, self.targets = process, 0, Tally(), 0, {}

    def read(self):
        with open(self.process.paths[0], "rb") as file:
            file.seek(self.offset)
            content = file.read()
        whole = content[:content.rfind(b"\n") + 1]
        self.offset += len(whole)
        for line in whole.splitlines():
            self.add(json.loads(line))

    def add(self, event):
        self.tally.add(event)
        self.count += 1
        if event.get("kind") == "TARGET" and event["target"]["metric"] == START_RATE:
            self.targets[event["about_unit"]] = event["target"]["base_count"]

    def target_text(self):
        """What the city asked, and who is there; both are read from the log."""
        rates = {unit: (started / signed, target) for unit, target in self.targets.items()
                 for signed, started, _ in [self.tally.of(unit)] if signed}
        there = sorted((unit for unit, (rate, target) in rates.items() if rate * 10000 >= target), key=rates.get, reverse=True)
        names = {row["code"]: row["name"] for row in TRUTH["units"]}
        return (f"{TRUTH['city']}下达开工率目标 {len(self.targets)} 项（各 {START_TARGET / 100:g}%）；达到的 {len(there)} 个："
                + "、".join(f"{names[unit]} {rates[unit][0]:.1%}" for unit in there))


class Table:
    def __init__(self, city, feed):
        self.city, self.feed = city, feed
        self.live = sys.stdout.isatty()
        self.drawn, self.waiting, self.asked = 0, {}, 0.0

    def ask(self):
        """What waits at each agent, now and then: a command a unit."""
        if time.monotonic() - self.asked > STATUS_S:
            self.waiting = {unit: agent.status()["waiting"] for unit, agent in self.city.agents.items()}
            self.asked = time.monotonic()

    def lines(self):
        tally = self.feed.tally
        yield cells(*(name for name, _ in COLUMNS))
        for unit, agent in self.city.agents.items():
            newest = tally.newest.get(unit, "")
            yield cells(agent.name, *tally.of(unit), self.waiting.get(unit, "-"), newest[11:19] or "-")
        yield cells("合计", *tally.total(), sum(self.waiting.values()), f"{self.feed.count} 条")

    def draw(self, last=False):
        self.feed.read()
        if not self.live and not last:
            return
        text = "".join(f"\033[2K{line}\n" if self.live else f"{line}\n" for line in self.lines())
        if self.live and self.drawn:
            text = f"\033[{self.drawn}A" + text
        self.drawn = text.count("\n")
        sys.stdout.write(text)
        sys.stdout.flush()


def say(text):
    print(text, flush=True)


def check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"端口 {port} 用不了（{error.strerror}）；请换一个：./run demo --port {port + 1}，或不写 --port，由系统选一个")


def set_targets(city):
    """The city's own events: what it asks of each unit for the year."""
    day = TRUTH["period_start"]
    target = {"metric": START_RATE, "period_from": day, "period_to": f"{day[:4]}-12-31", "base_count": START_TARGET,
              "parent_unit": TRUTH["city_code"]}
    city.agents[TRUTH["city_code"]].submit(*(
        {"kind": "TARGET", "about_unit": row["code"], "occurred_on": day, "body": "CITY", "origin": "演示", "target": target}
        for row in TRUTH["units"]))


def import_all(city, table):
    """Each county hands its two ledgers to its agent, while the table follows."""
    for row in TRUTH["units"]:
        for trips in (False, True):
            process = city.start(f"import-{row['code']}-{trips}", "agent", "import", city.agents[row["code"]].folder,
                                 ledger(row["code"], trips))
            within(60, lambda process=process: table.draw() or not process.lives())
            if process.child.returncode != 0:
                sys.exit(f"{row['name']}的台账没有导入：\n{process.err}{process.out}")
    city.agents[TRUTH["city_code"]].note("演示：全市九月调度会")


def finish(city, table):
    """Waits until the auditor has seen all that was accepted, then says whether the log holds what was published."""
    accepted = sum(agent.newest_seq() for agent in city.agents.values())

    def arrived():
        table.ask()
        table.draw()
        return table.feed.count >= accepted
    if not within(60, arrived):
        sys.exit(f"60 秒内只到了 {table.feed.count} 条，共 {accepted} 条")
    table.asked = 0
    table.ask()
    table.draw(last=True)
    published = tuple(TRUTH["published"][key] for key in ("signed", "started", "trips"))
    say("")
    say(f"合计 签约 {table.feed.tally.total()[0]}、开工 {table.feed.tally.total()[1]}、出访 {table.feed.tally.total()[2]}；"
        f"公布数 {published[0]}、{published[1]}、{published[2]}：{'一致' if table.feed.tally.total() == published else '不一致'}")
    say(table.feed.target_text())
    verified = city.call("audit", "verify", city.broker.folder, expect=None)
    say(f"huoshui-audit verify：{verified.said.strip()}")
    return verified.code == 0 and table.feed.tally.total() == published


def stay(table, end):
    """Live until Ctrl-C or the end, so that one may kill, revoke and submit beside it."""
    while True:
        time.sleep(REFRESH_S)
        if table.live:
            table.ask()
            table.draw()
        if end and time.monotonic() > end:
            raise Stopped


def show(city, options, end):
    city.open_broker(f"tcp://127.0.0.1:{options.port}")
    say(f"市级平台在 {city.broker.address}，目录 {city.folder}")
    for row in TRUTH["units"]:
        city.add(row["code"], row["name"], row.get("type", "COUNTY").lower())
    city.add(TRUTH["city_code"], TRUTH["city"], "city")
    say(f"{len(city.agents)} 个单位已入网，审计局在跟读；{TRUTH['title']}（数据为虚构，总数与公布数相同）\n")
    follow = city.start("follow", "audit", "replay", city.auditor(), "--follow", "--format", "jsonl")
    table = Table(city, Feed(follow))
    set_targets(city)
    import_all(city, table)
    good = finish(city, table)
    say(f"\n另开一个终端可以试：\n  {city.binaries}/huoshui-broker status {city.broker.folder}\n"
        f"  {city.binaries}/huoshui-audit replay {city.broker.folder} --unit 341502 --format table\n"
        + ("" if end else "Ctrl-C 结束并清理。\n"))
    table.drawn = 0
    if not good:
        return 1
    stay(table, end)
    return 0


def main():
    parser = argparse.ArgumentParser(prog="./run demo", description="a city, live in this terminal",
                                     epilog="example: ./run demo --seconds 60")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help="stop by itself after so many seconds, with exit status 0")
    parser.add_argument("--port", type=int, default=0, help="of the broker on 127.0.0.1; default: one that is free")
    options = parser.parse_args()
    if options.port:
        check_port(options.port)
    end = options.seconds and time.monotonic() + options.seconds
    city, status = City(options.bin), 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, stop)
    if end:
        signal.setitimer(signal.ITIMER_REAL, options.seconds)
    try:
        status = show(city, options, end)
    except Stopped:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        city.close(check=False)
        say("已停止，目录已清理。")
    return status


if __name__ == "__main__":
    sys.exit(main())
