# The steps of the quickstart, in order. Sourced by `run`.

readonly URL=https://${UNDERLAY[controller]}:8443
readonly BARE=$LAB/net.git
readonly WORK=$LAB/net

# --- 1

build_programs() {
    local program programs='cvlan cvlan-controller cvlan-ctrl vrouterd cvland'
    if [[ -n ${CVLAN_BIN:-} ]]; then
        step "Programs"
        saw "taken from $CVLAN_BIN"
    else
        step "Build the programs (release mode; the first time takes minutes)"
        for program in $programs; do
            did "swift build -c release --product $program"
            patiently swift build -c release --package-path "$root" --product "$program" || bad "$program does not build"
        done
        CVLAN_BIN=$(swift build -c release --package-path "$root" --show-bin-path)
    fi
    for program in $programs; do
        [[ -x $CVLAN_BIN/$program ]] || bad "there is no $CVLAN_BIN/$program"
    done
    PATH=$CVLAN_BIN:$PATH
}

# --- 2

make_underlay() {
    local machine
    step "Four machines on a switch: network namespaces, with nothing but an ordinary network between them"
    make_machines
    for machine in $MACHINES; do saw "$(printf '%-12s %s' "$machine" "${UNDERLAY[$machine]}")"; done
    ping_reaches laptop-1 "${UNDERLAY[laptop-2]}" || bad "the underlay does not work"
    good "they reach each other on the underlay"
}

# --- 3

# A git command in the working copy, as a member of the platform team.
work_git() {
    git -C "$WORK" -c user.name=Alice -c user.email=alice@acme.example -c commit.gpgsign=false "$@"
}

# Commits all, and puts it on top of what the controller has committed meanwhile.
push_commit() {
    work_git add -A
    work_git commit -q -m "$1"
    [[ -z $(git -C "$BARE" branch --list main) ]] || work_git pull -q --rebase origin main
    work_git push -q origin main
}

make_repository() {
    step "A git repository with the manifests of examples/quickstart/repo"
    git init -q --bare -b main "$BARE"
    git clone -q "$BARE" "$WORK" 2>/dev/null
    work_git checkout -q -B main
    cp -R "$here/repo/." "$WORK/"
    local acme=$WORK/tenants/acme token_key gateway_key laptop_key

    did "cvlan token key --out token.key"
    token_key=$(cvlan token key --out "$LAB/token.key")
    saw "$token_key may sign join tokens: into tenant.yaml"
    printf '  enrollment:\n    tokenKeys: ["%s"]\n' "$token_key" >>"$acme/tenant.yaml"

    did "vrouterd key; cvlan-ctrl key      # made on the machines, and they never leave them"
    gateway_key=$(vrouterd key --state-dir "$LAB/gateway")
    laptop_key=$(cvlan-ctrl key --state-dir "$LAB/laptop-1")
    saw "gw-1 $gateway_key: into gateway.yaml, with its endpoint"
    saw "laptop-1 $laptop_key: into laptop.yaml"
    printf '  wireguard: { publicKey: "%s" }\n  endpoints: ["%s:51820"]\n' \
        "$gateway_key" "${UNDERLAY[gateway]}" >>"$acme/gateway.yaml"
    printf '  wireguard: { publicKey: "%s" }\n' "$laptop_key" >>"$acme/laptop.yaml"

    did "cvlan lint net"
    cvlan lint "$WORK" 2>&1 | show || bad "the manifests do not lint"
    did "git commit && git push"
    push_commit "acme: an office network"
    work_git log -1 --format='%h %an: %s' | show
}

# --- 4

run_controller() {
    start controller controller "$CVLAN_BIN/cvlan-controller" --dir "$LAB/controller"
    eventually 15 "the controller answers" cvlan_at_controller status
}

# cvlan_at_controller ARGUMENTS…: asks the controller; what it says goes to $LAB/answer.
cvlan_at_controller() {
    is_running controller || bad "the controller has ended"
    on controller "$CVLAN_BIN/cvlan" "$@" --server "$URL" --ca "$LAB/controller/ca.pem" \
        --token-file "$LAB/controller/management.token" >"$LAB/answer" 2>&1
}

start_controller() {
    step "A controller that watches the repository"
    did "cvlan controller init --dir controller --repository net.git --url $URL --trust-domain acme.example"
    cvlan controller init --dir "$LAB/controller" --repository "$BARE" --url "$URL" --trust-domain acme.example |
        tee "$LAB/init" | show
    pin=$(grep -oE 'sha256:[0-9a-f]{64}' "$LAB/init") || bad "there is no pin of the root document"
    did "cvlan-controller --dir controller"
    run_controller
    did "cvlan status"
    show <"$LAB/answer"
}

# --- 5

# run_data_path MACHINE
run_data_path() {
    start "cvland-$1" "$1" "$CVLAN_BIN/cvland" --socket "$LAB/$1.sock"
    eventually 15 "cvland on $1 listens" test -S "$LAB/$1.sock"
}

