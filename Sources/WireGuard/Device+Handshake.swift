internal import OpenSSL
internal import Tunneling

extension Device {
    // MARK: Receiving

    /// Takes an initiation or a response of the right length: what is cheap to refuse is refused, the rest is worked on as far as
    /// handshakes' share of the time goes, or waits.
    @inline(never)
    func receiveHandshake(
        _ type: MessageType, _ message: UnsafeRawBufferPointer, on path: Path, now: Instant
    ) -> Received {
        guard let identity else { return .dropped(.noPrivateKey) }
        guard identity.cookies.hasValidMAC1(message) else { return .dropped(.unauthenticated) }
        load.note(at: now, isBehind: backlog.isLoaded)
        if isUnderLoad(at: now) {
            guard identity.cookies.hasValidMAC2(message, from: path.endpoint, now: now) else {
                sendCookie(for: message, on: path, now: now)
                return .dropped(.rateLimited)
            }
            guard sourceLimiter.allows(path.endpoint.address, at: now) else { return .dropped(.rateLimited) }
        }
        let parts = HandshakeMessage(type, message)
        if type == .response, asker(of: parts) == nil { return .dropped(.unknownReceiver) }
        let received = HandshakeBacklog.Message(type: type, parts: parts, count: message.count, path: path)
        if backlog.isEmpty, handshakeBudget.allows(at: now) {
            return spending { take(received, identity, now: now) }
        }
        guard backlog.append(received) else {
            handshakeWork.refused += 1
            return .dropped(.queueFull)
        }
        return .handled
    }

    func take(_ message: HandshakeBacklog.Message, _ identity: Identity, now: Instant) -> Received {
        handshakeWork.taken += 1
        return message.type == .initiation
            ? answer(message.parts, identity, count: message.count, on: message.path, now: now)
            : finish(message.parts, identity, count: message.count, on: message.path, now: now)
    }

    private func sendCookie(for message: UnsafeRawBufferPointer, on path: Path, now: Instant) {
        guard cookieBudget.allows(at: now) else { return }
        cookieBudget.spend(Constants.usualCookieTime)
        guard
            let reply = identity?.cookies.reply(to: message, from: path.endpoint, now: now, environment: environment)
        else { return }
        outbox.append(Outgoing(bytes: reply, path: path))
    }

    /// The peer whose answer to our initiation a response claims to be.
    private func asker(of response: HandshakeMessage) -> Peer? {
        guard let receiver = response.receiver, case .handshake(let slot) = tables.indices[receiver],
            let peer = peers[Int(slot)], peer.exchange?.initiation?.index == receiver
        else { return nil }
        return peer
    }

    /// An initiation: checks who sent it, that it is new, and responds.
    private func answer(
        _ message: HandshakeMessage, _ identity: Identity, count: Int, on path: Path, now: Instant
    ) -> Received {
        guard let read = NoiseResponder.read(message.noise, .wireGuard, local: identity.key) else {
            return .dropped(.unauthenticated)
        }
        guard let peer = peersByKey[read.remote] else { return .dropped(.unknownPeer) }
        guard let shared = peer.staticShared(with: identity), let opened = read.open(staticShared: shared),
            let stamp = TAI64N(opened.payload)
        else { return .dropped(.unauthenticated) }
        guard stamp > peer.lastReceivedStamp else { return .dropped(.replayed) }
        if let last = peer.lastInitiationReceived, now - last < Constants.initiationInterval {
            return .dropped(.rateLimited)
        }
        let ephemeral = Curve25519.PrivateKey(SecretKey { environment.random($0) })
        guard let response = opened.respond(ephemeral: ephemeral, presharedKey: peer.presharedKey, payload: []) else {
            return .dropped(.unauthenticated)
        }
        peer.lastReceivedStamp = stamp
        peer.lastInitiationReceived = now
        peer.path = path
        peer.statistics.receivedBytes += UInt64(count)
        noteAuthenticatedReceived(from: peer, now: now)

        let index = newIndex(for: peer)
        begin(response.keys, with: peer, indices: (index, message.sender), isInitiator: false, now: now)
        peer.lastHandshakeSent = now
        post(.response(sender: index, receiver: message.sender, noise: response.message), to: peer, now: now)
        return .handled
    }

    /// A response: if it answers our initiation, the session stands.
    private func finish(
        _ message: HandshakeMessage, _ identity: Identity, count: Int, on path: Path, now: Instant
    ) -> Received {
        guard let peer = asker(of: message), let exchange = peer.exchange, let initiation = exchange.initiation else {
            return .dropped(.unknownReceiver)
        }
        let finished = initiation.noise.finish(message.noise, local: identity.key, presharedKey: peer.presharedKey)
        guard let finished, finished.payload.isEmpty else { return .dropped(.unauthenticated) }
        exchange.initiation = nil
        peer.path = path
        peer.statistics.receivedBytes += UInt64(count)
        noteAuthenticatedReceived(from: peer, now: now)

        begin(finished.keys, with: peer, indices: (initiation.index, message.sender), isInitiator: true, now: now)
        noteHandshakeComplete(with: peer)
        // The first message under the session tells the responder that we have it.
        sendKeepalive(to: peer, now: now)
        return .handled
    }

