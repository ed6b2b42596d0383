#!/usr/bin/env python3
"""stage_web.py - the wall's pages as they are served: display/web, the vendored library, and a .gz beside what shrinks.

    stage_web.py WEB VENDOR TARGET      TARGET has afterwards what these have and nothing else; what is unchanged stays
"""
import gzip
import os
import sys

SHRINKS = (".html", ".css", ".js", ".json", ".svg", ".txt", ".geojson")
WORTH = 1024  # smaller ones travel in one packet anyway


def files_of(root, below=""):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.startswith(".") and not os.path.islink(path):
                yield os.path.join(below, os.path.relpath(path, root)), path


def put(path, data):
    """Whole or not at all, and only when it is something else: another build may read it meanwhile."""
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = f"{path}.new"
    with open(beside, "wb") as file:
        file.write(data)
    os.replace(beside, path)


def stage(web, vendor, target):
    wanted = dict(files_of(web))
    wanted.update((os.path.join("vendor", os.path.basename(name)), path) for name, path in files_of(vendor))
    kept = set()
    for name, path in wanted.items():
        with open(path, "rb") as file:
            data = file.read()
        put(os.path.join(target, name), data)
        kept.add(name)
        if name.endswith(SHRINKS) and len(data) >= WORTH:
            put(os.path.join(target, f"{name}.gz"), gzip.compress(data, 9, mtime=0))
            kept.add(f"{name}.gz")
    for name, path in list(files_of(target)):
        if name not in kept:
            os.unlink(path)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    stage(*sys.argv[1:])
