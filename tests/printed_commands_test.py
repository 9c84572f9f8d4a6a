"""What the pages print is what the program takes: README.md's and docs/tutorial.md's blocks are run as printed, and commands
and options that any page names must be there. The tutorial is skipped where the package for Python was not built.

Usage: printed_commands_test.py PROGRAM
"""
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
BUILD = PROGRAM.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

SETS_UP = ("scripts/bootstrap", "scripts/quickstart", "scripts/test", "pip install", "cmake ")  # a machine: other tests do
REFUSED = {  # what must be said where the paper's data, weights and runs are not there
    "scripts/convert_weights.py unet ffhq_10m.pt": "ffhq_10m.pt",
    "dpsbench weights inspect": "ffhq_10m.safetensors",
    "dpsbench run experiments/table2-ffhq.yaml": "ffhq",
    "dpsbench status --cells table2": "table2",
    "dpsbench report table2": "table2",
}
SHORTENED = {"run examples/own_method.yaml": " --set dataset.images=0"}  # of 24


def blocks(page, language):
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", page.read_text(), re.MULTILINE | re.DOTALL)


def png(side):
    """A grey ramp of side x side pixels in colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(24 * (x + y) % 256 for x in range(side) for _ in range(3)) for y in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Sandbox(unittest.TestCase):
    """A folder that looks like the repository; what is typed there leaves nothing behind."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name) / "dpsbench"
        deps = self.folder.parent / "home/.cache/dpsbench"
        for folder in (self.folder / "build", self.folder.parent / "bin", deps):
            folder.mkdir(parents=True)
        for entry in ROOT.iterdir():
            if entry.name not in ("build", "output") and not entry.name.startswith("."):
                (self.folder / entry.name).symlink_to(entry)
        (self.folder / "build/release").symlink_to(BUILD)
        (deps / "python").symlink_to(sys.prefix)
        srun = self.folder.parent / "bin/srun"  # one rank, here
        srun.write_text('#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do [ "$1" = -N ] && shift; shift; done\nexec "$@"\n')
        srun.chmod(0o755)

    def typed(self, script, interpreter=("bash", "-e")):
        here = self.folder.parent
        return subprocess.run([*interpreter, "-c", script], cwd=self.folder, capture_output=True, text=True, timeout=600, env={
            **os.environ, "HOME": str(here / "home"), "PATH": f"{here / 'bin'}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(BUILD / "python"), "PYTHONDONTWRITEBYTECODE": "1", "DPSBENCH_WEIGHTS": str(here / "none"),
            "DPSBENCH_DATA": str(here / "none")})

    def runs(self, script, **more):
        ended = self.typed(script, **more)
        self.assertEqual(ended.returncode, 0, f"{script}\n{ended.stdout}{ended.stderr}")
        return ended.stdout


class Readme(Sandbox):
    def test_commands(self):
        (self.folder / "small.png").write_bytes(png(8))
        text = "".join(blocks(ROOT / "README.md", "sh")).replace("\\\n", " ")
        lines = [line.split("  #")[0].strip() for line in text.splitlines()]
        tried = 0
        for line in filter(None, lines):
            if line.startswith(SETS_UP) or (line.startswith("python -m dpsbench") and not (BUILD / "python").exists()):
                continue
            line += next((more for command, more in SHORTENED.items() if command in line), "")
            line = re.sub("^python3? ", f"'{sys.executable}' ", line)
            refusal = next((said for command, said in REFUSED.items() if command in line), None)
            with self.subTest(line):
                tried += 1
                if refusal is None:
                    self.runs(line)
                    continue
                ended = self.typed(line)
                self.assertNotEqual(ended.returncode, 0, line)
                self.assertIn(refusal, ended.stderr, line)
                self.assertNotIn("has no option", ended.stderr, line)
        self.assertGreater(tried, 9)

    def test_python_blocks(self):
        results, method = blocks(ROOT / "README.md", "python")
        self.assertEqual(method, (ROOT / "examples/dps.py").read_text())
        self.runs("build/release/dpsbench run experiments/quickstart.yaml --output output/quickstart --set dataset.images=0 "
                  "--set 'methods=[{name: interpolation}]'")
        self.assertIn("interpolation", self.runs(results, interpreter=(sys.executable,)))


class Tutorial(Sandbox):
    @unittest.skipUnless((BUILD / "python").exists(), "the package for Python was not built")
    def test_as_printed(self):
        page = ROOT / "docs/tutorial.md"
        script = [block for block in blocks(page, "sh") if not block.startswith(SETS_UP)]
        said = self.runs("\n".join(script))
        self.assert_same_table([line for line in page.read_text().splitlines() if line.startswith("|")],
                               [line for line in said.splitlines() if line.startswith("|")])
        for file in ("output/first/report.html", "restored/contact_sheet.png", "output/mine/report.html"):
            self.assertTrue((self.folder / file).is_file(), file)
        self.assertIn("my-ddnm", (self.folder / "output/mine/tables/summary.md").read_text())

    def assert_same_table(self, printed, now):
        number = re.compile(r"\d+\.\d+")
        for old in (line for line in printed if "±" in line):  # the first columns of a row
            match = [new for new in now if number.sub("#", new).startswith(number.sub("#", old))]
            self.assertTrue(match, f"the page prints {old}; the program says\n" + "\n".join(now))
            for a, b in zip(number.findall(old), number.findall(match[0])):
                self.assertAlmostEqual(float(a), float(b), delta=0.02 if float(a) > 1 else 0.002, msg=f"{old} is now {match[0]}")


class Questions(unittest.TestCase):
    def test_messages_are_the_programs(self):
        rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/faq.md").read_text(), re.MULTILINE)
        self.assertGreater(len(rows), 8)
        rooms = ("core", "datasets", "methods", "priors", "results", "runner", "tasks")
        text = "".join(file.read_text() for room in rooms for file in (ROOT / room).rglob("*.cpp"))
        self.assertEqual([row for row in rows if row not in text], [])


class EveryPage(unittest.TestCase):
    PACKAGES_OWN = {"check", "--plugin"}  # of python -m dpsbench

    def test_names_commands_and_options_that_are_there(self):
        listed = (ROOT / "runner/commands/commands.inc").read_text()
        commands = {name.replace("_", "-") for name in re.findall(r"^COMMAND\((\w+)\)", listed, re.MULTILINE)}
        helps, faults, named = {}, [], 0
        for page in PAGES:
            text = page.read_text().replace("\\\n", " ")
            spans = re.findall(r"`(?:[\w./$-]*/)?dpsbench ([a-z][^`]*)`", text)
            for block in blocks(page, "sh"):
                spans += re.findall(r"(?:^|[ /])dpsbench ([a-z][^\n#]*)", block.replace("\\\n", " "), re.MULTILINE)
            for span in spans:
                command = re.match(r"[a-z][\w-]*", span)[0]
                if command in self.PACKAGES_OWN:
                    continue
                if command not in commands:
                    faults.append(f"{page.name}: there is no command {command}: dpsbench {span}")
                    continue
                if command not in helps:
                    helps[command] = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True, check=True).stdout
                for option in set(re.findall(r"(?<= )--[a-z][\w-]*", span)) - self.PACKAGES_OWN:
                    named += 1
                    if option not in helps[command] and command != "weights":  # whose commands have their own
                        faults.append(f"{page.name}: there is no option {option}: dpsbench {span}")
        self.assertEqual(faults, [])
        self.assertGreater(named, 30)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
