"""A backup is taken while the broker serves; a broker that starts from it is behind, is told so, and ends up whole."""
import os
import shutil

import harness
from harness import Broker, ledger, until


class Restore(harness.Test):
    def test_what_came_after_the_backup_arrives_again_once(self):
        city = self.city("341502", "341503", "341504")
        for agent in city.agents.values():
            agent.load(ledger(agent.unit))
            agent.wait_empty()
        backup = city.path("backup")
        city.call("broker", "backup", city.broker.folder, backup, "--with-keys")
        kept = city.broker.replay()
        self.assertEqual(kept, harness.replay(city, backup), "a backup can be read like a broker's directory")
        city.call("audit", "verify", backup)
        for agent in city.agents.values():
            agent.load(ledger(agent.unit, trips=True))
            agent.wait_empty()
        city.broker.kill()
        os.rename(city.broker.folder, city.path("lost"))

        shutil.copytree(backup, city.path("restored"))
        os.chmod(city.path("restored"), 0o700)
        restored = Broker(city, folder=city.path("restored"))
        address = city.broker.address
        restored.run()
        self.assertEqual(address, restored.address, "a backup knows the port")
        for agent in city.agents.values():
            until(f"{agent.unit} is told", lambda agent=agent: "BROKER_BEHIND" in agent.status_text() + agent.process.err)
            agent.wait_empty()
        events = restored.replay()
        self.assertEqual(kept, events[:len(kept)])
        self.published_figures(events, city.agents)
        self.assertIn("BROKER_BEHIND", {alarm["code"] for alarm in restored.status()["alarms"]})
        restored.verify()

    def test_a_backup_while_events_come_in_is_whole(self):
        city = self.city("341502", "341503")
        imports = [city.start(f"import-{unit}", "agent", "import", agent.folder, ledger(unit))
                   for unit, agent in city.agents.items()]
        for number in range(3):
            backup = city.path(f"backup-{number}")
            city.call("broker", "backup", city.broker.folder, backup)
            city.call("audit", "verify", backup)
            self.each_fact_once(harness.replay(city, backup))
            self.assertFalse([name for _, _, names in os.walk(backup) for name in names if "secret" in name],
                             "keys stay out unless asked for")
        for process in imports:
            until(f"{process.name} ends", lambda process=process: not process.lives())


if __name__ == "__main__":
    harness.main()
