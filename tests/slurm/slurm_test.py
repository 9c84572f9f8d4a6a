"""The scripts of slurm/ under a real Slurm of two nodes on this machine.

    slurm_test.py DPSBENCH        exit code 77: skipped, with the reason
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

import tiny_case
from local_slurm import LocalSlurm, processes_with, why_not

SKIPPED = 77
DPSBENCH = ""


def datasets(path):
    """Every data set of a results.h5 by its name, as bytes."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()].tobytes()}) if hasattr(item, "dtype") else None)
    return found


class SlurmTest(unittest.TestCase):
    """One job after another on one cluster; each test leaves it idle."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="dpsbench-slurm-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.folder.chmod(0o755)
        cls.addClassCleanup(cls.temporary.cleanup)
        # 12 units of a third of a second each
        cls.experiment = tiny_case.write_experiment(cls.folder, images=12, steps=[1000, 900])
        subprocess.run([DPSBENCH, "run", cls.experiment, "--output", cls.folder / "alone", "--quiet"], check=True,
                       env=dict(os.environ, OMP_NUM_THREADS="1"), capture_output=True)
        cls.slurm = LocalSlurm(cls.folder / "slurm")
        cls.slurm.environment.update(RANKS_PER_NODE="1", OMP_NUM_THREADS="1", HOME=str(cls.folder))
        cls.addClassCleanup(cls.slurm.stop)
        cls.slurm.start()

    def setUp(self):
        self.output = self.folder / self.id().rsplit(".", 1)[1]

    def submit(self, *options, experiment=None):
        """Job ids of the run and of its report."""
        said = self.slurm.call(DPSBENCH, "submit", str(experiment or self.experiment), "--output", str(self.output),
                               *options, check=True)
        return re.fullmatch(r"run: job (\d+), then report: job (\d+)\n", said).groups()

    def site(self, lines):
        """A site's file that says more than the ordinary one."""
        path = self.folder / f"site-{self.id().rsplit('.', 1)[1]}.sh"
        path.write_text((pathlib.Path(__file__).parents[2] / "slurm" / "site.sh").read_text() + lines + "\n")
        return path

    def freeze(self, job):
        """Waits until the job has kept a unit, then stops its ranks: it cannot end before what is to befall it does."""
        self.wait_for_units()
        ranks = [pid for pid in processes_with(f"SLURM_CONF={self.slurm.conf}", f"SLURM_JOB_ID={job}")
                 if os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(DPSBENCH)]
        self.assertTrue(ranks, self.run_log())
        for rank in ranks:
            os.kill(rank, signal.SIGSTOP)
        return ranks

    def thaw_when_signalled(self, ranks):
        """Lets stopped ranks go on once Slurm's signal waits for each of them. Some of its signals wake them themselves."""
        def waits(rank):
            try:
                status = pathlib.Path(f"/proc/{rank}/status").read_text()
            except OSError:
                return True  # gone
            pending = [int(mask, 16) for mask in re.findall(r"^(?:Sig|Shd)Pnd:\s*(\w+)$", status, re.M)]
            signals = (signal.SIGTERM, signal.SIGUSR2)
            return "T (stopped)" not in status or any(mask >> (number - 1) & 1 for mask in pending for number in signals)
        self.slurm.wait(lambda: all(map(waits, ranks)), 120, lambda: "no signal came\n" + self.run_log())
        for rank in ranks:
            try:
                os.kill(rank, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def run_log(self):
        return "\n".join(path.read_text() for path in sorted((self.output / "slurm").glob("dpsbench*.log"))
                         if "report" not in path.name)

    def wait_for_units(self, count=1):
        units = self.output / "units"
        until = time.monotonic() + 120
        while len(list(units.glob("[0-9a-f]*.h5"))) < count:
            self.assertLess(time.monotonic(), until, "no unit was done\n" + self.run_log())
            time.sleep(0.05)

    def expect_reported(self, report):
        """The report's job ended well, and the results are those of an undisturbed run, bit by bit."""
        self.slurm.wait_for_state(report, "COMPLETED", self.run_log)
        self.assertTrue((self.output / "report.html").exists())
        expected, found = (datasets(folder / "results.h5") for folder in (self.folder / "alone", self.output))
        self.assertEqual(found.keys(), expected.keys(), self.run_log())
        self.assertEqual([name for name in expected if found[name] != expected[name]], [], self.run_log())

    def test_an_array_shares_one_output_and_the_report_follows(self):
        run, report = self.submit("--parts", "2")
        self.assertEqual(self.slurm.state(report), ["PENDING"])
        self.expect_reported(report)
        self.assertEqual(self.slurm.state(run), ["COMPLETED"] * 2)
        self.assertIn("by part 1/2", self.run_log())
        self.assertIn("by part 2/2", self.run_log())

    def test_the_jobs_know_the_plugins_of_the_submission(self):
        source, package = pathlib.Path(__file__).parents[2], pathlib.Path(DPSBENCH).parent / "python"
        if not list(package.glob("dpsbench/_core*")):
            self.skipTest("the package for Python is not built")
        folder = self.folder / "plugged"
        folder.mkdir()
        experiment = tiny_case.write_experiment(folder, images=4, steps=[100])
        experiment.write_text(experiment.read_text().replace("methods: [", "methods: [{name: my-dps, steps: 100}, "))
        said = self.slurm.call("env", f"PYTHONPATH={package}", sys.executable, "-m", "dpsbench", "submit", str(experiment),
                               "--plugin", os.path.relpath(source / "examples" / "dps.py"), "--output", str(self.output),
                               check=True)
        report = re.fullmatch(r"run: job \d+, then report: job (\d+)\n", said)[1]
        self.slurm.wait_for_state(report, "COMPLETED", self.run_log)
        self.assertTrue((self.output / "report.html").exists())
        with h5py.File(self.output / "results.h5") as file:
            samples = {cell.attrs["method"]: cell["samples"][()].tobytes() for cell in file["cells"].values()}
        self.assertEqual(set(samples), {"dps", "my-dps"})
        self.assertEqual(samples["my-dps"], samples["dps"])

    def test_any_path_of_the_output_will_do(self):
        self.output = self.folder / "a b'c \"d %j #e $(touch g) `h` \u6f22"
        run, report = self.submit()
        self.expect_reported(report)
        self.assertTrue((self.output / "slurm" / f"dpsbench-{run}.log").exists())
        self.assertTrue((self.output / "slurm" / f"dpsbench-report-{report}.log").exists())

    def test_a_backslash_in_the_path_leaves_the_logs_without_numbers(self):
        self.output = self.folder / "a %j\\b"
        _, report = self.submit()
        self.expect_reported(report)
        self.assertTrue((self.output / "slurm" / "dpsbench.log").exists())
        self.assertTrue((self.output / "slurm" / "dpsbench-report.log").exists())

    def test_srun_without_pmix_is_told_how_to_start(self):
        said = self.slurm.call("srun", "--mpi=none", "--ntasks=2", "--overcommit", "sh", "-c",
                               f'"{DPSBENCH}" run "{self.experiment}" --output "{self.output}" 2>&1; echo code $?')
        self.assertEqual(said.count("code 2"), 2, said)
        self.assertEqual(said.count("srun --mpi=pmix"), 2, said)
        self.assertFalse(self.output.exists())

    def test_a_full_disk_is_not_tried_again(self):
        full = self.folder / "full.sh"
        full.write_text("#!/bin/sh\necho 'no space left'; exit 2\n")
        full.chmod(0o755)
        run, report = self.submit("--site", str(self.site(f"DPSBENCH={full}")), "--nodes", "2")
        self.slurm.wait_for_state(run, "FAILED", self.run_log)
        self.slurm.call("scancel", report)
        self.assertIn("no space left", self.run_log())
        self.assertNotIn("attempt", self.run_log())

    def test_two_nodes_are_one_job(self):
        _, report = self.submit("--nodes", "2")
        self.expect_reported(report)
        self.assertIn("12 to do on 2 ranks", self.run_log())
        self.assertIn("on n[1-2]", self.run_log())

    def test_a_job_stops_before_its_time_limit_and_goes_on_later(self):
        run, report = self.submit()
        ranks = self.freeze(run)
        self.slurm.call("scancel", "--batch", "--signal=USR2", run, check=True)  # as Slurm does, but without the wait
        self.thaw_when_signalled(ranks)
        self.slurm.restart_now(run)
        self.expect_reported(report)
        log = self.run_log()
        self.assertIn("stopped early: back into the queue", log)
        self.assertIn("start 2, on", log)
        self.assertLess(log.index("start 1, on"), log.index("start 2, on"))

    def test_slurms_own_timer_stops_a_job_before_its_time_limit(self):
        folder = self.folder / "long"
        folder.mkdir()
        experiment = tiny_case.write_experiment(folder, images=24, steps=list(range(1000, 970, -1)))  # minutes
        run, report = self.submit("--time", "00:01:00", "--site", str(self.site("RUN_OPTIONS=(--signal=B:USR2@30)")),
                                  experiment=experiment)
        # Slurm may signal a minute early, as soon as the job starts: before the ranks can catch it, or with units kept.
        self.slurm.wait(lambda: "back into the queue" in self.run_log(), 240, lambda: self.run_log() + self.slurm.logs())
        self.slurm.call("scancel", run, report)
        self.slurm.wait_for_state(run, "CANCELLED")
        self.assertNotIn("attempt", self.run_log())
        self.assertNotIn("DUE TO TIME LIMIT", self.run_log())

    def test_a_signal_before_the_ranks_can_catch_it_puts_the_job_back(self):
        run, report = self.submit("--site", str(self.site(f"""
srun() {{
  if mkdir {self.folder}/signalled-once 2>/dev/null; then kill -s USR2 $$; sleep 1; fi
  command srun "$@"
}}""")))
        self.slurm.wait(lambda: "back into the queue" in self.run_log(), 120, lambda: self.run_log() + self.slurm.logs())
        self.slurm.restart_now(run)
        self.expect_reported(report)
        self.assertNotIn("attempt", self.run_log())
        self.assertIn("start 2, on", self.run_log())

    def test_a_step_that_never_started_is_started_again(self):
        run, report = self.submit("--site", str(self.site(f"""
srun() {{ if mkdir {self.folder}/failed-once 2>/dev/null; then return 0; fi; command srun "$@"; }}""")))
        self.expect_reported(report)
        self.assertEqual(self.slurm.state(run), ["COMPLETED"])
        self.assertIn("attempt 1 of 3", self.run_log())

    def test_a_preempted_job_goes_on_when_its_nodes_are_free(self):
        run, report = self.submit("--nodes", "2")
        ranks = self.freeze(run)
        urgent = self.slurm.call("sbatch", "--parsable", "--partition=urgent", "--nodes=2", "--exclusive",
                                 f"--output={self.folder}/urgent.log", "--wrap=sleep 1", check=True).strip()
        self.thaw_when_signalled(ranks)
        self.slurm.wait_for_state(urgent, "COMPLETED")
        self.slurm.restart_now(run)
        self.expect_reported(report)
        self.assertIn("stopped early", self.run_log())
        self.assertIn("start 2, on", self.run_log())

    def test_the_job_of_a_lost_node_goes_on_elsewhere(self):
        run, report = self.submit()
        self.freeze(run)
        lost = self.slurm.field(run, "NodeList")
        self.slurm.lose(lost)
        try:
            self.slurm.restart_now(run)
            self.expect_reported(report)
            self.assertNotEqual(self.slurm.field(run, "NodeList"), lost)
            self.assertIn("start 2, on", self.run_log())
        finally:
            self.slurm.bring_back(lost)

    def test_a_cancelled_job_stays_away(self):
        run, report = self.submit()
        ranks = self.freeze(run)
        self.slurm.call("scancel", run, check=True)
        self.thaw_when_signalled(ranks)
        self.slurm.wait_for_state(run, "CANCELLED")
        self.slurm.wait_for_state(report, "COMPLETED", self.run_log)  # of what is done
        self.assertEqual(self.slurm.state(run), ["CANCELLED"])


if __name__ == "__main__":
    if reason := why_not():
        print("skipped:", reason)
        sys.exit(SKIPPED)
    DPSBENCH = sys.argv.pop(1)
    unittest.main(verbosity=2)
