"""考核: a scheme scores every unit, each figure is explained by events of the log, and a what-if is marked as one."""
import json
import os

import harness
from harness import TRUTH

PERIOD = ("--as-of", TRUTH["as_of"], "--from", TRUTH["period_start"])
SCHEME = {
    "id": "starts", "name": "开工考核", "version": "1", "mode": "WEIGHTED", "total_points": 100,
    "unlanded_signing_percent": 100, "digits": 2, "rounding": "HALF_UP", "ties": "SHARED", "red": 1, "black": 1,
    "unit_types": ["COUNTY", "PARK"],
    "items": [{"id": "started", "name": "开工率", "kind": "RATIO", "points": 100,
               "parts": [{"value": {"measure": "STARTED"}, "base": {"measure": "SIGNED"}}]}],
}


class Assessment(harness.Test):
    def file(self, city, name, value):
        path = city.path(name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False)
        return path

    def assess(self, city, scheme, *options):
        return json.loads(city.call("audit", "assess", city.broker.folder, "--scheme", scheme, *PERIOD, "--json", *options).out)

    def test_scores_follow_the_published_figures_and_are_explained_by_the_log(self):
        city = self.city(with_city=True)
        for row in TRUTH["units"]:
            city.agents[row["code"]].load_all()
        city.agents["3415"].submit({"kind": "DEFINITION", "occurred_on": "2022-01-01",
                                    "definition": {"definition": "SCHEME", "name": "starts", "version": "1",
                                                   "content": json.dumps(SCHEME, ensure_ascii=False)}})
        for agent in city.agents.values():
            agent.wait_empty()
        path = self.file(city, "方案.json", SCHEME)
        sitting = self.assess(city, path)
        self.assertFalse(sitting["what_if"], "the city has set this very scheme")
        self.assertEqual(sitting, self.assess(city, "starts"), "and it goes by its id, too")
        published = TRUTH["published"]["start_rate_percent"]
        self.assertEqual(list(published), [row["unit"] for row in sitting["units"]])
        self.assertEqual(list(range(1, len(published) + 1)), [row["rank"] for row in sitting["units"]])
        for row in TRUTH["units"]:
            score = next(unit["score"] for unit in sitting["units"] if unit["unit"] == row["code"])
            self.assertEqual(f"{100 * row['started'] / row['signed']:.2f}", score)
        self.assertEqual(["341502"], [row["unit"] for row in sitting["units"] if row["red"]])
        self.assertEqual(["341523"], [row["unit"] for row in sitting["units"] if row["black"]])

        one, = self.assess(city, path, "--explain", "341504")["units"]
        evidence = one["items"][0]["evidence"]
        log = {event["position"]: event for event in city.broker.replay()}
        for is_base, milestone, count in ((False, "STARTED", 17), (True, "CONTRACT_SIGNED", 19)):
            rows = [row for row in evidence if row["is_base"] == is_base and not row["is_detail"]]
            self.assertEqual(count, len(rows))
            for row in rows:
                event = log[row["position"]]
                self.assertEqual((row["project"], milestone), (event["subject"], event["milestone"]["milestone"]))
        text = city.call("audit", "assess", city.broker.folder, "--scheme", path, *PERIOD, "--explain", "341504").out
        for word in ("叶集区：89.47 分，第 2 位", "17÷19", "341504/341504-0001", "红榜：金安区", "黑榜：舒城县"):
            self.assertIn(word, text)
        city.call("audit", "assess", city.broker.folder, "--scheme", path, *PERIOD, "--explain", "999999", expect=1)

        self.assertEqual((["341502"], ["341523"], None, []),
                         tuple(sitting["boards"][key] for key in ("red", "black", "before", "race")))
        boards = self.assess(city, path, "--before", "2022-06-30")["boards"]
        earlier = json.loads(city.call("audit", "assess", city.broker.folder, "--scheme", path, "--as-of", "2022-06-30",
                                       "--from", TRUTH["period_start"], "--json").out)["units"]
        ranks = {row["unit"]: row["rank"] for row in earlier}
        self.assertEqual([(row["unit"], row["rank"], ranks[row["unit"]], ranks[row["unit"]] - row["rank"]) for row in sitting["units"]],
                         [(row["unit"], row["rank"], row["rank_before"], row["rise"]) for row in boards["race"]])
        self.assertTrue(any(row["rise"] for row in boards["race"]), "somebody moved since June")
        text = city.call("audit", "assess", city.broker.folder, "--scheme", path, *PERIOD, "--before", "2022-06-30").out
        for word in ("红榜：金安区 93.48", "黑榜：", "赛马榜（与 2022-06-30 相比）", "↑", "↓"):
            self.assertIn(word, text)
        self.assertRegex(text, "金安区 +93.48 +93.48 ")
        for day in (TRUTH["as_of"], "2021-12-31"):
            city.call("audit", "assess", city.broker.folder, "--scheme", path, *PERIOD, "--before", day, expect=2)

        other = self.file(city, "另案.json", {**SCHEME, "digits": 1})
        self.assertTrue(self.assess(city, other)["what_if"])
        self.assertIn("测算", city.call("audit", "assess", city.broker.folder, "--scheme", other, *PERIOD).out)
        wrong = self.file(city, "错案.json", {**SCHEME, "unknown": 1})
        self.assertIn("错案.json", city.call("audit", "assess", city.broker.folder, "--scheme", wrong, *PERIOD, expect=1).err)

    def test_a_what_if_of_definitions_is_marked(self):
        city = self.city("341502")
        city.agents["341502"].load_all()
        city.agents["341502"].wait_empty()
        command = ("audit", "bulletin", city.broker.folder, *PERIOD)
        path = self.file(city, "口径.json", [{"id": "START_OVER_SIGNED", "rounding": "TRUNCATE", "digits": 1}])
        bulletin = json.loads(city.call(*command, "--format", "json", "--scheme", path).out)
        rate = next(rate for rate in bulletin["total"]["rates"] if rate["id"] == "START_OVER_SIGNED")
        self.assertEqual((True, "93.4"), (bulletin["what_if"], rate["percent"]))
        self.assertIn("测算", city.call(*command, "--scheme", path).out)
        self.assertFalse(json.loads(city.call(*command, "--format", "json").out)["what_if"])
        wrong = self.file(city, "错.json", [{"id": "START_OVER_SIGNED", "rounding": "UPWARDS"}])
        result = city.call(*command, "--scheme", wrong, expect=1)
        self.assertIn(os.path.basename(wrong), result.err)
        self.assertIn("remedy: ", result.err)

    def test_a_projects_lights_name_the_rule_that_raised_them(self):
        city = self.city("341502", with_city=True)
        key = "341502/341502-0901"
        city.agents["341502"].submit(
            {"kind": "PROJECT", "subject": key, "occurred_on": "2022-01-10",
             "project": {"action": "REGISTERED", "name": "逆变器项目", "investor": "阳光电源"}},
            {"kind": "PLAN", "subject": key, "occurred_on": "2022-03-01",
             "plan": {"plan": "MONTH", "metric": "started", "from": "2022-05-01", "to": "2022-07-31"}})
        for agent in city.agents.values():
            agent.wait_empty()

        def lights(day):
            found = json.loads(city.call("audit", "project", city.broker.folder, key, "--as-of", day, "--json").out)["lights"]
            return [(light["rules"], light["colour"], light["shape"], light["why"]) for light in found]
        start = "YINCHUAN_2025_START"
        self.assertEqual([(start, "GREEN", "CIRCLE", "应开工未开工0个月：按计划开工，亮绿灯")], lights("2022-06-30"))
        self.assertEqual([(start, "RED", "SQUARE", "应开工未开工3个月：连续3个月无正当理由应开工未开工，亮红灯")], lights("2022-09-30"))
        text = city.call("audit", "project", city.broker.folder, key, "--as-of", "2022-08-31").out
        self.assertIn("亮灯：黄灯（三角）银川开工亮灯 2025：应开工未开工2个月", text)
        rules = {"id": start, "name": "六安开工亮灯", "version": "1", "source": "六安市", "shown": ["MONTHS_DUE"],
                 "rules": [{"colour": "BLUE", "meaning": "REMIND", "text": "逾期即提醒",
                            "terms": [{"input": "MONTHS_DUE", "at_least": 1}]}]}
        city.agents["3415"].submit({"kind": "DEFINITION", "occurred_on": "2022-09-01",
                                    "definition": {"definition": "LIGHTS", "name": start, "version": "1",
                                                   "content": json.dumps(rules, ensure_ascii=False)}})
        city.agents["3415"].wait_empty()
        self.assertEqual([(start, "BLUE", "DIAMOND", "应开工未开工3个月：逾期即提醒")], lights("2022-09-30"), "the city's own rules")
        self.assertEqual([], lights("2022-02-28"), "nothing is known of its start")


if __name__ == "__main__":
    harness.main()
