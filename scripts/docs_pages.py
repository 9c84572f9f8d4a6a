#!/usr/bin/env python3
"""Reference pages from what the program tells of itself (`dpsbench keys|methods|tasks --json`, `dpsbench COMMAND --help`).

Usage: scripts/docs_pages.py [PROGRAM]      writes docs/experiment-file.md anew; default build/release/dpsbench

The other pages are made for the site alone (scripts/docs_hooks.py), those of the interfaces from the sources (docs_package.py,
docs_headers.py).
"""
import json
import pathlib
import re
import subprocess
import sys

import docs_headers
import docs_package

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPERIMENT_FILE = ROOT / "docs/experiment-file.md"

EXPERIMENT_HEAD = """# The experiment file

<!-- Made by scripts/docs_pages.py from `dpsbench keys --json`: what is changed here by hand is lost, and a test tells. -->

An experiment is a YAML file: which images, which diffusion model, how images are measured, which methods restore them.
Every task runs at every noise level with every method. Wherever an option of a task or method has a list, each value is a
setting or a row of its own. A key that nobody knows is an error that names the line and the nearest key there is.

```yaml title="smallest.yaml"
name: smallest
dataset: {name: photographs, path: experiments/quickstart/images, images: 0-1, size: 32}
prior: {kind: unet, preset: photo32, weights: experiments/quickstart/photo32.safetensors}
sigma_y: 0.05
tasks:
  - {name: super_resolution, scale: 4}
methods:
  - {name: interpolation}
  - {name: ddrm, steps: [5, 10]}
```

Paths start at the experiment file's folder; `${NAME}` in a path is an environment variable. On the command line `--set` changes
any key, list entries counted from 0: `--set sigma_y=0.1 --set methods.1.steps=20`. `dpsbench plan FILE` checks a file and says
what it would cost, without data or weights. This page, for your version of the program: `dpsbench keys`.
"""


def said(program, *words):
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def told(program, *words):
    return json.loads(said(program, *words, "--json"))


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def as_written(value):
    return json.dumps(value) if isinstance(value, bool) else str(value)


def code(text):
    return f"`{text}`" if text != "" else ""


def facts_list(facts):
    return "".join(f"- {name}: {cell(value)}\n" for name, value in facts)


def default_of(key):
    return "required" if key["required"] else code(key["default"])


def options(entry):
    rows = [(code(o["name"]), code(as_written(o["default"])), o["allowed"], o["meaning"]) for o in entry["options"]]
    return table(("option", "default", "allowed", "meaning"), rows) if rows else ""


def experiment_page(program):
    parts = [EXPERIMENT_HEAD]
    for block in told(program, "keys"):
        head = "The file" if block["name"] == "experiment" else f"`{block['name']}`"
        parts.append(f"## {head}\n\n{block['meaning']}\n")
        rows = [(code(k["name"]), default_of(k), k["allowed"], k["meaning"]) for k in block["keys"]]
        parts.append(table(("key", "default", "allowed", "meaning"), rows))
        for kind in block.get("kinds", []):
            file = f"; its file is the key `{kind['file_key']}`" if kind["file_key"] else ""
            parts.append(f"### kind `{kind['name']}`\n\n{kind['title']}{file}.\n")
            if kind["options"]:
                parts.append(options(kind))
    return "\n".join(parts)


def methods_page(program):
    parts = ["# Methods and their options\n\nMade from `dpsbench methods`. How each was held against its paper: "
             "[checked.md](checked.md); what differs from published code: [methods.md](methods.md).\n"]
    for method in told(program, "methods"):
        tuned = "; ".join(f"`{t['option']}` ({t['values']})" for t in method["tuned"])
        facts = [("paper", method["paper"]),
                 ("tasks, with a network as prior", ", ".join(method["tasks_with_a_network"]) or "none"),
                 ("tasks, with a prior that knows its posterior", ", ".join(method["tasks"])),
                 ("needs", method["needs"]),
                 ("cost of an image at the defaults",
                  f"{method['evaluations']:.0f} network evaluations, {method['passes_back']:.0f} passes back"),
                 ("presets", ", ".join(method["presets"]) or "none"),
                 ("chosen by `dpsbench tune`", tuned or "nothing")]
        parts.append(f"## {method['name']}\n\n{method['title']}.\n\n{facts_list(facts)}\n{options(method)}")
    return "\n".join(parts)


def tasks_page(program):
    parts = ["# Tasks and their options\n\nMade from `dpsbench tasks`.\n"]
    for task in told(program, "tasks"):
        facts = [("convention", task["source"]),
                 ("linear", "yes" if task["linear"] else "no"),
                 ("singular value decomposition", "yes" if task["singular_values"] else "no"),
                 ("reference denoising task (DPS-w)", "yes" if task["reference_denoising_task"] else "no"),
                 ("measures", "signals" if task["of_signals"] else "images"),
                 ("methods, with a network as prior", ", ".join(task["methods_with_a_network"]))]
        parts.append(f"## {task['name']}\n\n{task['title']}.\n\n{facts_list(facts)}\n{options(task)}")
    return "\n".join(parts)


def commands_page(program):
    listed = (ROOT / "runner/commands/commands.inc").read_text()
    names = [name.replace("_", "-") for name in re.findall(r"^COMMAND\((\w+)\)", listed, re.MULTILINE)]
    parts = ["# Commands\n\nMade from `dpsbench COMMAND --help`.\n", f"```text\n{said(program, '--help')}```\n"]
    parts += [f"## {name}\n\n```text\n{said(program, name, '--help')}```\n" for name in names]
    return "\n".join(parts)


SITE_PAGES = {"commands.md": commands_page, "methods-reference.md": methods_page, "tasks-reference.md": tasks_page,
              "python-api.md": lambda _: docs_package.python_page(), "interfaces.md": lambda _: docs_headers.interfaces_page()}

if __name__ == "__main__":
    EXPERIMENT_FILE.write_text(experiment_page(sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/dpsbench")))
