#!/bin/bash
# Runs a node in the foreground on a copy of examples/etc-config; what it owns is kept from run to run.
# Usage: examples/run.sh DIRECTORY-OF-THE-PROGRAMS
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "$1" && pwd)
root=$(cd "$here/.." && pwd)/artifacts/run

# Segments belong on tmpfs; and the path of a Unix socket has at most 107 bytes.
if [ -w /dev/shm ]; then
    run_directory=/dev/shm/cms-$(id -u)
else
    run_directory=$root/run
fi

if [ ! -d "$root/config" ]; then
    mkdir -p "$root"
    cp -r "$here/etc-config" "$root/config"
fi

cat <<TEXT
A node on $root/config; end it with Ctrl-C. In another terminal:

  export PATH=$programs:\$PATH CMS_RUN_DIRECTORY=$run_directory
  cms show network.lan
  cms set network.lan.ipaddr=192.168.7.1
  cms changes
  cms commit --wait
  cms history network
  uci -c $root/config get network.lan.ipaddr

TEXT

exec "$programs/cmsd" \
    --config-directory="$root/config" \
    --state-directory="$root/state" \
    --run-directory="$run_directory"
