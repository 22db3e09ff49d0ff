# Machines made of network namespaces, the processes in them, and their removal. Sourced by `run`.
#
# Everything that the quickstart makes is found again by name: namespaces `cvqs-*`, the folder $LAB, and processes whose
# environment has CVLAN_QUICKSTART=1. So a run that was killed leaves nothing that the next one does not remove.

readonly LAB=/run/cvlan-quickstart
# A folder that is always there: locking it leaves nothing behind.
readonly LOCK=/run
readonly NAMESPACE_PREFIX=cvqs-
# One switch, an address for each machine on it.
readonly MACHINES='controller gateway laptop-1 laptop-2'
declare -rA UNDERLAY=([controller]=192.0.2.1 [gateway]=192.0.2.11 [laptop-1]=192.0.2.21 [laptop-2]=192.0.2.22)
# WireGuard's control sockets (/var/run/wireguard/NAME.sock) are one folder for all namespaces: so interfaces have
# different names on each machine.
declare -rA INTERFACE_PREFIX=([gateway]=qsg- [laptop-1]=qs1- [laptop-2]=qs2-)

declare -A process=()

# --- One at a time

# Takes the lock that says that a quickstart is being run; it ends with this shell.
take_lock() {
    exec 9<"$LOCK"
    flock -n 9 || { echo "another quickstart is running" >&2; exit 1; }
}

# --- Machines

# on MACHINE COMMAND…: runs a command in a machine. Programs started there must not hold the lock.
on() {
    local machine=$1
    shift
    CVLAN_QUICKSTART=1 ip netns exec "$NAMESPACE_PREFIX$machine" "$@" 9>&-
}

make_machines() {
    local machine
    ip netns add "${NAMESPACE_PREFIX}switch"
    on switch ip link add br0 type bridge forward_delay 0
    on switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1
    on switch ip link set br0 up
    for machine in $MACHINES; do
        ip netns add "$NAMESPACE_PREFIX$machine"
        on "$machine" ip link set lo up
        ip link add eth0 netns "$NAMESPACE_PREFIX$machine" type veth \
            peer name "$machine" netns "${NAMESPACE_PREFIX}switch"
        # The underlay is IPv4 only: whatever IPv6 the overlay has, goes through the tunnel.
        on "$machine" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
        on "$machine" ip address add "${UNDERLAY[$machine]}/24" dev eth0
        on "$machine" ip link set eth0 up
        on switch ip link set "$machine" master br0 up
    done
}

# --- Processes

# start NAME MACHINE COMMAND…: a program in the background; its output goes to $LAB/NAME.log, its id to process[NAME].
start() {
    local name=$1 machine=$2
    shift 2
    : >>"$LAB/$name.log"
    # `ip netns exec` becomes the program: its process id is the program's.
    CVLAN_QUICKSTART=1 ip netns exec "$NAMESPACE_PREFIX$machine" "$@" >>"$LAB/$name.log" 2>&1 </dev/null 9>&- &
    process[$name]=$!
}

is_running() { kill -0 "${process[$1]:-0}" 2>/dev/null && [[ -n ${process[$1]:-} ]]; }

# stop NAME: asks it to end, and waits for that.
stop() {
    kill -TERM "${process[$1]}"
    eventually 15 "$1 ends on SIGTERM" has_ended "$1"
    wait "${process[$1]}" || true
    unset "process[$1]"
}

has_ended() { ! kill -0 "${process[$1]}" 2>/dev/null; }

# patiently COMMAND…: a long command in a process group of its own, so that a signal to this script ends both at once.
patiently() {
    CVLAN_QUICKSTART=1 setsid "$@" 9>&- &
    patient=$!
    local status=0
    wait "$patient" || status=$?
    patient=''
    return "$status"
}

# --- The end

# Removes whatever this run, or one before, has made.
remove_everything() {
    local round pids namespace
    [[ -z ${patient:-} ]] || kill -TERM -- "-$patient" 2>/dev/null || true
    for round in {1..50}; do
        pids=$(our_processes)
        [[ -n $pids ]] || break
        # They are asked to end; after a second they are killed.
        # shellcheck disable=SC2086
        kill "-$( ((round <= 10)) && echo TERM || echo KILL)" $pids 2>/dev/null || true
        sleep 0.1
    done
    for namespace in $(our_namespaces); do ip netns delete "$namespace"; done
    rm -rf "$LAB"
    rm -f /var/run/wireguard/qs[g12]-*.sock
}

our_namespaces() { ip netns list 2>/dev/null | cut -d' ' -f1 | grep "^$NAMESPACE_PREFIX" || true; }

our_processes() {
    local namespace
    {
        for namespace in $(our_namespaces); do ip netns pids "$namespace"; done
        { grep -lsz '^CVLAN_QUICKSTART=1$' /proc/[0-9]*/environ || true; } | cut -d/ -f3
    } | sort -u
}
