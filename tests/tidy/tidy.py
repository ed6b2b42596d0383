#!/usr/bin/env python3
"""tidy.py - what a reviewer should not have to look for (STYLE.md): floors, lengths, names, users, banned calls.

    tidy.py ROOT      prints one line a finding, PATH:LINE: RULE: what is wrong; exit status 1 when there is one

Every rule is a function from a Tree to findings; test_tidy.py shows each of them a tree that breaks it.
"""
import os
import re
import sys

PROGRAMS = ("agent", "broker", "display", "audit")
BELOW = {
    "base": (),
    "ledger": ("base",),
    "proto": ("ledger", "base"),
    "store": ("base",),
    "io": ("base",),
    "report": ("io", "store", "proto", "ledger", "base"),
    "reader": ("io", "store", "proto", "ledger", "base"),
    **{program: ("report", "reader", "io", "store", "proto", "ledger", "base") for program in PROGRAMS},
}
# The ledger's sub-rooms, lowest first: each builds on those before it.
LEDGER = ("event", "fold", "view", "lists", "figures", "claims", "assess")

# In a program's folder these do; every other file is a core and only decides. The whole of audit does.
SHELLS = {"main", "daemon", "server", "writer"}
SHELL_PREFIXES = ("commands", "gateway")  # gateway: HTTP on the loop
SHELL_FILES = {
    "broker/office",  # opens the directory: settings, keys, store
    "broker/status",  # a command, in a file of its own
    "broker/backup",  # another
    "agent/home",  # opens the directory: settings, keys, outbox
    "agent/import_run",  # the command that drives the import's cores
    "agent/outbox_add",
    "display/assets",  # the table of files, read once
    "display/display_home",  # opens the directory: settings, keys, replica, grants
    "display/desk",  # the thread that follows the broker and owns the ledger
    "display/desk_parts",
    "display/desk_post",  # what crosses between its thread and the server's
    "display/desk_feed",  # its parts: what comes from the broker
    "display/desk_tell",  # what goes to the browsers
    "display/desk_answer",  # and what is answered
    "display/replica",  # the records the broker sent, in LMDB
}
STORE_CORES = {
    "broker/commit",  # decides within an open transaction; the simulator drives it (contract 5.2)
    "broker/batch",  # what commit takes, in the store's own rows
    "broker/exchange",  # between a transport and a writer: hub, codec and store, no socket, thread or clock
    "broker/exchange_out",
    "agent/courier",  # between a transport and a clerk: uplink, codec and outbox
    "agent/courier_push",
    "agent/courier_rejoin",
    "agent/outbox_add",  # asks the outbox what was taken before, within the caller's transaction
    "agent/import_run",  # import's rows against the outbox: transactions, no socket, file or clock
}

# A system header and the files that may include it; everybody else asks them.
OWNED_HEADERS = {
    "zmq.h": lambda path: room_of(path) == "io",
    "uv.h": lambda path: room_of(path) in ("io", "reader") or is_shell(path),
    "libwebsockets.h": lambda path: path.startswith("display/gateway"),
    "lmdb.h": lambda path: room_of(path) == "store",
    "huoshui.pb-c.h": lambda path: re.fullmatch(r"proto/wire\w*\.c", path),
}
CORE_FORBIDS = ("time.h", "pthread.h", "unistd.h", "fcntl.h", "poll.h", "threads.h")

LENGTHS = {".c": 500, ".h": 120}
FILE_LENGTHS = {"broker/hub.c": 400}  # it routes; what it would like to decide belongs elsewhere
FUNCTION_LINES = 70
HEAD_LINES = 8

BANNED_CALLS = ("strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "system", "popen")
SLEEPS = ("sleep", "usleep", "nanosleep", "clock_nanosleep", "uv_sleep")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")


class Tree:
    """The text of every file that is ours, by its path from the root."""

    def __init__(self, files):
        self.files = dict(sorted(files.items()))

    @staticmethod
    def read(root):
        files = {}
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name not in ("build", ".git", "__pycache__")]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), root)
                if path.endswith((".c", ".h", ".py", ".md", ".sh", ".txt", ".proto", ".def")) or name == "run":
                    with open(os.path.join(folder, name), encoding="utf-8") as file:
                        files[path] = file.read()
        return Tree(files)

    def c_files(self, ends=(".c", ".h")):
        return [(path, text) for path, text in self.files.items() if path.endswith(ends)]

    def room_files(self, ends=(".c", ".h")):
        return [(path, text) for path, text in self.c_files(ends) if room_of(path)]


