"""首报首谈: two counties court one firm; the city sees both, who reported first by which clock, and what it decided."""
import json

import harness

FIRM = "阳光电源股份有限公司"
CODE = "91340100MA2ABCDE5X"


def registered(unit, investor):
    return {"kind": "PROJECT", "subject": f"{unit}/{unit}-0901", "occurred_on": "2022-03-01",
            "project": {"action": "REGISTERED", "name": "逆变器项目", "investor": investor, "credit_code": CODE}}


def trip(first, last):
    return {"kind": "PLAN", "occurred_on": "2022-05-01",
            "plan": {"plan": "TRIP", "from": first, "to": last, "destination": "合肥市", "firms": [FIRM]}}


class FirstReports(harness.Test):
    def claims(self, city, *options):
        return json.loads(city.call("audit", "claims", city.broker.folder, "--as-of", "2022-09-30", "--json", *options).out)

    def test_both_counties_are_named_with_their_evidence_and_the_verdict(self):
        city = self.city("341504", with_city=True)
        late, early = city.add("341502", "金安区", run=False), city.add("341503", "裕安区")
        late.submit(registered("341502", "阳光电源"))
        early.submit(registered("341503", FIRM))
        early.wait_empty()
        self.assertEqual([], self.claims(city)["claims"], "one county alone has no rival")
        late.run()
        late.submit(trip("2022-06-01", "2022-06-03"))
        early.submit(trip("2022-06-03", "2022-06-05"))
        early.wait_empty()
        for agent in (early, city.agents["341504"]):
            agent.submit({"kind": "LEAD", "occurred_on": "2022-05-02", "lead": {"investor": "海螺水泥"}})
        for agent in city.agents.values():
            agent.wait_empty()
        undecided = self.claims(city)
        claim, other = undecided["claims"]
        self.assertEqual(("海螺水泥", "SAME_NAME", {"341503", "341504"}),
                         (other["firm"], other["match"], {unit["unit"] for unit in other["units"]}))
        self.assertEqual((FIRM, CODE, "SAME_CREDIT_CODE"), (claim["firm"], claim["credit_code"], claim["match"]))
        self.assertEqual(("341503", "341502", True), (claim["first_by_log"], claim["first_by_clock"], claim["orders_differ"]),
                         "the log's order counts, and that the counties' own clocks differ is told")
        self.assertEqual([("341503", "裕安区", "341503/341503-0901"), ("341502", "金安区", "341502/341502-0901")],
                         [(unit["unit"], unit["unit_name"], unit["project"]) for unit in claim["units"]])
        log = {event["position"]: event for event in city.broker.replay()}
        self.assertEqual(4, len(claim["evidence"]))
        for row in claim["evidence"]:
            event = log[row["position"]]
            self.assertEqual((event["unit"], event["kind"], event["occurred_on"], event["recorded_at"], event["kind"] == "PLAN"),
                             (row["unit"], row["kind"], row["day"], row["recorded_at"], row["planned"]))
        self.assertIsNone(claim["verdict"])
        clash, = [clash for clash in undecided["clashes"] if clash.get("firm")]
        self.assertEqual([("341502", "2022-06-01", "2022-06-03"), ("341503", "2022-06-03", "2022-06-05")],
                         [(one["unit"], one["from"], one["to"]) for one in clash["trips"]])

        city.agents["3415"].submit({"kind": "VERDICT", "occurred_on": "2022-07-01",
                                    "verdict": {"matter": f"首报首谈：{FIRM}", "winner_unit": "341503",
                                                "projects": ["341503/341503-0901"], "reason": "首报在先"}})
        city.agents["3415"].wait_empty()
        verdict = self.claims(city)["claims"][0]["verdict"]
        self.assertEqual(("3415", "341503", "裕安区", "首报在先", "2022-07-01"),
                         tuple(verdict[key] for key in ("unit", "winner", "winner_name", "reason", "day")))
        self.assertEqual(undecided, self.claims(city, "--known-at", str(undecided["known_at"])), "as it was known then")
        for unit, firms, trips in (("341502", [FIRM], [FIRM]), ("341504", ["海螺水泥"], [])):
            own = self.claims(city, "--unit", unit)
            self.assertEqual((firms, trips), ([one["firm"] for one in own["claims"]],
                                              [one["firm"] for one in own["clashes"] if one.get("firm")]))

        path = city.path("首报.txt")
        city.call("audit", "claims", city.broker.folder, "--as-of", "2022-09-30", "--out", path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for words in (f"{FIRM} {CODE}（统一社会信用代码相同）首报：裕安区", "按各单位自报时间，先报的是金安区",
                      "2022-07-01 六安市裁定归裕安区，理由：首报在先", f"行程重叠，同访企业：{FIRM}"):
            self.assertIn(words, text)
        self.assertNotIn("已更正", text)
        self.assertRegex(text, f"计划 +裕安区 +{FIRM} +计划\n")
        city.call("audit", "claims", city.broker.folder, "--as-of", "2022-09-30", "--unit", "999999", expect=1)
        city.call("audit", "claims", city.broker.folder, expect=2)


if __name__ == "__main__":
    harness.main()
