"""Path tricks, foreign hosts, giants, drips, forged tokens: each gets its status and a remedy, and the wall goes on."""
import contextlib
import json
import re
import socket
import ssl
import subprocess

import harness
from harness import until

LONG_S = 60  # the longest deadline of the program that a test here waits for is 15 s


class Refusals(harness.Test):
    def open(self, **settings):
        city = self.closing(harness.City())
        city.open_broker()
        return city.display(**settings)

    def call(self, display):
        host, port = re.fullmatch(r"https?://(.+):(\d+)", display.address).groups()
        return socket.create_connection((host, int(port)), timeout=LONG_S)

    def ask(self, display, request, host="127.0.0.1"):
        """(status, head, body) of a request whose first line is given, or of raw bytes."""
        if isinstance(request, str):
            request = f"{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        with self.call(display) as client:
            with contextlib.suppress(OSError):
                client.sendall(request)
            return self.hear(client)

    def hear(self, client):
        answer = b""
        with contextlib.suppress(OSError):
            for part in iter(lambda: client.recv(65536), b""):
                answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        return int(match.group(1)) if match else None, head.decode("latin-1"), body

    def refused(self, display, status, request, **more):
        got, head, body = self.ask(display, request, **more)
        self.assertEqual(status, got, f"{request[:100]}: {head[:300]}")
        error = json.loads(body)["error"]
        self.assertTrue(error["code"] and error["text"] and error["remedy"], error)
        self.protected(head)
        return error

    def protected(self, head):
        self.says(head, r"Content-Security-Policy: default-src 'none'; script-src 'self'", r"nosniff", r"no-referrer",
                  r"Cross-Origin-Opener-Policy: same-origin")

    def test_what_is_asked_badly_is_told_what_is_right(self):
        display = self.open()
        for path in ("/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/a/./b", "/a%5c..%5cb", "/index.html%00",
                     "/%c0%ae%c0%ae/", "/js%2fmain.js", "/%zz"):
            self.refused(display, 400, f"GET {path}")
        for query, name in (("as_of=2022-02-30", "as_of"), ("known_at=-1", "known_at"), ("surprise=1", "surprise"),
                            ("as_of=2022-09-30&as_of=2022-09-30", "as_of"), ("token=abc", "token")):
            self.says(self.refused(display, 400, f"GET /api/v1/wall?{query}")["text"], name)
        for path in ("/api/v1/nothing", "/api/v2/wall", "/huoshui.conf", "/.git/config", "/keys/sign.secret", "/grants"):
            self.refused(display, 404, f"GET {path}")
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"):
            self.refused(display, 405, f"{method} /")
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil"):
            self.refused(display, 421, "GET /", host=host)
        self.refused(display, 413, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000))
        self.refused(display, 414, "GET /" + "a" * 10_000)
        self.refused(display, 431, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1_000_000)
        self.refused(display, 400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500))
        self.refused(display, 400, b"GET / HTTP/1.1\nHost: localhost\n\n")
        self.refused(display, 505, b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n")
        status, head, _ = self.ask(display, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n")
        self.assertEqual(200, status)
        self.protected(head)

    def test_whoever_drips_or_is_silent_is_gone_and_hurts_nobody(self):
        display = self.open()
        drips = [self.call(display) for _ in range(100)]
        silent = self.call(display)
        with contextlib.ExitStack() as stack:
            for client in (*drips, silent):
                stack.enter_context(client)
            for client in drips:
                client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            self.assertEqual(200, self.ask(display, "GET /api/v1/session")[0])
            status, head, body = self.drip(drips[0])
            self.assertEqual(408, status, head)
            self.assertIn("remedy", json.loads(body)["error"])
            self.assertEqual(b"", silent.recv(1), "a connection that says nothing is closed without a word")
        until("their places are free again", lambda: self.connections(display) <= 1)
        self.assertTrue(display.process.lives())

    def connections(self, display):
        return int(re.search(rb"^\w*connections (\d+)$", self.ask(display, "GET /metrics")[2], flags=re.M).group(1))

    def drip(self, client):
        """A byte of a header whenever the other side has had time to answer, until it does."""
        client.settimeout(0.5)
        for _ in range(2 * LONG_S):
            with contextlib.suppress(OSError):
                client.sendall(b"x")
            try:
                first = client.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                continue
            except OSError:
                break
            if first:
                break
        client.settimeout(LONG_S)
        return self.hear(client)

    def test_tokens_are_used_once_and_leave_no_trace(self):
        display = self.open(hosts="wall.example")
        programs = display.programs
        self.refused(display, 401, "GET /api/v1/wall", host="wall.example")
        self.refused(display, 401, "GET /?token=" + "0" * 64, host="wall.example")
        made = programs.call("display", "grant", display.folder, "书记", "--scope", "office").out
        path = re.search(r"https?://[^/\s]+(/\S*token=(\w+))", made)
        token = path.group(2)
        with open(programs.path(display.folder, "grants"), encoding="utf-8") as file:
            self.assertNotIn(token, file.read())
        status, head, _ = until("the program has read the grants", lambda: self.used(display, path.group(1)))
        self.assertEqual(303, status)
        self.says(head, r"Location: /\r\n", r"HttpOnly; SameSite=Strict")
        self.assertNotIn(token, head)
        cookie = re.search(r"Set-Cookie: ([^;\r\n]+)", head).group(1)
        self.refused(display, 401, "GET " + path.group(1), host="wall.example")
        session = self.session(display, cookie)
        self.assertEqual(("office", "书记"), (session["scope"], session["name"]))
        self.refused_with(display, 401, cookie[:-1] + ("0" if cookie[-1] != "0" else "1"))
        programs.call("display", "revoke", display.folder, "书记")
        until("the cookie is worth nothing", lambda: self.asked_with(display, cookie)[0] == 401)
        self.assertNotIn(token, display.process.err + display.process.out)
        self.assertNotIn(cookie.split("=")[1], display.process.err + display.process.out)

    def used(self, display, path):
        answer = self.ask(display, f"GET {path}", host="wall.example")
        return answer if answer[0] == 303 else None

    def asked_with(self, display, cookie, path="/api/v1/session"):
        return self.ask(display, f"GET {path} HTTP/1.1\r\nHost: wall.example\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())

    def session(self, display, cookie):
        return json.loads(self.asked_with(display, cookie)[2])

    def refused_with(self, display, status, cookie):
        self.assertEqual(status, self.asked_with(display, cookie)[0])

    def test_without_tls_no_other_address_is_served_unless_it_is_said(self):
        display = self.open()
        display.stop()
        programs = display.programs
        refused = programs.call("display", "run", display.folder, "--http", "0.0.0.0:0", expect=None)
        self.assertNotEqual(0, refused.code)
        self.says(refused.said, "TLS", "--insecure-http")
        display.run("--http", "0.0.0.0:0", "--insecure-http")
        display.stop()
        certificate, key = programs.path("cert.pem"), programs.path("key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        display.run("--http", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key)
        context = ssl.create_default_context(cafile=certificate)
        context.check_hostname = False
        with self.call(display) as plain, context.wrap_socket(plain) as client:
            client.sendall(b"GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status, head, _ = self.hear(client)
        self.assertEqual(200, status, head)
        self.says(head, "Strict-Transport-Security")
        self.protected(head)


if __name__ == "__main__":
    harness.main()
