"""Random bytes, half-open connections, foreign mechanisms and wrong keys: the broker stays up and the counties deliver."""
import contextlib
import random
import re
import socket

import harness
from harness import Agent, Broker, until

GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00"


def greeting(mechanism):
    return GREETING + mechanism.ljust(20, b"\0") + bytes(32)


class Strangers(harness.Test):
    def connect(self, city):
        host, port = re.fullmatch(r"tcp://(.+):(\d+)", city.broker.address).groups()
        return socket.create_connection((host, int(port)), timeout=harness.PATIENCE_S)

    def say(self, city, content):
        with contextlib.suppress(OSError), self.connect(city) as stranger:
            stranger.sendall(content)
            stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(4096):
                pass

    def test_bytes_that_are_no_handshake_hurt_nobody(self):
        dice = random.Random(12)
        city = self.city("341502")
        agent = city.agents["341502"]
        half_open = [self.connect(city) for _ in range(40)]
        try:
            for size in (0, 1, 10, 63, 64, 65, 1000, 100_000):
                self.say(city, dice.randbytes(size))
            for mechanism in (b"NULL", b"PLAIN", b"CURVE", b"GSSAPI", b"x" * 20):
                for _ in range(5):
                    self.say(city, greeting(mechanism) + dice.randbytes(dice.randrange(400)))
            hello = b"\x04\xc8\x05HELLO\x01\x00" + dice.randbytes(192)
            self.say(city, greeting(b"CURVE") + hello)
            self.say(city, greeting(b"NULL") + b"\x04\x26\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0")
            self.assertTrue(city.broker.process.lives(), city.broker.process.err[-2000:])
            agent.load_all()
            agent.wait_empty()
        finally:
            for stranger in half_open:
                stranger.close()
        self.published_figures(city.broker.replay(), ["341502"])

    def test_a_key_that_was_never_enrolled_does_not_get_in(self):
        city = self.city("341502")
        foreign = self.foreign_broker(city)
        stranger = Agent(city, "341599", "陌生县")
        stranger.join(foreign.enrol(stranger.request))
        stranger.run()
        stranger.note("不该进来")
        city.agents["341502"].load_all()
        city.agents["341502"].wait_empty()
        until("the clerk is told that the link is not up", lambda: stranger.status()["waiting"] == 1)
        self.assertEqual({"341502"}, {event["unit"] for event in city.broker.replay()})

    def foreign_broker(self, city):
        """Another city's broker, with its own keys, that sends its agents to our address."""
        folder = city.path("foreign")
        city.call("broker", "init", folder, "--name", "别的市", "--unit", "9999", "--advertise", city.broker.address)
        return Broker(city, folder=folder)


if __name__ == "__main__":
    harness.main()
