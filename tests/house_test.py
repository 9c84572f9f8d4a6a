"""scripts/check_house.py passes on this tree, and names what is planted in a copy of it."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLANTED = {
    "core/planted.h": ('#include "methods/registry.h"\n', "core/planted.h includes methods/registry.h"),
    "results/store/planted.cpp": ('  #  include "results/tables/best.h"\n', "results/store/planted.cpp includes results/tables/best.h"),
    "runner/ranks/nccl/planted.cpp": ('#include "runner/work/run.h"\n', "runner/ranks/nccl/planted.cpp includes runner/work/run.h"),
    "results/attic/old.cpp": ("\n", "results/attic/old.cpp: its folder has no row"),
    "runner/work/printing.cpp": ('void f() { fmt::print("x"); }\n', "runner/work/printing.cpp prints by fmt::print"),
    "core/long.cpp": ("\n" * 401, "core/long.cpp has 401 lines"),
}


def check(tree):
    run = subprocess.run([sys.executable, tree / "scripts/check_house.py", tree], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


def main():
    code, said = check(ROOT)
    assert code == 0, said
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("build", "output", ".git", "golden", "images", "figures"))
        for name, (text, _) in PLANTED.items():
            (copy / name).parent.mkdir(exist_ok=True)
            (copy / name).write_text(text)
        for number in range(26):
            (copy / f"runner/slurm/crowd{number}.h").write_text("\n")
        code, said = check(copy)
        assert code == 1, said
        for _, message in PLANTED.values():
            assert message in said, f"not found: {message}\n{said}"
        assert "runner/slurm/ has 27 sources" in said, said
        page = copy / "docs/architecture.md"
        page.write_text(page.read_text().replace("| core |", "| core, runner/work |", 1))
        assert "may include runner/work/, which does not stand below it" in check(copy)[1]


main()
