# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# guard_boot_check.py SECONDS: runs in the systemd that guard_boot.sh boots. Waits until every socket of the three services
# has the wanted values, as the kernel tells them, before and after a reload, each time for no longer than that.
import ctypes, os, pathlib, socket, subprocess, sys, time

PIDFD_GETFD = 438
SERVICES = ["root-service", "other-user", "sandboxed"]
libc = ctypes.CDLL(None, use_errno=True)


def property_of(unit, name):
    return subprocess.check_output(["systemctl", "show", "-P", name, unit], text=True).strip()


def values_of(pid):
    process = os.pidfd_open(pid)
    found = []
    for fd in sorted(int(name) for name in os.listdir(f"/proc/{pid}/fd")):
        taken = libc.syscall(PIDFD_GETFD, process, fd, 0)
        if taken < 0:
            continue
        try:
            with socket.socket(fileno=taken) as one:
                if one.proto == socket.IPPROTO_TCP:
                    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
                    found.append((one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                                  *(one.getsockopt(socket.IPPROTO_TCP, option) for option in options)))
        except OSError:
            os.close(taken)
    os.close(process)
    return found


def tell(wanted):
    end = time.monotonic() + int(sys.argv[1])
    for service in SERVICES:
        while True:
            values = values_of(int(property_of(service, "MainPID")))
            if values == [wanted] * 3 or time.monotonic() > end:
                break
            time.sleep(0.05)
        print(service, values, flush=True)


tell((1, 4, 30, 5))
pathlib.Path("/etc/kashim/kashim.toml").write_text("[defaults]\nidle = 8\n")
print("reload", subprocess.run(["systemctl", "reload", "kashim-guard"]).returncode)
tell((1, 8, 30, 5))
print(property_of("kashim-guard", "StatusText"))
subprocess.run(["systemctl", "stop", "kashim-guard"])
print(property_of("kashim-guard", "Result"), property_of("kashim-guard", "ExecMainStatus"))
