"""The documentation: docs/experiment-file.md is what the program tells, and the site is built with every link leading
somewhere. The second half is skipped where mkdocs-material is not installed.

Usage: docs_test.py PROGRAM
"""
import html.parser
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
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
        faults += [f"methods-reference.html lacks {m['name']}" for m in methods if f'id="{m["name"]}"' not in text]
    print("\n".join(faults) or "every link of the site leads somewhere")
    sys.exit(1 if faults else 0)


main()
