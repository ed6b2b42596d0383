"""wall.py - a display in a test: its directory, its program, its API and its event stream, read by hand without a browser."""
import contextlib
import json
import os
import re
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request

from programs import PATIENCE_S, set_setting, until


class Display:
    """A wall's directory and, when it runs, its program; `get` asks it as a browser on this machine would."""

    def __init__(self, programs, broker, name="市委大屏", folder=None):
        self.programs = programs
        self.folder = folder or programs.path(f"display-{name}")
        self.process, self.address = None, None
        request = programs.call("display", "init", self.folder, "--name", name).out.strip()
        programs.call("display", "join", self.folder, broker.enrol(request))
        set_setting(self.folder, "http", "127.0.0.1:0")

    def run(self, *options):
        self.process = self.programs.start(os.path.basename(self.folder), "display", "run", self.folder, *options)
        self.process.wait_for_line("^READY$")
        self.address = re.search(r"https?://\S+", self.process.out).group(0)

    def kill(self):
        self.process.kill()

    def stop(self):
        return self.process.stop()

    def status(self):
        return json.loads(self.programs.call("display", "status", self.folder, "--json").out)

    def fetch(self, path, headers=None, seconds=PATIENCE_S):
        """(status, body, headers) of any answer; bytes."""
        request = urllib.request.Request(self.address + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read(), refusal.headers

    def get(self, path, expect=200, **query):
        """The JSON of an answer of the API."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        status, body, _ = self.fetch(path)
        if status != expect:
            raise AssertionError(f"{path}: {status}\n{body.decode('utf-8', 'replace')[:2000]}")
        return json.loads(body)

    def wait_for(self, position):
        """Until the frame on the wall is that of the position or a later one."""
        until(f"the wall shows position {position}\n{self.process.err[-1500:]}",
              lambda: self.get("/api/v1/wall")["head"]["position"] >= position)

    def listen(self, last_event_id=None):
        return Listener(self.address, last_event_id)


class Listener:
    """A browser's event stream, read by hand: what has come so far is in `events`, as (event, id, data)."""

    def __init__(self, address, last_event_id=None):
        host, port = address.split("//")[1].split(":")
        self.events, self.beats, self.last_id = [], 0, last_event_id
        self.socket = socket.create_connection((host, int(port)), PATIENCE_S)
        more = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id is not None else ""
        self.socket.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n{more}\r\n".encode())
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def lines(self):
        """Of the body, whatever its chunks."""
        file = self.socket.makefile("rb")
        headers = {}
        status = file.readline()
        for line in iter(file.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        assert b" 200 " in status, (status, headers)
        if headers.get("transfer-encoding") != "chunked":
            yield from (line.decode().rstrip("\r\n") for line in file)
            return
        rest = b""
        for size in iter(file.readline, b""):
            chunk = file.read(int(size, 16))
            file.readline()
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode().rstrip("\r") for line in whole)

    def read(self):
        event, data, number = "message", [], None
        with contextlib.suppress(OSError, ValueError):
            for line in self.lines():
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if line == "" and data:
                    self.take(event, number, json.loads("\n".join(data)))
                if line == "":
                    event, data, number = "message", [], None
                elif name == "event":
                    event = value
                elif name == "data":
                    data.append(value)
                elif name == "id":
                    number = self.last_id = int(value)

    def take(self, event, number, data):
        self.beats += event == "beat"
        self.events.append((event, number, data))

    def of(self, kind):
        return [data for event, _, data in list(self.events) if event == kind]

    def wait(self, what, condition, seconds=PATIENCE_S):
        return until(f"the stream says {what}; it said {[event for event, _, _ in self.events][-20:]}", lambda: condition(self), seconds)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(PATIENCE_S)
