"""The program's version stands in CMakeLists.txt; the other files that must name one name the same."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACES = {
    "CITATION.cff": r"^version: (\S+)$",
    "pyproject.toml": r'^version = "([^"]+)"$',
}


def found(name, pattern):
    match = re.search(pattern, (ROOT / name).read_text(), re.MULTILINE)
    assert match, f"{name} names no version"
    return match[1]


def main():
    version = found("CMakeLists.txt", r"^project\(dpsbench VERSION (\S+)")
    assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"CMakeLists.txt: {version} is no version of three numbers"
    for name, pattern in PLACES.items():
        assert found(name, pattern) == version, f"{name} says {found(name, pattern)}, CMakeLists.txt {version}"
    released = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert not released or released[0] == version, f"CHANGELOG.md's last release is {released[0]}, CMakeLists.txt says {version}"
    for file in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.md"):
        assert file.read_text().startswith("---\nname: "), f"{file} has no head"
    print(f"version {version} everywhere")


if __name__ == "__main__":
    main()
