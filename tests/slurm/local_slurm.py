"""A real Slurm on this one machine: one controller and two nodes that are both this host. For tests only."""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

NODES = ("n1", "n2")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "munged", "munge")
PR_SET_PDEATHSIG = 1


def why_not():
    """Why Slurm cannot be started here; None if it can."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in PROGRAMS if shutil.which(name, path=search) is None]
    if missing:
        return "not installed: " + ", ".join(missing) + " (Debian: slurm-wlm munge)"
    if "pmix" not in " ".join(str(p) for p in pathlib.Path("/usr/lib").glob("*/slurm-wlm/mpi_pmix*.so")):
        return "Slurm's PMIx plugin is not installed"
    return None


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def processes_with(*settings):
    """Processes of this host whose environment has all these, as they were started."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # gone, or another user's
        if all(each.encode() in environment for each in settings):
            found.append(int(folder.name))
    return found


def parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def kill_all(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class LocalSlurm:
    """Starts in `folder` with ports of its own; stop() leaves no process behind."""

    def __init__(self, folder, cpus=2):
        self.folder = pathlib.Path(folder)
        self.cpus = cpus
        self.daemons = {}
        self.conf = self.folder / "slurm.conf"
        self.environment = dict(os.environ, SLURM_CONF=str(self.conf))
        self.environment["PATH"] += ":/usr/sbin:/sbin"
        for name in [name for name in self.environment if name.startswith(("SLURM_", "SBATCH_", "PMIX_", "OMPI_MCA"))]:
            if name != "SLURM_CONF":
                del self.environment[name]

    def start(self):
        for name in ("state", "log", "munge", *(f"spool/{n}" for n in NODES), *(f"tmp/{n}" for n in NODES)):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munge").chmod(0o711)
        key = self.folder / "munge" / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self._write_configuration()
        munge = self.folder / "munge"
        self._spawn("munged", ["munged", "--force", "-F", f"--socket={munge}/socket", f"--key-file={key}",
                               f"--log-file={munge}/log", f"--pid-file={munge}/pid", f"--seed-file={munge}/seed"])
        self.wait(lambda: (munge / "socket").exists(), 60, "munged does not answer")
        self._spawn("slurmctld", ["slurmctld", "-D", "-c", "-f", str(self.conf)])
        for node in NODES:
            self._start_node(node)
        self.wait(lambda: self.idle_nodes() == set(NODES), 120, "the nodes do not come up")

    def stop(self):
        for name in (*NODES, "slurmctld", "munged"):
            daemon = self.daemons.pop(name, None)
            if daemon is None:
                continue
            daemon.send_signal(signal.SIGKILL if name == "slurmctld" else signal.SIGTERM)  # it would save its state
            try:
                daemon.wait(5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        until = time.monotonic() + 5
        while (rest := processes_with(f"SLURM_CONF={self.conf}")) and time.monotonic() < until:
            kill_all(rest)
            time.sleep(0.05)

    def lose(self, node):
        """The node's power goes: its daemon and all it ran are gone, and the controller is told."""
        daemon = self.daemons.pop(node)
        tasks = processes_with(f"SLURM_CONF={self.conf}", f"SLURMD_NODENAME={node}")
        steps = set(processes_with(f"SLURM_CONF={self.conf}")) & {parent(task) for task in tasks}
        kill_all([daemon.pid, *steps, *tasks])
        daemon.wait()
        time.sleep(1)  # an answer of the daemon that is still under way would bring the node back
        self.call("scontrol", "update", f"nodename={node}", "state=down", "reason=lost", check=True)

    def bring_back(self, node):
        self._start_node(node)
        self.call("scontrol", "update", f"nodename={node}", "state=resume")
        self.wait(lambda: node in self.idle_nodes(), 120, f"{node} does not come back")

    def call(self, *words, check=False):
        ended = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=240)
        if check and ended.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {ended.stderr}")
        return ended.stdout

    def idle_nodes(self):
        return set(self.call("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").split())

    def state(self, job):
        """A job's state (PENDING, RUNNING, COMPLETED, ...); of an array's, those of all its tasks."""
        lines = self.call("scontrol", "-o", "show", "job", str(job)).splitlines()
        return [word.split("=")[1] for line in lines for word in line.split() if word.startswith("JobState=")]

    def field(self, job, name):
        for word in self.call("scontrol", "-o", "show", "job", str(job)).split():
            if word.startswith(name + "="):
                return word.split("=", 1)[1]
        return None

    def wait_for_state(self, job, wanted, more=str):
        """Fails when all of the job has ended in another way, or after four minutes; `more()` is told then."""
        ends = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}
        self.wait(lambda: set(self.state(job)) <= ends, 240, lambda: f"job {job} is {self.state(job)}\n{more()}")
        if set(self.state(job)) != {wanted}:
            raise AssertionError(f"job {job} is {self.state(job)}, not {wanted}\n{more()}")

    def restart_now(self, job):
        """Slurm holds a job back for two minutes after a requeue."""
        self.wait(lambda: self.state(job) == ["PENDING"], 240, lambda: f"job {job} is {self.state(job)}, not back")
        time.sleep(2)  # a node takes a step of the same second for the old one
        self.call("scontrol", "update", f"jobid={job}", "StartTime=now")

    def logs(self):
        return "\n".join(f"== {path}\n{path.read_text(errors='replace')[-3000:]}"
                         for path in sorted((self.folder / "log").iterdir()))

    def _start_node(self, node):
        self._spawn(node, ["slurmd", "-D", "-N", node, "-f", str(self.conf)])

    def _spawn(self, name, words):
        log = open(self.folder / "log" / name, "a")
        self.daemons[name] = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                              stderr=subprocess.STDOUT, start_new_session=True,
                                              preexec_fn=die_with_parent)
        log.close()

    def wait(self, condition, seconds, message):
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                raise AssertionError((message() if callable(message) else message) + "\n" + self.logs())
            time.sleep(0.1)

    def _write_configuration(self):
        ports = free_ports(1 + len(NODES))
        host = socket.gethostname()
        user = pwd.getpwuid(os.getuid()).pw_name
        folder = self.folder
        lines = f"""\
ClusterName=dpsbench
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
TmpFS={folder}/tmp/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=10000,bf_interval=1,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmdParameters=config_overrides
MessageTimeout=10
KillWait=120
JobRequeue=1
""".splitlines()
        for node, port in zip(NODES, ports[1:]):
            lines.append(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={self.cpus} State=UNKNOWN")
        nodes = ",".join(NODES)
        lines.append(f"PartitionName=normal Nodes={nodes} Default=YES PriorityTier=1 GraceTime=120 State=UP")
        lines.append(f"PartitionName=urgent Nodes={nodes} PriorityTier=2 State=UP")
        self.conf.write_text("\n".join(lines) + "\n")