    /// Puts a new session in its place. Our index is in the table already, for the handshake.
    private func begin(
        _ keys: SessionKeys, with peer: Peer, indices: (local: UInt32, remote: UInt32), isInitiator: Bool, now: Instant
    ) {
        let keypair = Keypair(
            peer: peer, keys: keys, localIndex: indices.local, remoteIndex: indices.remote, isInitiator: isInitiator,
            created: now)
        tables.change { changes in
            changes.indices.replace(indices.local, with: .session(keypair))
            for dropped in peer.keypairs.install(keypair) { changes.indices.remove(dropped.localIndex) }
        }
        noteSessionDerived(with: peer, now: now)
    }

    // MARK: Sending

    /// Starts a handshake unless a handshake message went out within REKEY_TIMEOUT.
    func sendInitiation(to peer: Peer, isRetry: Bool, now: Instant) {
        if !isRetry { peer.timers.attempts = 0 }
        guard isUp, let identity, peer.path != nil else { return }
        guard !comesBackLater(to: peer, now: now) else { return }
        guard !peer.isInitiationWaiting else { return }
        guard backlog.isEmpty, handshakeBudget.allows(at: now) else {
            peer.isInitiationWaiting = true
            return backlog.append(initiationTo: peer.id)
        }
        spending { initiate(with: peer, identity, now: now) }
    }

    /// An initiation had to wait for its turn.
    func sendWaitingInitiation(to id: PeerID, now: Instant) {
        guard let peer = self[id], peer.isInitiationWaiting else { return }
        peer.isInitiationWaiting = false
        guard isUp, let identity, peer.path != nil else { return }
        // The peer may have begun itself meanwhile.
        guard !comesBackLater(to: peer, now: now) else { return }
        initiate(with: peer, identity, now: now)
    }

    /// Whether a handshake message went out within REKEY_TIMEOUT: after a response nothing is under way of our own, and the
    /// timer comes back when something may be.
    private func comesBackLater(to peer: Peer, now: Instant) -> Bool {
        guard let last = peer.lastHandshakeSent, now - last < Constants.rekeyTimeout else { return false }
        noteInitiated(to: peer, at: last, unlessRunning: true)
        return true
    }

    private func initiate(with peer: Peer, _ identity: Identity, now: Instant) {
        handshakeWork.begun += 1
        let stamp = max(TAI64N(environment.wallTime()), peer.lastSentStamp.successor)
        let ephemeral = Curve25519.PrivateKey(SecretKey { environment.random($0) })
        guard let shared = peer.staticShared(with: identity),
            let (noise, message) = NoiseInitiator.start(
                .wireGuard, local: identity.key, remote: peer.publicKey, staticShared: shared, ephemeral: ephemeral,
                payload: stamp.bytes)
        else {
            // The peer's key is of small order: there will never be a session.
            return dropPending(of: peer)
        }
        forgetInitiation(of: peer)
        let index = newIndex(for: peer)
        peer.beginExchange().initiation = (index, noise)
        peer.lastSentStamp = stamp
        peer.lastHandshakeSent = now
        post(.initiation(sender: index, noise: message), to: peer, now: now)
        noteInitiated(to: peer, at: now, unlessRunning: false)
    }

    private func post(_ message: UnsealedHandshake, to peer: Peer, now: Instant) {
        guard let path = peer.path else { return }
        var bytes = message.bytes
        peer.beginExchange().cookies.seal(&bytes, now: now)
        notePassage(with: peer, now: now)
        noteAuthenticatedSent(to: peer)
        outbox.append(Outgoing(bytes: bytes, path: path))
        noteSent(bytes.count, to: peer)
    }

    private func newIndex(for peer: Peer) -> UInt32 {
        tables.change { $0.indices.insert(.handshake(peer: peer.id.index), random: randomWord) }
    }

    func forgetInitiation(of peer: Peer) {
        guard let exchange = peer.exchange, let initiation = exchange.initiation else { return }
        tables.change { $0.indices.remove(initiation.index) }
        exchange.initiation = nil
    }

    // MARK: Ends

    /// Wipes the sessions and handshakes of a peer and drops what waits for one.
    func wipe(_ peer: Peer) {
        tables.change { changes in
            for keypair in peer.keypairs.removeAll() { changes.indices.remove(keypair.localIndex) }
        }
        forgetInitiation(of: peer)
        peer.exchange = nil
        dropPending(of: peer)
    }
}