# run_agent PROGRAM MACHINE
run_agent() {
    start "agent-$2" "$2" "$CVLAN_BIN/$1" run --state-dir "$LAB/$2" --datapath "$LAB/$2.sock" \
        --interface-prefix "${INTERFACE_PREFIX[$2]}"
}

join_nodes() {
    local token machine
    step "The nodes join: two are declared with their key, one brings a token"
    did "vrouterd enroll; cvlan-ctrl enroll      # prove that they have the declared keys, and pin the root"
    on gateway "$CVLAN_BIN/vrouterd" enroll --state-dir "$LAB/gateway" --controller "$URL" --root "$pin" \
        --tenant acme --node gw-1 2>&1 | show || bad "gw-1 cannot enrol"
    on laptop-1 "$CVLAN_BIN/cvlan-ctrl" enroll --state-dir "$LAB/laptop-1" --controller "$URL" --root "$pin" \
        --tenant acme --node laptop-1 2>&1 | show || bad "laptop-1 cannot enrol"
    did "cvlan token create --key token.key --tenant acme --cvlan office --label team=staff --node laptop-2 …"
    token=$(cvlan token create --key "$LAB/token.key" --tenant acme --cvlan office --label team=staff \
        --node laptop-2 --controller "$URL" --root "$pin")
    saw "${token:0:60}…"
    did "cvlan-ctrl enroll --token …"
    on laptop-2 "$CVLAN_BIN/cvlan-ctrl" enroll --state-dir "$LAB/laptop-2" --token "$token" --node laptop-2 2>&1 |
        show || bad "laptop-2 cannot enrol"
    did "git log      # the controller has committed laptop-2's manifest"
    git -C "$BARE" log -1 --format='%h %an: %s%n%(trailers)' main | sed '/^$/d' | show
    git -C "$BARE" log -1 --format=%B main | grep -q '^Enrollment-Token: ' || bad "there is no commit for laptop-2"

    did "cvland --socket …; vrouterd run …; cvlan-ctrl run …"
    for machine in gateway laptop-1 laptop-2; do run_data_path "$machine"; done
    run_agent vrouterd gateway
    run_agent cvlan-ctrl laptop-1
    run_agent cvlan-ctrl laptop-2
    good "a data path and an agent run on each"
}

# --- 6

all_converged() {
    cvlan_at_controller get nodes && [[ $(grep -c Converged "$LAB/answer") -eq 3 ]]
}

# overlay_address MACHINE FAMILY: its address in the CVLAN, as its TUN device has it.
overlay_address() {
    on "$1" ip -o "-$2" address show dev "${INTERFACE_PREFIX[$1]}office" scope global | awk '{ print $4 }' | cut -d/ -f1
}

await_convergence() {
    local machine
    step "They converge: every node runs what the commit says"
    eventually 60 "all three nodes converge" all_converged
    did "cvlan get nodes"
    show <"$LAB/answer"
    for machine in gateway laptop-1 laptop-2; do
        v4[$machine]=$(overlay_address "$machine" 4)
        v6[$machine]=$(overlay_address "$machine" 6)
        [[ -n ${v4[$machine]} && -n ${v6[$machine]} ]] || bad "$machine has no overlay addresses"
    done
    did "git log cvlan-state      # what the controller decided, as commits"
    git -C "$BARE" log -3 --format='%h %an: %s' cvlan-state | show
}
declare -A v4=() v6=()

# --- 7

move_traffic() {
    step "Traffic on the overlay, and what the underlay sees of it"
    local tunnel=0 control=0 other=0 secret
    secret="plain-text-$RANDOM-$RANDOM-$RANDOM"
    eventually 20 "laptop-1 reaches laptop-2" ping_reaches laptop-1 "${v4[laptop-2]}"
    start_capture
    ping_both_families laptop-1 laptop-2
    ping_both_families laptop-1 gateway

    start iperf3 laptop-2 iperf3 -s -1 -B "${v4[laptop-2]}" --forceflush
    eventually 10 "iperf3 listens" grep -q 'Server listening' "$LAB/iperf3.log"
    did "iperf3 -c ${v4[laptop-2]} -n 20M      # laptop-1 to laptop-2, TCP"
    on laptop-1 iperf3 -c "${v4[laptop-2]}" -n 20M -f m >"$LAB/iperf3-client.log" 2>&1 || bad "no TCP through the tunnel"
    grep -E 'sender|receiver' "$LAB/iperf3-client.log" | show
    wait "${process[iperf3]}" || true
    unset "process[iperf3]"
    good "20 MB by TCP"

    # A text that could be read on the way, if anything could.
    on laptop-1 ping -n -q -c 3 -i 0.05 -p "$(printf %s "$secret" | head -c 16 | od -An -tx1 | tr -d ' \n')" \
        "${v4[laptop-2]}" >/dev/null || bad "laptop-2 stopped answering"
    stop_capture

    did "tcpdump -r underlay.pcap"
    tunnel=$(captured "$IS_WIREGUARD")
    control=$(captured "$IS_CONTROL or arp")
    other=$(captured "not ($IS_WIREGUARD) and not $IS_CONTROL and not arp")
    saw "$tunnel frames of WireGuard, $control of TLS to the controller and ARP, $other of anything else"
    # Bytes, as a frame may be many packets in one piece (UDP GSO); not all 20 MB, as iperf3 ends with the last still unsent.
    (($(captured_bytes "$IS_WIREGUARD") > 10 << 20)) || bad "there is less WireGuard on the underlay than was sent"
    ((other == 0)) || { tcpdump -n -r "$CAPTURE" -c 10 "not ($IS_WIREGUARD) and not $IS_CONTROL and not arp" | show; bad "the underlay saw more than WireGuard"; }
    if grep -aqF "${secret:0:16}" "$CAPTURE"; then bad "the underlay saw the text '${secret:0:16}'"; fi
    good "the underlay saw only WireGuard, and not the text '${secret:0:16}' that was sent"
    did "wg show ${INTERFACE_PREFIX[laptop-1]}office      # on laptop-1"
    on laptop-1 wg show "${INTERFACE_PREFIX[laptop-1]}office" | show
}

