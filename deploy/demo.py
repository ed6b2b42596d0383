#!/usr/bin/env python3
"""demo.py - one city on this machine: a broker, eight counties, the city's own agent, an auditor who follows live, and the wall.

Real programs, real keys, loopback only, everything in a fresh directory that is removed at the end. Called by ./run demo.
"""
import argparse
import csv
import datetime
import json
import os
import signal
import socket
import sys
import time
import unicodedata
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import TRUTH, City, Tally, ledger, within  # noqa: E402

COLUMNS = (("单位", 20), ("签约", 6), ("开工", 6), ("出访", 6), ("待送", 6), ("最近一条入库", 14))
CITY_TARGETS = (("LAND_OVER_SIGNED", 8500), ("FUND_OVER_CONTRACT", 3500), ("signed", 440), ("landed", 380), ("started", 400), ("producing", 110))
CITY_FUNDS_YUAN = 80_000_000_000
START_RATE, START_TARGET = "START_OVER_SIGNED", 8500  # started of signed, in basis points; the figure is made up
STORY_S = 120.0  # so long the counties take to report; with --seconds, a part of that
STORY_SHARE = 0.4
TALKS = 24  # projects a county negotiates beside the signed ones
STEPS, TURNS = 40, 8  # at each step one county in so many hands in what it has by then
CUT_OFF, CUT_AT, BACK_AT = "341524", 0.3, 0.7  # the link of this county is gone for a while
MISTAKEN, MISTAKE_AT = "341502", 0.5  # this one writes 万元 for 元, and corrects it at the end
WRONG_YUAN, RIGHT_YUAN = 5_000_000_000, 500_000_000
REFRESH_S = 0.1
STATUS_S = 1.0


NAMES = {row["code"]: row["name"] for row in TRUTH["units"]}


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
        return (f"{TRUTH['city']}下达开工率目标 {len(self.targets)} 项（各 {START_TARGET / 100:g}%）；达到的 {len(there)} 个："
                + "、".join(f"{NAMES[unit]} {rates[unit][0]:.1%}" for unit in there))


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


def check_port(port, option):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"端口 {port} 用不了（{error.strerror}）；请换一个：./run demo {option} {port + 1}，或 {option} 0，由系统选一个")


def set_targets(city):
    """The city's own events: what it asks of each unit and of itself for the year."""
    day = TRUTH["period_start"]

    def target(unit, metric, **base):
        return {"kind": "TARGET", "about_unit": unit, "occurred_on": day, "body": "CITY", "origin": "演示",
                "target": {"metric": metric, "period_from": day, "period_to": f"{day[:4]}-12-31", **base}}
    whole = TRUTH["city_code"]
    city.agents[whole].submit(
        *(target(row["code"], START_RATE, base_count=START_TARGET, parent_unit=whole) for row in TRUTH["units"]),
        *(target(whole, metric, base_count=count) for metric, count in CITY_TARGETS),
        target(whole, "received_wan_total", base_amount={"yuan": CITY_FUNDS_YUAN}))


def later(day, days):
    """The day so many days after; "" when that is behind the published day."""
    end = datetime.date.fromisoformat(day) + datetime.timedelta(days)
    return end.isoformat() if end.isoformat() <= TRUTH["as_of"] else ""


