#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A plan on a real Slurm: two nodes and a controller on the loopback, of the user who runs the test.

slurm_test.py PROGRAM

An array with a task that exits 75 at first and a node that is killed with its tasks, and a merge after it: what it writes is
what one run writes. Every daemon is stopped by its number, and the ports are free again. Skipped (77) where Slurm is not there.
"""
import getpass
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

program = os.path.abspath(sys.argv[1])
if not all(shutil.which(name) for name in ("slurmctld", "slurmd", "sbatch", "sinfo", "scontrol")):
    print("skipped: no slurmctld (scripts/setup.sh --tests)")
    sys.exit(77)
host = socket.gethostname().split(".")[0]
try:
    if not socket.gethostbyname(host).startswith("127."):
        print(f"skipped: {host} is not a name of the loopback, and nothing may be heard beyond it")
        sys.exit(77)
except OSError as error:
    print(f"skipped: {host} has no address ({error})")
    sys.exit(77)

LIMIT = 170  # seconds, of all
start = time.monotonic()
root = tempfile.mkdtemp(prefix="slurm-test-")
failures = []
daemons = {}  # name -> process


def fail(words):
    failures.append(words)
    print("FAILED:", words, flush=True)


def say(words):
    print(f"{time.monotonic() - start:5.1f} s: {words}", flush=True)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


ports = dict(zip(("ctld", "n1", "n2"), free_ports(3)))
environment = {**os.environ, "SLURM_CONF": os.path.join(root, "slurm.conf")}
for name in [name for name in environment if name.startswith("SLURM_") and name != "SLURM_CONF"]:
    del environment[name]
for folder in ("state", "spool-n1", "spool-n2"):
    os.mkdir(os.path.join(root, folder))
user = getpass.getuser()
with open(os.path.join(root, "slurm.conf"), "w", encoding="utf-8") as file:
    file.write(f"""ClusterName=t
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports["ctld"]}
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool-%n
SlurmctldPidFile={root}/ctld.pid
SlurmdPidFile={root}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=100000
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=5
KillWait=2
MinJobAge=300
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports["n1"]} CPUs=2 RealMemory=1000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports["n2"]} CPUs=2 RealMemory=1000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=30 State=UP
""")


def begin(name, *words):
    log = open(os.path.join(root, name + ".log"), "wb")
    daemons[name] = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=root)
    log.close()


def call(*words, code=0):
    done = subprocess.run(words, env=environment, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60)
    said = done.stdout.decode(errors="replace")
    if code is not None and done.returncode != code:
        fail(f"{' '.join(words)}: exit {done.returncode} (expected {code}): {said}")
    return said


def wait_for(what, is_so, seconds):
    end = min(time.monotonic() + seconds, start + LIMIT)
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.2)
    fail(f"waited in vain for {what}")
    return False


def children_of(pid):
    """A process and all below it."""
    found = [pid]
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parents[int(entry)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found


def is_ours(pid):
    """Whether a process, or one below it, was given this test's folder."""
    for one in children_of(pid):
        try:
            with open(f"/proc/{one}/environ", "rb") as file:
                if root.encode() in file.read():
                    return True
        except OSError:
            pass
    return False


def steps_of(jobs):
    """The slurmstepds that run jobs of ours, which outlive their slurmd: "slurmstepd: [3.batch]"."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                match = re.match(rb"slurmstepd: \[(\d+)\.", file.read())
        except OSError:
            continue
        if match and int(match[1]) in jobs and is_ours(int(entry)):
            found.append(int(entry))
    return found


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def listening():
    """Addresses on which a port of ours is listened to."""
    found = {}
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(path, encoding="ascii") as file:
                rows = file.read().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            cells = row.split()
            address, port = cells[1].split(":")
            if cells[3] == "0A" and int(port, 16) in ports.values():
                found.setdefault(int(port, 16), set()).add(address)
    return found


def tasks(job):
    """Task -> what scontrol says of it."""
    text = call("scontrol", "show", "job", job, "-o", code=None)
    found = {}
    for line in text.splitlines():
        fields = dict(part.split("=", 1) for part in line.split() if "=" in part)
        if fields.get("ArrayTaskId", "").isdigit():
            found[int(fields["ArrayTaskId"])] = fields
    return found


def main():
    begin("ctld", "slurmctld", "-D", "-f", environment["SLURM_CONF"])
    for node in ("n1", "n2"):
        begin(node, "slurmd", "-D", "-N", node, "-f", environment["SLURM_CONF"])
    if not wait_for("two nodes", lambda: call("sinfo", "-h", "-o", "%T %D", code=None).strip() == "idle 2", 30):
        for name in daemons:
            with open(os.path.join(root, name + ".log"), encoding="utf-8", errors="replace") as file:
                print(f"--- {name}:", file.read()[-2000:])
        return
    heard = listening()
    if set(heard) != set(ports.values()) or any(addresses != {"0100007F"} for addresses in heard.values()):
        fail(f"something listens elsewhere than on 127.0.0.1: {heard}")
        return
    say("two nodes are idle, on 127.0.0.1 alone")

    call(program, "synth", "--sequences", "0,0,8", "--length", "4", "-o", "truth", "--examples", "examples", "--quiet")
    options = ("--dataset", "mosxav-test", "-g", os.path.join(root, "truth"), "-p", os.path.join(root, "examples/coarse"))
    call(program, "score", *options, "-o", "once", "-j", "1")
    call(program, "plan", "score", *options, "--shards", "4", "-o", "plan.json")
    # Task 1 meets a failure that passes; every task takes long enough for a node to die under it, once.
    worker = os.path.join(root, "worker")
    with open(worker, "w", encoding="utf-8") as file:
        file.write(f"""#!/bin/bash
