#!/usr/bin/env python3
"""Fails where a file includes what its room may not (the table "Rooms" of docs/architecture.md against the code's #includes), or prints past core/words/tell.h.

Usage: scripts/check_house.py [REPOSITORY]

A room is a folder named in the table; nccl/ and cuda/ belong to the room around them. A room may include the rooms its row names, and a row may name only rooms further down, so that no circle can arise.
"""
import pathlib
import re
import sys

ROW = re.compile(r"^\| `([\w/]+)/` \|[^|]*\|([^|]*)\|$")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
SOURCES = {".cpp", ".h", ".cu", ".inc"}
CATALOGUES = {"methods", "tasks", "metrics"}  # a file an entry: they may grow
WITHIN_A_ROOM = {"nccl", "cuda"}  # folders of what is compiled with CUDA only
MOST_SOURCES = 25  # of a room; a header beside its source counts with it
MOST_LINES = 400


def read_rooms(page):
    """Room -> the rooms it may include, in the order of the table."""
    rooms = {}
    for line in page.read_text().splitlines():
        if row := ROW.match(line):
            rooms[row[1]] = re.findall(r"[\w/]+", row[2].replace("-", ""))
    return rooms


def room_of(path, rooms):
    """The room that holds the path; None: none does."""
    folder = path.parent.parent if path.parent.name in WITHIN_A_ROOM else path.parent
    return str(folder) if str(folder) in rooms else None


def table_faults(rooms):
    order = list(rooms)
    for room, allowed in rooms.items():
        for other in allowed:
            if other not in rooms:
                yield f"docs/architecture.md: {room}/ may include {other}/, which has no row"
            elif order.index(other) <= order.index(room):
                yield f"docs/architecture.md: {room}/ may include {other}/, which does not stand below it"


def include_faults(root, rooms):
    tops = {room.split("/")[0] for room in rooms}
    for file in sorted(file for top in tops for file in (root / top).rglob("*") if file.suffix in SOURCES):
        path = file.relative_to(root)
        room = room_of(path, rooms)
        if room is None:
            yield f"{path}: its folder has no row in docs/architecture.md"
            continue
        for included in INCLUDE.findall(file.read_text()):
            other = room_of(pathlib.PurePath(included), rooms)
            if other not in (None, room, *rooms[room]):
                yield f"{path} includes {included}, but {room}/ may not include {other}/"


def printing_faults(root, rooms):
    """What a command says goes through core/words/tell.h, which notices lost output and lets no log end the work."""
    tops = {room.split("/")[0] for room in rooms}
    for file in sorted(file for top in tops for file in (root / top).rglob("*.cpp")):
        if "fmt::print(" in file.read_text():
            yield f"{file.relative_to(root)} prints by fmt::print: say() and tell() of core/words/tell.h do"


def size_faults(root, rooms):
    for room in set(rooms) - CATALOGUES:
        stems = {file.stem for file in (root / room).glob("*") if file.suffix in SOURCES}
        if len(stems) > MOST_SOURCES:
            yield f"{room}/ has {len(stems)} sources; a room has at most {MOST_SOURCES}"
    folders = {room.split("/")[0] for room in rooms} | {"tests", "bench", "scripts", "experiments", "slurm", "cmake"}
    for file in sorted(file for folder in folders for file in (root / folder).rglob("*")):
        if file.suffix not in SOURCES | {".py", ".js", ".css", ".html", ".yaml", ".cmake", ".sh", ""} or not file.is_file():
            continue
        lines = file.read_bytes().count(b"\n")
        if lines > MOST_LINES and "seeds" not in file.parts:
            yield f"{file.relative_to(root)} has {lines} lines; a file has at most {MOST_LINES}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    rooms = read_rooms(root / "docs/architecture.md")
    if not rooms:
        sys.exit("docs/architecture.md has no table of rooms")
    faults = [*table_faults(rooms), *include_faults(root, rooms), *printing_faults(root, rooms), *size_faults(root, rooms)]
    print("\n".join(faults) or f"{len(rooms)} rooms are as docs/architecture.md says")
    sys.exit(1 if faults else 0)


main()
