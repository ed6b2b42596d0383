"""kill -9 of the broker every second and of agents at random, while ledgers are imported: each fact is in the log once."""
import random

import harness
from harness import TRUTH, ledger, until, within

ROUNDS = 10
SEED = 20220930


class Kills(harness.Test):
    def test_each_fact_is_in_the_log_once_whatever_is_killed(self):
        dice = random.Random(SEED)
        city = self.city()
        waiting = [(row["code"], trips) for row in TRUTH["units"] for trips in (False, True)]
        imports = {}
        for count in range(ROUNDS):
            dice.shuffle(waiting)
            for _ in range(min(4, len(waiting))):
                unit, trips = waiting.pop()
                name = f"import-{count}-{unit}-{trips}"
                path = ledger(unit, trips)
                imports[unit, trips] = city.start(name, "agent", "import", city.agents[unit].folder, path)
            within(dice.random(), lambda: not any(process.lives() for process in imports.values()))
            for agent in dice.sample(sorted(city.agents.values(), key=lambda agent: agent.unit), 2):
                agent.kill()
                agent.supervise()
            city.broker.kill()
            city.broker.run()
            for key, process in list(imports.items()):
                until(f"{process.name} ends", lambda process=process: not process.lives())
                if process.child.returncode != 0:  # its agent was killed under it: the clerk tries again
                    waiting.append(key)
                city.processes.remove(process)
                del imports[key]
        for unit, trips in waiting:
            city.agents[unit].load(ledger(unit, trips))
        for agent in city.agents.values():
            agent.wait_empty()
        self.published_figures(city.broker.replay())
        city.broker.verify()


if __name__ == "__main__":
    harness.main()
