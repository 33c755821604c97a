"""Runs processes one after the other and reports what each took, by the kernel's own accounting (wait4).

Reads jobs from stdin, one JSON object a line: {"argv": […], "env": {…}, "input": "…"}.
Answers each on stdout: {"code", "wall", "cpu", "memory", "output", "errors"}; seconds, seconds, bytes, text, text.
"""

import json
import os
import selectors
import sys
import time


def run(job):
    """Standard input, output and error are pipes, as Concourse makes them. The input must fit into a pipe: 64 KiB."""
    input_end, input_start = os.pipe()
    output_end, output_start = os.pipe()
    errors_end, errors_start = os.pipe()
    os.write(input_start, job["input"].encode())
    os.close(input_start)
    actions = [
        (os.POSIX_SPAWN_DUP2, input_end, 0),
        (os.POSIX_SPAWN_DUP2, output_start, 1),
        (os.POSIX_SPAWN_DUP2, errors_start, 2),
    ]
    start = time.perf_counter_ns()
    pid = os.posix_spawn(job["argv"][0], job["argv"], job["env"], file_actions=actions)
    for end in (input_end, output_start, errors_start):
        os.close(end)
    output, errors = drain(output_end, errors_end)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter_ns() - start
    return {
        "code": os.waitstatus_to_exitcode(status),
        "wall": wall / 1e9,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "output": output,
        "errors": errors,
    }


def drain(*ends):
    """Reads all pipes until they are closed, so that no process waits for a full one."""
    texts = {end: b"" for end in ends}
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(end, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, 65536)
                texts[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return [text.decode(errors="replace") for text in texts.values()]


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