# ping_both_families FROM TO
ping_both_families() {
    local address
    for address in "${v4[$2]}" "${v6[$2]}"; do
        did "ping $address      # $1 to $2"
        on "$1" ping -n -q -c 5 -i 0.05 -W 2 "$address" >"$LAB/ping.log" 2>&1 || bad "$1 does not reach $2 by $address"
        grep -E 'transmitted|rtt' "$LAB/ping.log" | show
    done
}

# --- 8

change_policy() {
    step "A commit changes the policy: ping between the laptops, closed and opened again"
    local file=$WORK/tenants/acme/policies.yaml before after closed opened
    start_ping_trace laptop-1 "${v4[laptop-2]}"
    eventually 10 "pings are answered" has_reply_after 0

    sed -i -e 's/ports: \[icmp, tcp\/5201\]/ports: [tcp\/5201]/' \
        -e '/group: staff }, port: icmp/s/expect: allow/expect: deny/' "$file"
    work_git diff -U0 | grep '^[-+] ' | show
    did "git commit && git push"
    before=$(now_ms)
    push_commit "staff: no ping between laptops"
    eventually 20 "the commit stops the pings" is_silent
    closed=$(($(last_reply) - before))
    good "no reply any more, $closed ms after the commit (git push included)"
    cvlan_at_controller get nodes && show <"$LAB/answer"

    work_git revert --no-edit HEAD >/dev/null
    did "git revert HEAD && git push"
    before=$(now_ms)
    work_git push -q origin main
    after=$(now_ms)
    eventually 20 "the commit lets pings through" has_reply_after "$before"
    opened=$(($(first_reply_after "$before") - before))
    good "the first reply came $opened ms after the commit, of which git push took $((after - before)) ms"
    stop ping
}

# --- 9

stop_controller() {
    step "The controller stops, and traffic goes on"
    did "kill CONTROLLER"
    stop controller
    on laptop-1 ping -n -q -c 20 -i 0.05 -W 2 "${v4[laptop-2]}" >"$LAB/ping.log" 2>&1 ||
        bad "traffic stopped with the controller"
    grep transmitted "$LAB/ping.log" | show
    grep -q ' 0% packet loss' "$LAB/ping.log" || bad "packets were lost without the controller"
    did "kill -9 AGENT      # on both laptops"
    # The shell would report their death.
    {
        kill -KILL "${process[agent-laptop-1]}" "${process[agent-laptop-2]}"
        wait "${process[agent-laptop-1]}" "${process[agent-laptop-2]}" || true
    } 2>/dev/null
    on laptop-1 ping -n -q -c 20 -i 0.05 -W 2 "${v4[laptop-2]}" >"$LAB/ping.log" 2>&1 ||
        bad "traffic stopped with the agents"
    grep transmitted "$LAB/ping.log" | show
    grep -q ' 0% packet loss' "$LAB/ping.log" || bad "packets were lost without the agents"
    good "without the controller, and without agents, no packet is lost"
}

# --- With --keep

restart_controller() {
    run_controller
    run_agent cvlan-ctrl laptop-1
    run_agent cvlan-ctrl laptop-2
    eventually 60 "all nodes converge again" all_converged
}

print_commands_to_try() {
    local exec="ip netns exec $NAMESPACE_PREFIX"
    printf '\n%sIt goes on running.%s Try:\n\n' "$bold" "$plain"
    cat <<EOF
  export CVLAN_SERVER=$URL CVLAN_CA=$LAB/controller/ca.pem PATH=$CVLAN_BIN:\$PATH
  export CVLAN_TOKEN_FILE=$LAB/controller/management.token
  ${exec}controller cvlan get nodes
  ${exec}controller cvlan status
  ${exec}laptop-1 ping ${v4[laptop-2]}
  ${exec}laptop-1 wg show
  cd $WORK && git log --oneline origin/main      # edit tenants/acme/*.yaml, commit, push
  git -C $BARE log -p cvlan-state
  ${exec}laptop-1 wg set ${INTERFACE_PREFIX[laptop-1]}office peer PUBLIC-KEY remove      # and see it come back
  tail -f $LAB/*.log

  $here/run --clean      # removes all of it
EOF
}
