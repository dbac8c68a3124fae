#!/bin/bash
# Shows a node at work in a scratch directory, and that what it shows is so: ends non-zero at the first thing that is not.
# Usage: examples/demo.sh DIRECTORY-OF-THE-PROGRAMS
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH=$(cd "$1" && pwd):$PATH
writers=4
load_seconds=3
patience_seconds=20

scratch=$(mktemp -d)
run=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "$scratch")")
config=$scratch/config
export CMS_RUN_DIRECTORY=$run
daemon=""
jobs=()

clean_up() {
    local status=$?
    trap - EXIT
    touch "$scratch/stop" 2>/dev/null || true
    for job in "${jobs[@]}"; do wait "$job" 2>/dev/null || true; done
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi

    if [ "$status" -ne 0 ] && [ -s "$scratch/log" ]; then
        printf '\nThe last lines of the daemon:\n' >&2
        tail -n 20 "$scratch/log" >&2
    fi

    rm -rf "$scratch" "$run"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

heading() { printf '\n== %s\n\n' "$1"; }
fail() { printf '\nNOT SO: %s\n' "$1" >&2; exit 1; }

# Prints a command line as one would type it, then runs it.
try() {
    printf '  $'
    printf ' %s' "$@"
    printf '\n'
    "$@" | sed 's/^/    /'
}

# expect WHAT EXPECTED ACTUAL
expect() { [ "$2" = "$3" ] || fail "$1: expected '$2' but found '$3'"; }

start_node() {
    cmsd --config-directory="$config" --state-directory="$scratch/state" --run-directory="$run" >>"$scratch/log" 2>&1 &
    daemon=$!
    eventually "the node answers" node_answers
}

node_answers() {
    kill -0 "$daemon" 2>/dev/null || fail "the node ended: $(tail -n 1 "$scratch/log")"
    cms status >/dev/null 2>&1
}

# eventually WHAT COMMAND...: asks again until the command says yes.
eventually() {
    local what=$1 end=$((SECONDS + patience_seconds))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || fail "$what: not after $patience_seconds s"
        sleep 0.05
    done
}

# Counts upwards in a module of its own, and notes a number only after its commit was acknowledged.
write_until_stopped() {
    local module=$1 acknowledged=$2 number=0
    while [ ! -e "$scratch/stop" ]; do
        number=$((number + 1))
        cms set "$module.counts.n$number=$number" 2>/dev/null || return 0
        cms commit "$module" >/dev/null 2>&1 || return 0
        echo "$number" >>"$acknowledged"
    done
}

count_lines() { cat "$@" | wc -l; }

heading "A node owns a directory of UCI text files"
cp -r "$here/etc-config" "$config"
cat >>"$config/network" <<'TEXT'

# The printers' corner.
config interface 'printers'
	option proto 'static'      # they know no DHCP
	option ipaddr '192.168.40.1'
TEXT
start_node
try cms status

heading "Reading: from shared memory, without asking the node"
try cms get network.lan.ipaddr
try cms show network.wan
try cms list firewall
expect "network.lan.ipaddr" 192.168.1.1 "$(cms get network.lan.ipaddr)"
expect "a comment is no part of a value" static "$(cms get network.printers.proto)"

heading "Changing: staged for you alone, until you commit"
try cms set network.lan.ipaddr=10.1.2.3
try cms add_list network.wan.dns=1.1.1.1
try cms changes
expect "the staged value" 10.1.2.3 "$(cms get network.lan.ipaddr)"
expect "the committed value" 192.168.1.1 "$(cms get --committed network.lan.ipaddr)"
cp "$config/network" "$scratch/before"
try cms commit --message demonstration --wait
expect "nothing is staged any more" "" "$(cms changes)"
expect "the committed value" 10.1.2.3 "$(cms get --committed network.lan.ipaddr)"
try cms history network

heading "The text file follows; comments and all other lines stay as they were"
printf '  $ diff network.before network\n'
diff "$scratch/before" "$config/network" >"$scratch/difference" && fail "the file was not written"
sed 's/^/    /' "$scratch/difference"
expect "lines that went" 1 "$(grep -c '^<' "$scratch/difference")"
expect "lines that came" 2 "$(grep -c '^>' "$scratch/difference")"
grep -q "^# The printers' corner.$" "$config/network" || fail "a comment was lost"
grep -q "# they know no DHCP" "$config/network" || fail "a comment behind a value was lost"

heading "Editing the file by hand is a commit too"
printf "  \$ sed -i 's/192.168.40.1/192.168.41.1/' network\n"
sed -i 's/192\.168\.40\.1/192.168.41.1/' "$config/network"
was_taken_in() { [ "$(cms get network.printers.ipaddr)" = 192.168.41.1 ]; }
eventually "the hand edit is taken in" was_taken_in
try cms get network.printers.ipaddr
try cms history network
expect "the newest commit came from the file" file "$(cms history --count 1 network | awk '{ print $5 }')"

heading "The uci command line works on the same files"
try uci -c "$config" get network.printers.ipaddr
expect "uci get" 192.168.41.1 "$(uci -c "$config" get network.printers.ipaddr)"

newest_revision() { cms history --count 1 "$1" | awk '{ print $1 }'; }

heading "Several modules at once: all of it or nothing"
before=$(newest_revision network)
printf '  $ export CMS_TRANSACTION=$(cms begin --message "renumber the lan")\n'
CMS_TRANSACTION=$(cms begin --message "renumber the lan")
export CMS_TRANSACTION
try cms set network.lan.ipaddr=10.9.9.1
try cms set dhcp.lan.start=50
expect "the value inside the transaction" 10.9.9.1 "$(cms get network.lan.ipaddr)"
expect "the value for everybody else" 10.1.2.3 "$(CMS_TRANSACTION='' cms get network.lan.ipaddr)"
try cms commit
unset CMS_TRANSACTION
expect "network.lan.ipaddr" 10.9.9.1 "$(cms get network.lan.ipaddr)"
expect "dhcp.lan.start" 50 "$(cms get dhcp.lan.start)"

heading "Who watches hears of every commit, also of those before"
try cms watch network.lan --old --since "$before" --count 1

heading "Going back: what it was, by revision, and by a backup"
try cms diff network.lan
try cms backup create demonstration
try cms rollback network.lan.ipaddr --to "$before"
expect "network.lan.ipaddr after the roll-back" 10.1.2.3 "$(cms get network.lan.ipaddr)"
try cms backup verify demonstration
try cms backup restore demonstration --module network
expect "network.lan.ipaddr after the restoring" 10.9.9.1 "$(cms get network.lan.ipaddr)"

heading "A module keeps to its schema, and a migration takes both further"
try cms schema register "$here/schemas/printer"
printf "config queue 'office'\n\toption device '/dev/lp0'\n\toption timeout '45'\n" | cms import printer >/dev/null
try cms set printer.office.timeout=9999
try cms set printer.office.paper=a5
try cms set printer.office.fallback=nobody
printf '  $ cms commit\n'
if said=$(cms commit printer 2>&1); then fail "the schema let everything pass"; fi
sed 's/^/    /' <<<"$said"
expect "the places that the schema does not allow" 3 "$(grep -c '^  printer.office' <<<"$said")"
try cms revert printer
try cms migrate plan --directory "$here/migrations"
cms migrate apply --directory "$here/migrations" --yes >/dev/null
expect "the time-out after the migration" 45000 "$(cms get printer.office.timeout_ms)"
try cms migrate rollback printer --yes
expect "the time-out after its roll-back" 45 "$(cms get printer.office.timeout)"
try cms search --value '192.168.1.*'

heading "A secret is sealed, a key reads what a rule allows, and every act is in the audit log"
printf "config account 'shop'\n\toption password 'correct horse'\n" | cms import portal >/dev/null
printf "config module 'portal'\n\toption version '1.0.0'\n\nconfig section 'account'\n\nconfig field 'password'\n\toption section 'account'\n\toption secret '1'\n" >"$scratch/portal"
try cms schema register "$scratch/portal"
try cms get portal.shop.password
expect "the password for everybody" "(secret)" "$(cms get portal.shop.password)"
expect "the password for an administrator who asks for it" "correct horse" "$(cms get portal.shop.password --reveal)"
sealed() { ! grep -rq 'correct horse' "$scratch/state" "$config"; }
eventually "no file has the password in plain, the history neither" sealed
token=$(cms key create reader | grep -o 'cms_[^ ]*')
printf "config rule\n\toption effect 'allow'\n\tlist action 'read'\n\tlist principal 'key:reader'\n\tlist path 'network.lan'\n" | cms import access --merge >/dev/null
ask() { curl -s -o /dev/null -w '%{http_code}' --unix-socket "$run/cmsd.sock" -H "Authorization: Bearer $token" "http://cms/api/v1/$1"; }
expect "the status of what the key may read" 200 "$(ask modules/network/sections/lan/options/ipaddr)"
expect "the status of what it may not" 404 "$(ask modules/portal)"
try cms access explain key:reader network.lan.ipaddr
try cms audit show --count 3
try cms audit verify

heading "A commit that nobody confirms goes back by itself"
try cms set network.lan.ipaddr=10.66.66.66
try cms commit --confirm 1
expect "the value meanwhile" 10.66.66.66 "$(cms get network.lan.ipaddr)"
went_back() { [ "$(cms get network.lan.ipaddr)" = 10.9.9.1 ]; }
eventually "the value went back" went_back
try cms history --count 2 network

heading "$writers writers commit one value after another, and the node is killed with kill -9"
for writer in $(seq "$writers"); do
    printf 'config counter counts\n' | cms import "load$writer" >/dev/null
    : >"$scratch/acknowledged$writer"
    write_until_stopped "load$writer" "$scratch/acknowledged$writer" &
    jobs+=($!)
done
sleep "$load_seconds"
for job in "${jobs[@]}"; do kill -0 "$job" 2>/dev/null || fail "a writer ended before the node was killed"; done
printf '  $ kill -9 %s\n' "$daemon"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null || true
daemon=""
for job in "${jobs[@]}"; do wait "$job"; done
jobs=()
total=$(count_lines "$scratch"/acknowledged*)
printf '    %s commits were acknowledged before the node died\n' "$total"
[ "$total" -gt 0 ] || fail "no commit was acknowledged in $load_seconds s"

heading "Reading goes on while the node is dead"
try cms get network.lan.ipaddr

heading "After a restart every acknowledged commit is there"
start_node
for writer in $(seq "$writers"); do
    cms export --committed "load$writer" | sed -n "s/^.option n[0-9]* '\([0-9]*\)'$/\1/p" | sort >"$scratch/found$writer"
    missing=$(sort "$scratch/acknowledged$writer" | comm -23 - "$scratch/found$writer" | wc -l)
    printf '    writer %s: %s acknowledged, %s found, %s missing\n' \
        "$writer" "$(count_lines "$scratch/acknowledged$writer")" "$(count_lines "$scratch/found$writer")" "$missing"
    expect "acknowledged commits of writer $writer that are missing" 0 "$missing"
done
try cms status

printf '\nAll that was shown is so: %s of %s acknowledged commits survived kill -9.\n' "$total" "$total"
