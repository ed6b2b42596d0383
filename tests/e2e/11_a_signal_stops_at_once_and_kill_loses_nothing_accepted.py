"""SIGTERM ends a program within a second with status 0; kill -9 right after "accepted" loses nothing."""
import signal

import harness
from harness import SANITIZED

AT_ONCE_S = 4 if SANITIZED else 1  # a sanitizer looks for leaks at the end


class Stop(harness.Test):
    def test_sigterm_stops_within_a_second(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        agent.load_all()
        for process in (agent.process, city.broker.process):
            self.assertLess(process.stop(), AT_ONCE_S)
            self.assertEqual(0, process.child.returncode, process.err[-2000:])

    def test_sigterm_stops_an_agent_without_a_broker_within_a_second(self):
        city = self.city("341502")
        city.broker.kill()
        agent = city.agents["341502"]
        agent.load_all()
        self.assertLess(agent.stop(), AT_ONCE_S)
        self.assertEqual(0, agent.process.child.returncode)

    def test_an_interrupt_from_the_keyboard_is_a_stop_too(self):
        city = self.city("341502")
        city.broker.process.child.send_signal(signal.SIGINT)
        self.assertEqual(0, city.broker.process.child.wait(harness.PATIENCE_S))

    def test_what_was_accepted_is_there_after_kill(self):
        city = self.city("341502")
        agent = city.agents["341502"]
        city.broker.stop()
        for number in range(5):
            result = agent.note(f"第{number}件")
            self.says(result.out, "accepted")
            agent.kill()
            agent.run()
        city.broker.run()
        agent.wait_empty()
        self.assertEqual([f"第{number}件" for number in range(5)], [event["note"]["text"] for event in city.broker.replay()])


if __name__ == "__main__":
    harness.main()
