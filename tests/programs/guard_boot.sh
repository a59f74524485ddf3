#!/bin/sh
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# guard_boot.sh FOLDER COMMAND UNIT CHECK SECONDS: boots a systemd of its own in which the unit guards three services, and
# prints what CHECK, a python3 script, says in there. The root is this machine's, under an overlay that is thrown away. All
# of it is ended after so many seconds. Must be root in a mount namespace of its own. 77: that cannot be had here.
folder=$1 command=$2 unit=$3 check=$4 seconds=$5

mount -t tmpfs tmpfs "$folder" && mkdir "$folder/upper" "$folder/work" "$folder/root" &&
    mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root" || exit 77
root=$folder/root units=$folder/root/etc/systemd/system
mkdir -p "$root/etc/kashim" "$units"
cp "$command" "$root/usr/bin/kashim" && cp "$unit" "$units/" && cp "$check" "$root/check.py" || exit 1
printf '[defaults]\nidle = 4\n' >"$root/etc/kashim/kashim.toml"

# service NAME LINES: both ends of a connection, in a process of its own.
service()
{
    cat >"$units/$1.service" <<UNIT
[Unit]
DefaultDependencies=no
[Service]
$2
ExecStart=/usr/bin/python3 -c 'import os, socket, time; os.system("ip link set lo up"); server = socket.create_server(("127.0.0.1", 0)); client = socket.create_connection(server.getsockname()); accepted = server.accept(); time.sleep(600)'
UNIT
}
service root-service ""
service other-user "User=nobody"
service sandboxed "DynamicUser=yes
PrivateNetwork=yes
PrivateUsers=yes
ProtectProc=invisible
SystemCallFilter=@system-service"

cat >"$units/check.service" <<UNIT
[Unit]
DefaultDependencies=no
Wants=kashim-guard.service root-service.service other-user.service sandboxed.service
After=kashim-guard.service root-service.service other-user.service sandboxed.service
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
ExecStartPre=/bin/sh -c 'ip link set lo up'
ExecStart=/usr/bin/python3 /check.py $((seconds / 4))
StandardOutput=file:/said
StandardError=file:/said
TimeoutStartSec=infinity
UNIT

# nspawn's own filter forbids what the guard lives on.
timeout "$seconds" systemd-nspawn --register=no --keep-unit --private-network --capability=all \
    --system-call-filter="pidfd_getfd pidfd_open setns" -q -D "$root" -b systemd.unit=check.service >"$folder/console" 2>&1
if [ ! -s "$root/said" ]; then
    cat "$folder/console"
    exit 77
fi
cat "$root/said"
