# What goes over the wires, and when. Sourced by `run`.

readonly CAPTURE=$LAB/underlay.pcap

# Captures every frame that crosses the switch.
start_capture() {
    rm -f "$CAPTURE"
    start tcpdump switch tcpdump -i br0 -n -s 0 -B 65536 -U -w "$CAPTURE"
    eventually 10 "tcpdump listens" grep -q 'listening on' "$LAB/tcpdump.log"
}

stop_capture() {
    # What the kernel has handed over by now is in the file; a packet more shows when.
    sleep 0.3
    kill -INT "${process[tcpdump]}"
    eventually 10 "tcpdump ends" has_ended tcpdump
    wait "${process[tcpdump]}" || true
    unset "process[tcpdump]"
    grep -q '^0 packets dropped by kernel' "$LAB/tcpdump.log" ||
        bad "tcpdump could not keep up: $(grep dropped "$LAB/tcpdump.log")"
}

# captured FILTER: how many captured frames match.
captured() { tcpdump -n -r "$CAPTURE" "$1" 2>/dev/null | wc -l; }
captured_bytes() { tcpdump -r "$CAPTURE" -w - "$1" 2>/dev/null | wc -c; }

# A message of WireGuard: UDP, its first byte a type from 1 to 4, then three zero bytes.
readonly IS_WIREGUARD='udp and udp[8] >= 1 and udp[8] <= 4 and udp[9] = 0 and udp[10:2] = 0'
# What agents say to the controller (TLS), and ARP.
readonly IS_CONTROL="(host ${UNDERLAY[controller]} and tcp port 8443)"

# ping_reaches MACHINE ADDRESS: one ping and its reply.
ping_reaches() { on "$1" ping -n -c 1 -W 1 "$2" >/dev/null 2>&1; }
ping_fails() { ! on "$1" ping -n -c 1 -W 0.3 "$2" >/dev/null 2>&1; }

# start_ping_trace FROM ADDRESS: a ping every 5 ms in the background; its replies with their time go to $LAB/ping.log.
start_ping_trace() {
    : >"$LAB/ping.log"
    start ping "$1" ping -n -D -i 0.005 -W 1 "$2"
}

# first_reply_after MS: when the first reply after that time came; nothing if there is none.
first_reply_after() {
    sed -nE 's/^\[([0-9]+)\.([0-9]{3})[0-9]*\] .* bytes from .*/\1\2/p' "$LAB/ping.log" |
        awk -v since="$1" '$1 > since { print; exit }'
}

last_reply() {
    sed -nE 's/^\[([0-9]+)\.([0-9]{3})[0-9]*\] .* bytes from .*/\1\2/p' "$LAB/ping.log" | tail -n 1
}

has_reply_after() { [[ -n $(first_reply_after "$1") ]]; }

# No reply for half a second, and there was one before.
is_silent() {
    local last
    last=$(last_reply)
    [[ -n $last ]] && (($(now_ms) - last > 500))
}
