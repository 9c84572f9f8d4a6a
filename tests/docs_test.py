"""The documentation: docs/experiment-file.md is what the program tells, and the site is built with every link leading
somewhere. The second half is skipped where mkdocs-material is not installed.

Usage: docs_test.py PROGRAM
"""
import html.parser
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import docs_package  # noqa: E402
import docs_pages  # noqa: E402


class Page(html.parser.HTMLParser):
    """What a page links to, and what in it can be linked to."""

    def __init__(self, file):
        super().__init__()
        self.links, self.anchors = set(), set()
        self.feed(file.read_text())

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.anchors |= {named[name] for name in ("id", "name") if named.get(name)}
        self.links |= {named[name] for name in ("href", "src") if named.get(name)}


def broken_links(site):
    pages = {file: Page(file) for file in site.rglob("*.html")}
    for file, page in pages.items():
        for link in sorted(page.links):
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = urllib.parse.unquote(parts.path)
            target = (site / path[1:] if path.startswith("/") else file.parent / path).resolve() if path else file
            if not target.exists():
                yield f"{file.name}: {link} leads nowhere"
            elif parts.fragment and target in pages and urllib.parse.unquote(parts.fragment) not in pages[target].anchors:
                yield f"{file.name}: {link} names no place there"


def requested(site):
    """Hosts that a page asks for something unless a person clicks."""
    for file in site.rglob("*.html"):
        for link in Page(file).links:
            if link.startswith("//") or (link.startswith("http") and link.endswith((".js", ".css", ".woff2"))):
                yield f"{file.name}: asks for {link}"


def virtual_functions():
    """Of the three interfaces, read more plainly than the page is."""
    for header in ("core/method.h", "core/operator.h", "core/prior.h"):
        yield from re.findall(r"virtual [^(;]*?(\w+)\([^;{]*[;{]", (ROOT / header).read_text())


def members_of_package(build):
    """Every public member of every class that the built package exports; nothing where it was not built."""
    script = ("import dpsbench; parts = [getattr(dpsbench, name) for name in dpsbench.__all__]; "
              "print(*{name for part in parts if isinstance(part, type) and not issubclass(part, BaseException) "
              "for name in vars(part) if not name.startswith('_')})")
    if not (build / "python").exists():
        return []
    return subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(build / "python")},
                          capture_output=True, text=True, check=True).stdout.split()


def unnamed(text, names):
    return [name for name in names if not re.search(rf"\b{name}\b", text)]


def main():
    program = sys.argv[1]
    if docs_pages.experiment_page(program) != docs_pages.EXPERIMENT_FILE.read_text():
        sys.exit(f"{docs_pages.EXPERIMENT_FILE} is not what the program tells: scripts/docs_pages.py writes it anew")
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder) / "site"
        built = subprocess.run([ROOT / "scripts/docs-site", site, program], env={**os.environ, "DPSBENCH_PYTHON": sys.executable})
        if built.returncode:
            sys.exit(built.returncode)
        faults = [*broken_links(site), *requested(site)]
        methods = docs_pages.told(program, "methods")
        text = (site / "methods-reference.html").read_text()
        interfaces, package = ((site / page).read_text() for page in ("interfaces.html", "python-api.html"))
        functions, members = list(virtual_functions()), members_of_package(pathlib.Path(program).parent)
        faults += [f"interfaces.html lacks {name}" for name in unnamed(interfaces, functions)]
        faults += [f"python-api.html lacks {name}" for name in unnamed(package, [*docs_package.exported()[1], *members])]
        faults += ["the headers have no virtual functions"] if len(functions) < 20 else []
        faults += [f"methods-reference.html lacks {m['name']}" for m in methods if f'id="{m["name"]}"' not in text]
    print("\n".join(faults) or "every link of the site leads somewhere")
    sys.exit(1 if faults else 0)


main()