def room_of(path):
    room, _, rest = path.partition("/")
    depth = rest.count("/")
    return room if room in BELOW and rest and depth == (1 if room == "ledger" else 0) else None


def stem(path):
    return os.path.splitext(path)[0]


def is_shell(path):
    room, name = path.split("/")[0], os.path.basename(stem(path))
    if room not in PROGRAMS:
        return False
    return room == "audit" or name in SHELLS or name.startswith(SHELL_PREFIXES) or stem(path) in SHELL_FILES


def is_core(path):
    return room_of(path) in PROGRAMS and not is_shell(path)


def includes(text):
    """(line number, name) of every include."""
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
        if match:
            yield number, match.group(1)


def blank(match):
    """Takes a comment or a literal away and keeps its lines, so that numbers stay true."""
    return '""' + "\n" * match.group(0).count("\n")


def code_only(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes_point_down(tree):
    """A room includes itself and what stands below it."""
    for path, text in tree.room_files():
        room = room_of(path)
        for number, name in includes(text):
            target = room_of(name)
            if target and target != room and target not in BELOW[room]:
                yield path, number, f"{room} may not include {name}; allowed below it: {', '.join(BELOW[room]) or 'none'}"


def sub_rooms_build_on_those_before(tree):
    """In the ledger: what is said, how it is kept, one project's view, then lists, figures, claims, assessment."""
    for path, text in tree.room_files():
        if room_of(path) != "ledger":
            continue
        own = path.split("/")[1]
        if own not in LEDGER:
            yield path, 1, f"is in no sub-room of the ledger: {', '.join(LEDGER)}"
            continue
        for number, name in includes(text):
            other = name.split("/")[1] if room_of(name) == "ledger" else own
            if other in LEDGER and LEDGER.index(other) > LEDGER.index(own):
                yield path, number, f"ledger/{own} may not include {name}: {other} builds on it"


def headers_have_owners(tree):
    """zmq, uv, lmdb and the generated codec are each touched in one place."""
    for path, text in tree.room_files():
        for number, name in includes(text):
            owner = OWNED_HEADERS.get(os.path.basename(name))
            if owner and not owner(path):
                yield path, number, f"{name} belongs to another room"


def cores_only_decide(tree):
    """No socket, store, clock or thread in a core."""
    for path, text in tree.room_files():
        if not is_core(path):
            continue
        for number, name in includes(text):
            room = room_of(name)
            with_store = room == "store" and stem(path) in STORE_CORES
            if room == "io" or (room == "store" and not with_store):
                yield path, number, f"a core includes {name}; move what needs it into a shell"
            if name in CORE_FORBIDS or name.startswith("sys/"):
                yield path, number, f"a core includes <{name}>; the time and the bytes are handed in"


def files_stay_short(tree):
    for path, text in tree.c_files():
        limit = FILE_LENGTHS.get(path, LENGTHS[os.path.splitext(path)[1]])
        count = text.count("\n")
        if count > limit:
            yield path, limit, f"{count} lines, at most {limit}: where is the second thing hiding in it?"


def functions_stay_short(tree):
    for path, text in tree.c_files():
        start = None
        for number, line in enumerate(text.split("\n"), 1):
            if line == "{":
                start = number
            elif line.startswith("}") and start:
                if number - start - 1 > FUNCTION_LINES:
                    yield path, start, f"a function of {number - start - 1} lines, at most {FUNCTION_LINES}"
                start = None


def files_say_what_they_are_for(tree):
    """The head names the file and is short, but for tables. A .c file may leave it to its header."""
    for path, text in tree.c_files():
        head = re.match(r"/\*.*?\*/", text, flags=re.S)
        if not head and path.endswith(".c") and stem(path) + ".h" in tree.files:
            continue
        if not head or os.path.basename(path) not in head.group(0):
            yield path, 1, f'begins with a comment "{os.path.basename(path)} - what it is for and what it promises"'
        elif sum(not re.match(r" \*(   |$)", line) for line in head.group(0).split("\n")) > HEAD_LINES:
            yield path, 1, f"a head of more than {HEAD_LINES} lines; the rest belongs beside the code it is about"
        if path.endswith(".h") and "#pragma once" not in text:
            yield path, 1, "a header without #pragma once"


def calls_are_safe(tree):
    pattern = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED_CALLS))
    for path, text in tree.c_files():
        code = code_only(text)
        for match in pattern.finditer(code):
            yield path, line_of(code, match.start()), f"{match.group(1)}() is not used here"


