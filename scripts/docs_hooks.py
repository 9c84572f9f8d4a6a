"""What mkdocs.yml adds to docs/*.md: pages made from the program, and the repository's own pages and files, so that links
which work in the repository work in the site. A link to what is not there ends the build.
"""
import os
import pathlib
import posixpath
import re
import sys

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import docs_pages  # noqa: E402

ROOT_PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md",
              "SECURITY.md": "security.md"}
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
linked = {}  # a repository's file that some page links to -> its address in the site


def on_config(config):
    """Pages that the list of mkdocs.yml leaves out come last."""
    named = {page for section in config.nav for pages in section.values() for page in pages}
    others = sorted(page.name for page in (ROOT / "docs").glob("*.md") if page.name not in named)
    if others:
        config.nav.append({"More": others})
    return config


def site_address(target):
    """Where the site has a path of the repository; None: a folder, which it has not."""
    if target in ROOT_PAGES:
        return ROOT_PAGES[target]
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    if (ROOT / target).is_dir():
        return None
    shown = pathlib.PurePath(target).suffix not in ("", ".md")
    return linked.setdefault(target, f"files/{target}" + ("" if shown else ".txt"))


def moved(markdown, folder, page):
    """Links of a page whose place in the repository is `folder` as links of the site, whose pages lie side by side."""
    def one(match):
        image, words, link = match.groups()
        path, _, anchor = link.partition("#")
        if not path or re.match(r"[a-z]+:", link):
            return match[0]
        target = posixpath.normpath(posixpath.join(folder, path))
        if target.startswith("..") or not (ROOT / target).exists():
            raise PluginError(f"{page}: the link to {link} leads nowhere")
        address = site_address(target)
        return words if address is None else f"{image}[{words}]({address}{'#' + anchor if anchor else ''})"

    parts = re.split(r"(^```.*?^```$)", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(one, part) for part in parts)


def on_files(files, config):
    linked.clear()
    made = {name: page(os.environ["DPSBENCH_PROGRAM"]) for name, page in docs_pages.SITE_PAGES.items()}
    for name, address in ROOT_PAGES.items():
        made[address] = moved((ROOT / name).read_text(), "", name)
    for page in sorted((ROOT / "docs").glob("*.md")):  # what they link to must be known before files are copied
        moved(page.read_text(), "docs", page.name)
    for address, text in made.items():
        files.append(File.generated(config, address, content=text))
    for path, address in linked.items():
        files.append(File.generated(config, address, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown, page, config, files):
    made = page.file.generated_by is not None
    return markdown if made else moved(markdown, "docs", page.file.src_uri)
