"""Every figure that two cities published falls out of what their counties reported, and nobody filled in a form."""
import csv
import hashlib
import io
import json
import os
import zipfile

import harness
from harness import DATA, TRUTH, Agent, Broker

PANZHIHUA = os.path.join(DATA, "panzhihua-2006m10")
PERIOD = ("--as-of", TRUTH["as_of"], "--from", TRUTH["period_start"])
LUAN_FILE = os.path.join(harness.LEDGERS, "truth.json")


class Reports(harness.Test):
    def luan(self):
        city = self.city(with_city=True)
        for row in TRUTH["units"]:
            city.agents[row["code"]].load_all()
        for agent in city.agents.values():
            agent.wait_empty()
        return city

    def bulletin(self, city, *options, source=None):
        return json.loads(city.call("audit", "bulletin", source or city.broker.folder, "--format", "json", *options).out)

    def start_rate(self, row):
        return next(rate["percent"] for rate in row["rates"] if rate["id"] == "START_OVER_SIGNED")

    def published(self, city, truth):
        path = city.path(f"published-{len(os.listdir(city.folder))}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(truth, file)
        return path

    def compare(self, city, path, *options):
        return json.loads(city.call("audit", "compare", city.broker.folder, "--published", path, "--json", *options).out)

    def test_luan_reads_as_it_was_published(self):
        city = self.luan()
        bulletin = self.bulletin(city, *PERIOD)
        self.assertEqual((TRUTH["as_of"], TRUTH["period_start"]), (bulletin["as_of"], bulletin["from"]))
        self.assertEqual({row["code"] for row in TRUTH["units"]}, {row["unit"] for row in bulletin["units"]})
        rows = {row["unit"]: row for row in bulletin["units"]}
        for unit in TRUTH["units"]:
            row = rows[unit["code"]]
            self.assertEqual(unit["name"], row["name"])
            self.assertEqual((unit["signed"], unit["size5"], unit["size10"], unit["started"], unit["trips"]),
                             (row["signed"], row["signed_fixed_ge_yi"]["5"], row["signed_fixed_ge_yi"]["10"],
                              row["started"], row["trips"]), unit["name"])
        total, published = bulletin["total"], TRUTH["published"]
        self.assertEqual((published["signed"], published["size5"], published["size10"], published["started"],
                          published["trips"]),
                         (total["signed"], total["signed_fixed_ge_yi"]["5"], total["signed_fixed_ge_yi"]["10"],
                          total["started"], total["trips"]))
        self.assertEqual("93.48", self.start_rate(rows["341502"]))
        ranked = sorted(rows.values(), key=lambda row: row["rank"])
        self.assertEqual(list(published["start_rate_percent"]), [row["unit"] for row in ranked])
        self.assertEqual({row["code"] for row in TRUTH["units"]}, set(bulletin["complete_to"]))
        self.assertEqual(total["signed"] - total["started"], total["gaps"]["SIGNED_NOT_STARTED"])

        whole = self.compare(city, LUAN_FILE)
        self.assertEqual((TRUTH["as_of"], 0, 0, []), (whole["as_of"], whole["differing"], whole["unknown"], whole["figures"]))
        planted = json.loads(json.dumps(TRUTH))
        planted["units"][4]["started"] += 2
        found = self.compare(city, self.published(city, planted), *PERIOD)
        self.assertEqual([("341523", "started", "41", "39")],
                         [(row["unit"], row["figure"], row["published"], row["computed"])
                          for row in found["figures"] if row["verdict"] == "DIFFERS"])
        self.assertIn(("started", "287"), [(row["figure"], row["published_parts_make"]) for row in found["figures"]
                                           if row["misprint"]], "the published total no longer sums")

        auditor = city.auditor()
        self.assertEqual(bulletin, self.bulletin(city, *PERIOD, "--known-at", str(bulletin["known_at"]), source=auditor),
                         "the network tells what the disk tells")

    def test_every_form_says_the_same(self):
        city = self.luan()
        command = ("audit", "bulletin", city.broker.folder, *PERIOD)
        table = city.call(*command).out
        for text in ("六安市2022年1—9月", "START_OVER_SIGNED", "统计截至2022年9月30日", "霍邱县"):
            self.assertIn(text, table)
        path = city.path("通报.csv")
        city.call(*command, "--format", "csv", "--out", path)
        with open(path, "rb") as file:
            data = file.read()
        self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        self.assertEqual([(row["code"], str(row["signed"]), str(row["started"])) for row in TRUTH["units"]] +
                         [("", "344", "285")],
                         [(row["单位代码"], row["签约项目小计(个)"], row["项目进展开工(个)"]) for row in rows])
        path = city.path("通报.xlsx")
        city.call(*command, "--format", "xlsx", "--out", path)
        with zipfile.ZipFile(path) as book:
            self.assertIsNone(book.testzip())
            texts = book.read("xl/sharedStrings.xml").decode()
            page = book.read("xl/worksheets/sheet1.xml").decode()
            self.assertIn("2022-09-30T", book.read("docProps/core.xml").decode(), "equal figures make equal files")
        for text in ("六安市2022年1—9月招商引资工作情况", "全市合计", "位次", "开工率="):
            self.assertIn(text, texts)
        for mark in ('orientation="landscape"', 'paperSize="9"', "<pane ", "<mergeCell ", 'fitToHeight="0"'):
            self.assertIn(mark, page)

    def test_the_figures_by_something_else_than_units_add_up(self):
        city = self.luan()
        command = ("audit", "bulletin", city.broker.folder, *PERIOD)
        signed = TRUTH["published"]["signed"]
        for dimension in ("park", "cohort", "leader", "origin", "size"):
            whole = self.bulletin(city, *PERIOD, "--by", dimension)
            self.assertEqual((dimension, signed, 0), (whole["by"], whole["total"]["signed"], whole["in_several_rows"]))
            self.assertEqual(signed, sum(row["signed"] for row in whole["rows"]), dimension)
            self.assertEqual(TRUTH["published"]["started"], sum(row["started"] for row in whole["rows"]), dimension)
        cohorts = self.bulletin(city, *PERIOD, "--by", "cohort")["rows"]
        self.assertEqual([("2022", signed)], [(row["value"], row["signed"]) for row in cohorts])
        rows = list(csv.reader(io.StringIO(city.call(*command, "--by", "park", "--format", "csv").out.lstrip("\ufeff"))))
        self.assertEqual(("园区", "合计"), (rows[0][0], rows[-1][0]))
        self.assertEqual(str(signed), rows[-1][rows[0].index("签约(个)")])
        table = city.call(*command, "--by", "park").out
        for text in ("（按园区）", "金安区经济开发区", "合计", "START_OVER_SIGNED", "核实到位"):
            self.assertIn(text, table)
        path = city.path("按园区.xlsx")
        city.call(*command, "--by", "park", "--format", "xlsx", "--out", path)
        with zipfile.ZipFile(path) as book:
            self.assertIsNone(book.testzip())
            texts = book.read("xl/sharedStrings.xml").decode()
            pages = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)]
        for text in ("六安市2022年1—9月招商引资工作情况（按园区）", "金安区经济开发区", "合计", "核实到位", "外出招商只计"):
            self.assertIn(text, texts)
        for number in (signed, TRUTH["published"]["started"]):
            self.assertIn(f"<v>{number}</v>", pages[0])
        for page in pages:
            self.assertIn("<pane ", page)

    def test_a_month_is_published_by_its_close(self):
        city = self.luan()
        source = city.broker.folder
        plain = self.bulletin(city, *PERIOD)
        month = self.bulletin(city, "--month", "2022-09")
        self.assertEqual(("2022-09", None), (month["month"], month["closed_on"]), "the city closes no month")
        self.assertEqual({**plain, "month": "2022-09"}, month)
        self.assertIn("未设月结日", city.call("audit", "bulletin", source, "--month", "2022-09").out)
        city.agents["3415"].submit({"kind": "DEFINITION", "occurred_on": "2022-01-01",
                                    "definition": {"definition": "SETTING", "name": "monthly_close", "version": "1",
                                                   "content": json.dumps({"close_day": 5})}})
        city.agents["3415"].wait_empty()
        month = self.bulletin(city, "--month", "2022-09")
        self.assertEqual(("2022-10-05", 0, 0), (month["closed_on"], month["known_at"], month["total"]["signed"]),
                         "the whole log was recorded years after that close")
        self.assertEqual(plain["total"]["started"], self.bulletin(city, *PERIOD)["total"]["started"])
        text = city.call("audit", "bulletin", source, "--month", "2022-09", "--by", "park").out
        self.said_line(text, "按月结 2022-10-05 24时前入库的数据；此后入库的列入下月，发生日不变。")

    def test_panzhihua_reads_as_it_was_published(self):
        truth = harness.load_truth(PANZHIHUA)
        city = harness.City()
        self.addCleanup(city.close)
        city.broker = Broker(city, truth["city"], truth["city_code"])
        city.broker.run()
        agent = city.add("510400", truth["units"][0]["name"])
        agent.load(os.path.join(PANZHIHUA, "510400.csv"))
        agent.submit(*({"kind": "TARGET", "occurred_on": "2006-01-01",
                        "target": {"metric": metric, "period_from": "2006-01-01", "period_to": "2006-12-31",
                                   "base_amount": {"yuan": wan * 10000, "currency": "CNY", "text": f"{wan}万元"}}}
                       for metric, wan in truth["targets"].items()))
        agent.wait_empty()
        bulletin = self.bulletin(city, "--as-of", truth["as_of"], "--from", truth["period_start"])
        row, published = bulletin["total"], truth["published"]
        between = {"out_of_city": "out_of_city_in_province"}
        for origin, wan in published["by_origin_wan"].items():
            key = between.get(origin, origin)
            self.assertEqual((wan, published["by_origin_projects"][origin], published["share_percent"][origin]),
                             (row["received_by_origin_wan"][key], row["projects_by_origin"][key],
                              row["share_percent_by_origin"][key]), origin)
        self.assertEqual((published["performing"], published["received_wan"]), (row["performing"], row["received_wan"]))
        targets = {target["metric"]: target for target in bulletin["units"][0]["targets"]}
        for name, rate in published["target_rate_percent"].items():
            target = targets[f"received_wan_{name}"]
            self.assertEqual((truth["targets"][f"received_wan_{name}"], rate), (target["target_wan"], target["rate_percent"]))
            self.assertEqual(published["pace_points"].get(name, target["pace_points"]), target["pace_points"])
        found = self.compare(city, os.path.join(PANZHIHUA, "truth.json"))
        self.assertEqual((0, 0, []), (found["differing"], found["unknown"], found["figures"]))
        funds = next(iter(city.broker.replay("--kind", "FUNDS")))
        text = city.call("audit", "project", city.broker.folder, funds["subject"]).out
        self.said_line(text, "到位资金：", "核实到位：未核实")

    def test_a_correction_is_seen_by_diff_and_project_and_the_frozen_sitting_stands(self):
        city = self.luan()
        source, agent = city.broker.folder, city.agents["341502"]
        frozen = city.path("九月调度会.json")
        city.call("audit", "snapshot", source, *PERIOD, "--out", frozen)
        before = self.bulletin(city, *PERIOD)["known_at"]
        start = next(event for event in city.broker.replay("--unit", "341502", "--kind", "MILESTONE")
                     if event["milestone"]["milestone"] == "STARTED")
        agent.submit({"kind": "CORRECTION", "occurred_on": "2022-10-08", "subject": start["subject"],
                      "correction": {"action": "WITHDRAWN", "target": start["event_id"],
                                     "reason": "未实质性开工", "person": "王科员"}})
        agent.wait_empty()
        after = self.bulletin(city, *PERIOD)
        self.assertEqual(42, next(row["started"] for row in after["units"] if row["unit"] == "341502"))
        known = ("--known-at", before, "--known-at", after["known_at"])
        changed = json.loads(city.call("audit", "diff", source, *PERIOD, *known, "--json").out)
        figures = {(row["unit"], row["figure"]): (row["before"], row["after"]) for row in changed["figures"]}
        self.assertEqual(("43", "42"), figures[("341502", "started")])
        self.assertEqual(("285", "284"), figures[(None, "started")])
        self.assertEqual({"341502", None}, {unit for unit, _ in figures}, "nobody else's figures moved")
        self.assertEqual([("CORRECTION", start["subject"])],
                         [(event["kind"], event["subject"]) for event in changed["events"]])
        self.assertIn("未实质性开工", city.call("audit", "diff", source, *PERIOD, *known).out)

        code = start["subject"].split("/")[1]
        history = json.loads(city.call("audit", "project", source, code, "--json").out)
        auditor = city.auditor()
        for command, *options in (("project", code, "--known-at", after["known_at"], "--as-of", TRUTH["as_of"]),
                                  ("diff", *PERIOD, *known)):
            here, there = (city.call("audit", command, place, *options, "--json").out for place in (source, auditor))
            self.assertEqual(here, there, "the network tells what the disk tells")
        struck = [entry for entry in history["history"] if entry["corrected_by"]]
        self.assertEqual([start["event_id"]], [entry["event_id"] for entry in struck])
        self.assertEqual(("未实质性开工", "王科员"), (struck[0]["corrected_by"]["reason"], struck[0]["corrected_by"]["person"]))
        self.assertEqual("CONTRACT_SIGNED", history["stage"])
        text = city.call("audit", "project", source, start["subject"]).out
        self.said_line(text, "~~开工", f"第 {after['known_at']} 号撤回")
        then = json.loads(city.call("audit", "project", source, code, "--known-at", before, "--json").out)
        self.assertEqual("STARTED", then["stage"])
        self.assertFalse([entry for entry in then["history"] if entry["corrected_by"]])
        stuck = city.call("audit", "gaps", source, "--as-of", TRUTH["as_of"], "--class", "SIGNED_NOT_STARTED",
                          "--unit", "341502").out
        self.assertIn(code, stuck)
        self.said_line(stuck, "口径：已签正式合同，截至当日未开工且未终止（第1版）")

        city.call("audit", "snapshot", source, "--check", frozen)
        with open(frozen, encoding="utf-8") as file:
            text = file.read()
        with open(frozen, "w", encoding="utf-8") as file:
            file.write(text.replace('"started":43', '"started":44', 1))
        self.assertIn("sha256", city.call("audit", "snapshot", source, "--check", frozen, expect=1).err)
        forged = json.loads(text)
        forged["bulletin"]["units"][0]["started"] = 44
        del forged["sha256"]
        plain = json.dumps(forged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        forged["sha256"] = hashlib.sha256(plain.encode()).hexdigest()
        result = city.call("audit", "snapshot", source, "--check", self.published(city, forged), expect=1)
        self.assertIn("bulletin.units[0].started：快照 44，日志 43", result.out, "a seal of one's own does not help")

    def said_line(self, text, *words):
        for word in words:
            self.assertTrue(any(word in line for line in text.splitlines()), f"{word} in\n{text}")

    def test_wrong_usage_is_named_with_a_remedy(self):
        city = self.city("341502")
        source = city.broker.folder
        wrong = (
            (2, "2022-9-30", "bulletin", source, "--as-of", "2022-9-30"),
            (2, "--as-of", "bulletin", source),
            (2, "pdf", "bulletin", source, "--as-of", "2022-09-30", "--format", "pdf"),
            (2, "--out", "bulletin", source, "--as-of", "2022-09-30", "--format", "xlsx"),
            (2, "--from", "bulletin", source, "--as-of", "2022-09-30", "--from", "2022-10-01"),
            (2, "investor-class", "bulletin", source, "--as-of", "2022-09-30", "--by", "colour"),
            (2, "--month", "bulletin", source),
            (2, "--month 2022-13", "bulletin", source, "--month", "2022-13"),
            (2, "--month 2022-09", "bulletin", source, "--month", "2022-09", "--as-of", "2022-09-30"),
            (2, "--month 2022-09", "bulletin", source, "--month", "2022-09", "--known-at", "5"),
            (2, "--from", "bulletin", source, "--month", "2022-09", "--from", "2022-10-01"),
            (2, "NO_SUCH", "gaps", source, "--as-of", "2022-09-30", "--class", "NO_SUCH"),
            (2, "--known-at", "diff", source, "--as-of", "2022-09-30", "--known-at", "1"),
            (2, "--known-at 0", "bulletin", source, "--as-of", "2022-09-30", "--known-at", "0"),
            (2, "--check", "snapshot", source),
            (1, "999999", "gaps", source, "--as-of", "2022-09-30", "--unit", "999999"),
            (1, "99999999", "bulletin", source, "--as-of", "2022-09-30", "--known-at", "99999999"),
            (1, "341502-9999", "project", source, "341502-9999"),
            (1, "no-such.json", "compare", source, "--as-of", "2022-09-30", "--published", city.path("no-such.json")),
            (1, "no-such.json", "assess", source, "--as-of", "2022-09-30", "--scheme", city.path("no-such.json")),
            (1, "no-such.json", "snapshot", source, "--check", city.path("no-such.json")),
            (1, "no-such", "bulletin", city.path("no-such"), "--as-of", "2022-09-30"),
        )
        for code, word, *arguments in wrong:
            with self.subTest(arguments=arguments):
                result = city.call("audit", *arguments, expect=code)
                self.assertIn(word, result.err)
                self.assertIn("remedy: ", result.err)
                self.assertEqual("", result.out)


if __name__ == "__main__":
    harness.main()
