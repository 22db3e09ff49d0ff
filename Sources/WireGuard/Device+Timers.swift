package import Tunneling

extension Device {
    /// Peers whose timers run in one go, while packets wait.
    private static let peersAtOnce = 256

    /// Runs timers that are due, after what other lanes report, and works on handshakes that wait. Of many, it leaves some for
    /// the next call: `nextDeadline` tells when.
    ///
    /// - Parameter isIdle: nothing else waits, so that handshakes need not leave time for it.
    package func advance(to now: Instant, isIdle: Bool = false) {
        takeReports(now: now)
        var count = 0
        while count < Self.peersAtOnce, let index = timerWheel.takeDue(at: now) {
            guard let peer = peers[Int(index)] else { continue }
            if peer.timers.earliest <= now {
                runTimers(of: peer, now: now)
                count += 1
            }
            timerWheel.set(index, peer.timers.earliest)
        }
        if isUp { workOnBacklog(at: now, isIdle: isIdle) }
    }

    private func runTimers(of peer: Peer, now: Instant) {
        if peer.timers.wipeKeys <= now {
            peer.timers.wipeKeys = .never
            wipe(peer)
        }
        if peer.timers.retransmitHandshake <= now {
            peer.timers.retransmitHandshake = .never
            retransmitHandshake(to: peer, now: now)
        }
        if peer.timers.newHandshake <= now {
            peer.timers.newHandshake = .never
            // The address that we answer from may be the cause of the silence.
            peer.forgetSource()
            sendInitiation(to: peer, isRetry: false, now: now)
        }
        if peer.timers.keepalive <= now {
            peer.timers.keepalive = .never
            sendKeepalive(to: peer, now: now)
            if peer.timers.needsAnotherKeepalive {
                peer.timers.needsAnotherKeepalive = false
                peer.timers.keepalive = now + Constants.keepaliveTimeout
            }
        }
        if peer.timers.persistentKeepalive <= now {
            peer.timers.persistentKeepalive = .never
            if peer.persistentKeepalive > 0 { sendKeepalive(to: peer, now: now) }
        }
    }

    private func retransmitHandshake(to peer: Peer, now: Instant) {
        guard peer.timers.attempts <= Constants.handshakeAttempts else {
            peer.timers.keepalive = .never
            dropPending(of: peer)
            // What is left of a handshake goes the way of old keys.
            if peer.timers.wipeKeys == .never { peer.timers.wipeKeys = now + Constants.wipeKeysAfter }
            return
        }
        peer.timers.attempts += 1
        peer.forgetSource()
        sendInitiation(to: peer, isRetry: true, now: now)
    }

    // MARK: What starts and stops timers

    /// Data packets went out.
    @inline(__always)
    func noteDataSent(_ packets: Int, to peer: Peer, now: Instant) {
        peer.statistics.sentPackets += UInt64(packets)
        notePassage(with: peer, now: now)
        noteAuthenticatedSent(to: peer)
        if peer.timers.newHandshake == .never {
            peer.timers.newHandshake = now + Constants.keepaliveTimeout + Constants.rekeyTimeout + jitter()
            schedule(peer, peer.timers.newHandshake)
        }
    }

    /// Data packets came, one or more.
    @inline(__always)
    func noteDataReceived(_ packets: Int, from peer: Peer, now: Instant) {
        var others = packets
        if peer.timers.keepalive == .never {
            peer.timers.keepalive = now + Constants.keepaliveTimeout
            schedule(peer, peer.timers.keepalive)
            others -= 1
        }
        if others > 0 { peer.timers.needsAnotherKeepalive = true }
    }

    /// Has a keepalive sent as soon as timers run. Many peers may be greeted at once; `advance` spreads that.
    func greet(_ peer: Peer, now: Instant) {
        guard isUp, peer.persistentKeepalive > 0 else { return }
        peer.timers.persistentKeepalive = now
        schedule(peer, now)
    }

    /// Anything authenticated went out: data, keepalive or handshake.
    @inline(__always)
    func noteAuthenticatedSent(to peer: Peer) {
        if peer.timers.keepalive != .never { peer.timers.keepalive = .never }
    }

    /// Anything authenticated came.
    @inline(__always)
    func noteAuthenticatedReceived(from peer: Peer, now: Instant) {
        if peer.timers.newHandshake != .never { peer.timers.newHandshake = .never }
        notePassage(with: peer, now: now)
    }

    /// Anything authenticated went or came.
    @inline(__always)
    func notePassage(with peer: Peer, now: Instant) {
        guard peer.persistentKeepalive > 0 else { return }
        let deadline = now + .seconds(UInt64(peer.persistentKeepalive))
        // Not for every packet: a part of a tick makes no difference.
        guard
            peer.timers.persistentKeepalive == .never || deadline < peer.timers.persistentKeepalive
                || deadline - peer.timers.persistentKeepalive >= .milliseconds(1)
        else { return }
        peer.timers.persistentKeepalive = deadline
        schedule(peer, deadline)
    }

    func noteInitiated(to peer: Peer, at time: Instant, unlessRunning: Bool) {
        if unlessRunning, peer.timers.retransmitHandshake != .never { return }
        peer.timers.retransmitHandshake = time + Constants.rekeyTimeout + jitter()
        schedule(peer, peer.timers.retransmitHandshake)
    }

    func noteSessionDerived(with peer: Peer, now: Instant) {
        peer.timers.wipeKeys = now + Constants.wipeKeysAfter
        schedule(peer, peer.timers.wipeKeys)
    }

    /// Both sides have the session, as far as we know.
    func noteHandshakeComplete(with peer: Peer) {
        peer.timers.retransmitHandshake = .never
        peer.timers.attempts = 0
        peer.timers.sentLastMinuteHandshake = false
        peer.endExchange()
        peer.lastHandshake = environment.wallTime()
        peer.statistics.handshakes += 1
    }

    // MARK: Fresh keys

    /// What a lane reports may have gone under a session that has been renewed since.
    @inline(__always)
    func keepKeyFresh(sendingWith keypair: Keypair, now: Instant) {
        let peer = keypair.peer
        guard keypair.age.wantsRenewalAfterSending(at: now), peer.keypairs.current === keypair else { return }
        sendInitiation(to: peer, isRetry: false, now: now)
    }

    /// Once per session: more messages may come before the new one stands.
    @inline(__always)
    func keepKeyFresh(receivingWith keypair: Keypair, now: Instant) {
        let peer = keypair.peer
        guard keypair.age.wantsRenewalAfterReceiving(at: now), !peer.timers.sentLastMinuteHandshake,
            peer.keypairs.current === keypair
        else { return }
        peer.timers.sentLastMinuteHandshake = true
        sendInitiation(to: peer, isRetry: false, now: now)
    }

    // MARK: Queue

    /// Sees to it that the peer is looked at by `deadline`.
    @inline(__always)
    private func schedule(_ peer: Peer, _ deadline: Instant) {
        if deadline < timerWheel.deadline(of: peer.id.index) { timerWheel.set(peer.id.index, deadline) }
    }

    /// Up to a third of a second, so that two peers do not go on colliding. (SplitMix64.)
    private func jitter() -> Instant.Span {
        jitterState &+= 0x9E37_79B9_7F4A_7C15
        var mixed = jitterState
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return .milliseconds((mixed ^ (mixed >> 31)) % Constants.jitterTicks * TimerWheel.tick.milliseconds)
    }
}