def tests_never_sleep(tree):
    """A test waits for a condition with a deadline. A benchmark may pace itself."""
    pattern = re.compile(r"\b(%s)\s*\(" % "|".join(SLEEPS))
    for path, text in tree.files.items():
        if path.startswith("tests/") and not path.startswith("tests/bench/") and path.endswith((".c", ".h", ".py")):
            code = code_only(text) if path.endswith((".c", ".h")) else text
            for match in pattern.finditer(code):
                yield path, line_of(code, match.start()), f"{match.group(1)}(): wait for the condition instead"


def nothing_is_unfinished(tree):
    for path, text in tree.files.items():
        for match in UNFINISHED.finditer(text):
            yield path, line_of(text, match.start()), "unfinished by its own words; finish it or open an issue"


def every_file_has_a_user(tree):
    """Somebody else in the rooms includes the header of a file; a file without one helps the header of its first word."""
    headers = {path for path, _ in tree.room_files((".h",))}
    users = {}
    for path, text in tree.room_files():
        for _, name in includes(text):
            users.setdefault(name, set()).add(path)
    for path, _ in tree.room_files((".c",)):
        if path.endswith("/main.c"):
            continue
        header = stem(path) + ".h"
        if header not in headers:
            header = next((name for _, name in includes(tree.files[path])
                           if name in headers and stem(path).startswith(stem(name))), None)
            header = header or next((name for _, name in includes(tree.files[path])
                                     if room_of(name) == room_of(path) and name in headers), None)
        if not header:
            yield path, 1, "has no header, and helps none of its room: who calls it?"
        elif not {user for user in users.get(header, ()) if stem(user) != stem(header) and user != path}:
            yield path, 1, f"nobody includes {header} but itself and tests"


def test_names_are_sentences(tree):
    for path, text in tree.c_files((".c",)):
        if not path.startswith("tests/unit/"):
            continue
        code = code_only(text)
        for match in re.finditer(r"^static void (\w+)\(void \*\*\w+\)", code, flags=re.M):
            name, line = match.group(1), line_of(code, match.start())
            if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+){2,}", name) or name.startswith("test_"):
                yield path, line, f"{name} is not a sentence in lower case that says what it proves"
            table = code[code.find("struct CMUnitTest"):] if "struct CMUnitTest" in code else ""
            if not re.search(r"\w\(\s*%s\b" % name, table):
                yield path, line, f"{name} is never registered, so it never runs"


def test_files_are_named_after_files(tree):
    """test_store.c, or test_store_crash.c where a file's tests are several; x_scene.c is shared by tests."""
    stems = {os.path.basename(stem(path)) for path, _ in tree.room_files()}
    for path in tree.files:
        match = re.fullmatch(r"tests/unit/(?:test_)?(\w+)\.c", path)
        if not match or path.endswith("_scene.c"):
            continue
        words = match.group(1).split("_")
        if "/test_" not in path or not any("_".join(words[:count]) in stems for count in range(1, len(words) + 1)):
            yield path, 1, "is named after no file of any room"


RULES = (
    includes_point_down, sub_rooms_build_on_those_before, headers_have_owners, cores_only_decide, files_stay_short, functions_stay_short,
    files_say_what_they_are_for, calls_are_safe, tests_never_sleep, nothing_is_unfinished, every_file_has_a_user,
    test_names_are_sentences, test_files_are_named_after_files,
)


def findings(tree):
    return [(path, line, rule.__name__, what) for rule in RULES for path, line, what in rule(tree)]


def main():
    if len(sys.argv) != 2:
        print("usage: tidy.py ROOT", file=sys.stderr)
        return 2
    tree = Tree.read(sys.argv[1])
    if not tree.room_files():
        print(f"tidy.py: no room under {sys.argv[1]}", file=sys.stderr)
        return 1
    found = findings(tree)
    for path, line, rule, what in found:
        print(f"{path}:{line}: {rule}: {what}")
    print(f"{len(tree.files)} files, {len(RULES)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