class Sheet:
    """A county's ledger, of which it hands in more and more: what was taken before is not said again.

    The published bulletin has no landing, funds, completion or production: those are made up, the same each time.
    """

    def __init__(self, city, unit, trips):
        self.unit = unit
        self.path = city.path(f"sheets-{unit}", os.path.basename(ledger(unit, trips)))
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(ledger(unit, trips), encoding="utf-8-sig", newline="") as file:
            self.head, *self.rows = csv.reader(file)
        self.taken = 0
        if not trips:
            self.rows = [self.fill(number, dict(zip(self.head, row))) for number, row in enumerate(self.rows)]

    def fill(self, number, row):
        started = row["开工时间"]
        if started:
            share = (number * 7 % 5 + 1) * 10  # percent of the total that has arrived
            row["累计到位资金(万元)"] = f"{float(row['总投资(亿元)']) * share * 100:.0f}"
            row["到位截止时间"] = later(started, 5) or started
            row["竣工时间"] = later(started, 60 + number % 9 * 8) if number % 5 < 3 else ""
            row["投产时间"] = later(row["竣工时间"], 20 + number % 4 * 9) if row["竣工时间"] else ""
        return list(row.values())

    def landings(self, first):
        """Land or a hall is given some weeks after the signature; not all wait for the start."""
        for number, row in enumerate(self.rows[first:self.taken], first):
            row = dict(zip(self.head, row))
            day = later(row["签约时间"], 12 + number % 5 * 6)
            if day and (row["开工时间"] or number % 3):
                yield {"kind": "MILESTONE", "subject": f"{self.unit}/{row['项目编号']}", "occurred_on": min(day, row["开工时间"] or day),
                       "origin": "演示", "milestone": {"milestone": "LANDED"}}

    def hand_in(self, city, share):
        count = int(len(self.rows) * share + 0.5)
        if count == self.taken:
            return
        first, self.taken = self.taken, count
        with open(self.path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([self.head, *self.rows[:count]])
        done = city.call("agent", "import", city.agents[self.unit].folder, self.path, expect=None)
        if done.code != 0:
            sys.exit(f"{self.unit} 的台账没有导入：\n{done.said}")
        landed = list(self.landings(first)) if "签约时间" in self.head else []
        if landed:
            city.agents[self.unit].submit(*landed)


class Story:
    """What happens while the counties report; each of it once, when its time has come."""

    def __init__(self, city):
        self.city, self.wrong = city, uuid.uuid4().hex
        self.sheets = [Sheet(city, row["code"], trips) for row in TRUTH["units"] for trips in (False, True)]
        self.subject = f"{MISTAKEN}/{next(sheet for sheet in self.sheets if sheet.unit == MISTAKEN).rows[0][1]}"
        self.due = [(CUT_AT, self.cut_off), (MISTAKE_AT, self.mistake), (BACK_AT, self.come_back)]

    def talks(self):
        """Who is being talked to: not signed yet."""
        for row in TRUTH["units"]:
            unit, first = row["code"], datetime.date.fromisoformat(TRUTH["period_start"])
            self.city.agents[unit].submit(*(
                {"subject": f"{unit}/谈{number}", "occurred_on": (first + datetime.timedelta(number * 11)).isoformat(), "origin": "演示", **what}
                for number in range(TALKS) for what in (
                    {"kind": "PROJECT", "project": {"action": "REGISTERED", "name": f"{row['name']}在谈第{number + 1}号项目"}},
                    {"kind": "MILESTONE", "milestone": {"milestone": "NEGOTIATING"}})))

    def go_on(self, step):
        share = step / STEPS
        while self.due and share >= self.due[0][0]:
            self.due.pop(0)[1]()
        for number, sheet in enumerate(self.sheets):
            if step == STEPS or number // 2 % TURNS == step % TURNS:
                sheet.hand_in(self.city, share)

    def cut_off(self):
        self.city.agents[CUT_OFF].stop()

    def come_back(self):
        self.city.agents[CUT_OFF].run()

    def funds(self, event, yuan):
        return {"kind": "FUNDS", "event_id": event, "subject": self.subject, "occurred_on": "2022-09-20",
                "funds": {"funds": "RECEIVED", "basis": "CUMULATIVE", "origin": "OUT_OF_PROVINCE", "period_to": "2022-09-20",
                          "amount": {"yuan": yuan}}}

    def mistake(self):
        self.city.agents[MISTAKEN].submit(self.funds(self.wrong, WRONG_YUAN))

    def correct(self):
        """At the end: the wall announces what changed, by whom and why."""
        right = uuid.uuid4().hex
        self.city.agents[MISTAKEN].submit(self.funds(right, RIGHT_YUAN), {
            "kind": "CORRECTION", "subject": self.subject, "occurred_on": TRUTH["as_of"],
            "correction": {"action": "CORRECTED", "target": self.wrong, "successor": right, "reason": "到位资金多写了一个零", "person": "王科员"}})


def report_all(city, table, seconds):
    """The counties hand in their ledgers bit by bit, while the table and the wall follow."""
    story, begin = Story(city), time.monotonic()
    story.talks()
    for step in range(1, STEPS + 1):
        story.go_on(step)
        due = begin + seconds * step / STEPS
        while time.monotonic() < due:
            table.ask()
            table.draw()
            time.sleep(min(REFRESH_S, max(0.0, due - time.monotonic())))
    story.correct()
    city.agents[TRUTH["city_code"]].note("演示：全市九月调度会")


def open_wall(city, port):
    """On this machine and as of the published day; gives its address."""
    wall = city.display(run=False, as_of=TRUTH["as_of"], **{"from": TRUTH["period_start"]})
    wall.run("--http", f"127.0.0.1:{port}")
    return wall.address


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
    say(f"{len(city.agents)} 个单位已入网，审计局在跟读；{TRUTH['title']}（逐项数据为虚构，签约、开工、出访的总数与公布数相同）\n")
    follow = city.start("follow", "audit", "replay", city.auditor(), "--follow", "--format", "jsonl")
    table = Table(city, Feed(follow))
    wall = open_wall(city, options.http_port)
    seconds = STORY_S if not end else min(STORY_S, max(0.0, end - time.monotonic()) * STORY_SHARE)
    say(f"大屏在 {wall}，用浏览器打开；{seconds:.0f} 秒内各县区陆续报送，{NAMES[CUT_OFF]}中途断线又恢复，最后有一次更正\n")
    set_targets(city)
    report_all(city, table, seconds)
    good = finish(city, table)
    say(f"大屏：{wall}")
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
    parser.add_argument("--http-port", type=int, default=8600, help="of the wall on 127.0.0.1; default: 8600; 0: one that is free")
    options = parser.parse_args()
    for port, option in ((options.port, "--port"), (options.http_port, "--http-port")):
        if port:
            check_port(port, option)
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
