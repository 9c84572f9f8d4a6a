"""What `dpsbench` asks of rank 0 where there are many units: start, status, resume, consolidation and report, and their memory.

    python3 bench/many_units.py build/release/dpsbench [UNITS ...]      default: 5000 10000 20000

Units are real and as cheap as they come (one drawn image of 16 x 16 a unit, pseudo-inverse), written as any others, so what is measured is
everything beside sampling. A line a size: seconds of the clock, CPU seconds and the most memory of rank 0. Needs disk for some
60 kB a unit.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXPERIMENT = """\
name: many
dataset: {{name: patches, kind: drawn, images: 0-{last}}}
prior: {{kind: gaussian_mixture, file: {root}/experiments/truth/photo16_mixture.safetensors}}
sigma_y: {levels}
tasks: [{{name: denoising}}]
methods: [{{name: pseudo-inverse}}]
metrics: [psnr]
batch: 1
"""
IMAGES = 100


def measured(words, name):
    """Runs a command; returns (clock s, CPU s, most memory MB, what it said)."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"})
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{name}: exit code {os.waitstatus_to_exitcode(status)}\n{said[-2000:]}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def main():
    dpsbench = pathlib.Path(sys.argv[1]).resolve()
    sizes = [int(word) for word in sys.argv[2:]] or [5000, 10000, 20000]
    print("| units | | clock, s | CPU, s | CPU a unit, ms | most memory, MB |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    for units in sizes:
        with tempfile.TemporaryDirectory(prefix="dpsbench-many-") as folder:
            folder = pathlib.Path(folder)
            experiment, output = folder / "many.yaml", folder / "out"
            levels = [round(0.01 + 0.0001 * k, 4) for k in range(units // IMAGES)]
            experiment.write_text(EXPERIMENT.format(root=ROOT, last=IMAGES - 1, levels=levels))
            run = [dpsbench, "run", experiment, "--output", output, "--device", "cpu"]
            steps = [("all of it, results left to the report", [*run, "--no-consolidate"]), ("status", [dpsbench, "status", output]),
                     ("resume with nothing to do", [*run, "--no-consolidate"]), ("results put together", run),
                     ("verify", [dpsbench, "verify", output]), ("report", [dpsbench, "report", output])]
            for name, words in steps:
                clock, cpu, memory, said = measured(words, name)
                ready = re.search(r"ready after ([0-9.]+) s", said)
                print(f"| {units} | {name}{f' (ready after {ready[1]} s)' if ready else ''} | {clock:.1f} | {cpu:.1f} | {1000 * cpu / units:.2f} | {memory:.0f} |",
                      flush=True)
            size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
            print(f"| {units} | size of the output: {size / units / 1000:.1f} kB a unit | | | | |", flush=True)


main()