if [ "$1" = score ]; then
  [ "$SLURM_ARRAY_TASK_ID" != 1 ] || [ -e {root}/passed ] || {{ touch {root}/passed; exit 75; }}
  [ -e {root}/node-is-dead ] || sleep 60
fi
exec {program} "$@"
""")
    os.chmod(worker, 0o755)
    said = call(program, "submit", "slurm", "--plan", "plan.json", "-o", "job", "--program", worker, "--dry-run")
    if "sbatch --parsable --array=0-3" not in said or "--dependency=afterany:JOB" not in said or call("squeue", "-h").strip():
        fail(f"a dry run: {said}")
    said = call(program, "submit", "slurm", "--plan", "plan.json", "-o", "job", "--program", worker)
    match = re.search(r"array (\d+), merge (\d+)", said)
    if not match:
        fail(f"nothing was submitted: {said}")
        return
    array, merge = match.groups()
    say(f"submitted: array {array}, merge {merge}")

    wait_for("task 1 to exit 75", lambda: os.path.exists(os.path.join(root, "passed")), 30)
    on_n2 = lambda: [task for task, fields in tasks(array).items()
                     if fields.get("JobState") == "RUNNING" and fields.get("NodeList") == "n2"]
    if not wait_for("a task on the node n2", on_n2, 40):
        return
    states = tasks(array)
    killed = on_n2()
    open(os.path.join(root, "node-is-dead"), "w", encoding="utf-8").close()
    # The node dies: its daemon, what runs jobs on it, and they. The sleeps of the other node end.
    pids = children_of(daemons["n2"].pid)
    steps = steps_of({int(states[task]["JobId"]) for task in killed})
    if len(steps) < len(killed):
        fail(f"{len(killed)} tasks run on n2, and {len(steps)} slurmstepds were found")
    for step in steps:
        pids += children_of(step)
    kill(pids)
    daemons["n2"].wait()
    del daemons["n2"]
    say(f"killed n2 with the tasks {killed}: {len(pids)} processes")
    others = {int(fields["JobId"]) for task, fields in states.items() if task not in killed and fields.get("JobId", "").isdigit()}
    for pid in [pid for step in steps_of(others) for pid in children_of(step)]:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read().startswith(b"sleep\x0060"):
                    os.kill(pid, signal.SIGTERM)
        except OSError:
            pass
    page = os.path.join(root, "job/merged/report.html")
    done = wait_for("the merge", lambda: os.path.exists(page), LIMIT)
    states = tasks(array)
    say("tasks: " + ", ".join(f"{task} {fields.get('JobState')} after {fields.get('Restarts')} restarts"
                              for task, fields in sorted(states.items())))
    if not done:
        for name in sorted(os.listdir(os.path.join(root, "job"))):
            if name.endswith(".log"):
                with open(os.path.join(root, "job", name), encoding="utf-8", errors="replace") as file:
                    print(f"--- {name}:\n{file.read()[-1500:]}")
        return
    for task in killed + [1]:
        if int(states.get(task, {}).get("Restarts", 0)) < 1:
            fail(f"task {task} was not requeued")
    for name in ("summary.csv", "per_sequence.csv", "per_object.csv", "per_frame.csv"):
        with open(os.path.join(root, "once", name), "rb") as one, open(os.path.join(root, "job/merged", name), "rb") as other:
            if one.read() != other.read():
                fail(f"{name} is another than that of one run")
    results = []
    for folder in ("once", "job/merged"):
        with open(os.path.join(root, folder, "result.json"), encoding="utf-8") as file:
            results.append(json.load(file))
    shards = results[1]["run"].get("shards")
    for result in results:
        del result["run"]
    if results[0] != results[1] or shards != 4:
        fail("result.json is another than that of one run")
    say("the merge is one run")


try:
    main()
finally:
    left = call("squeue", "-h", "-o", "%A", code=None).split() if "ctld" in daemons else []
    for step in steps_of({int(job) for job in left if job.isdigit()}):
        kill(children_of(step))
    for process in daemons.values():
        process.terminate()
    for name, process in daemons.items():
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            kill(children_of(process.pid))
            process.wait()
    if listening():
        fail(f"ports are still listened to: {listening()}")
    if time.monotonic() - start > 180:
        fail(f"took {time.monotonic() - start:.0f} s")
    say("all daemons are gone, the ports are free")
    shutil.rmtree(root, ignore_errors=True)
sys.exit(1 if failures else 0)
