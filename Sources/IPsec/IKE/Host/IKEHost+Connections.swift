package import Tunneling

extension IKEHost {
    // MARK: What there is to be

    /// Adds a connection, or changes it.
    ///
    /// What stands goes on by what the peers have agreed to. A change that an SA cannot take up – who the peer may be, what goes through,
    /// how it is protected, where it is – makes a new one, which takes the place of the old one as soon as it stands.
    /// - Returns: Why it cannot be; what there was by that name goes on then.
    @discardableResult
    package func put(_ connection: Connection, now: Instant) -> Connection.Refusal? {
        do throws(Connection.Refusal) {
            take(try connection.fitting(), now: now)
            return nil
        } catch { return error }
    }

    private func take(_ connection: Connection, now: Instant) {
        defer { settle(now: now) }
        forgetIndex()
        guard let record = records[connection.id] else {
            let record = ConnectionRecord(connection)
            records[connection.id] = record
            timers.add(record, now: now)
            if record.wantsToBeUp { begin(record, now: now) }
            return
        }
        let old = record.connection
        record.connection = connection
        record.addresses.change(connection.addressPool)
        let isSame = connection.agreesLikewise(old)
        for session in record.sessions {
            guard isSame || connection.expects(session), connection.stillLetsIn(session) else {
                close(session, .reconfigured, tellPeer: .delete, now: now)
                continue
            }
            session.takeUp(connection, now: now)
            touch(session)
        }
        if !isSame {
            abortAttempt(record, now: now)
            renew(record, now: now)
        } else if record.standing.isEmpty, record.initiation == nil, record.wantsToBeUp {
            begin(record, now: now)
        }
        touch(record)
    }

    /// Ends a connection, and tells its peers.
    package func remove(_ id: ConnectionID, now: Instant) {
        defer { settle(now: now) }
        forgetIndex()
        guard let record = records.removeValue(forKey: id) else { return }
        abortAttempt(record, now: now)
        timers.remove(record)
        for session in record.sessions { close(session, .reconfigured, tellPeer: .delete, now: now) }
        events.append(.peerChanged(id, nil))
    }

    /// Packets wait, or an operator does: sets the connection up unless it is, or is on its way.
    package func initiate(_ id: ConnectionID, now: Instant) {
        defer { settle(now: now) }
        guard let record = records[id] else { return }
        record.isWanted = true
        guard let session = record.standing.first else {
            // While the last attempt's failure is fresh, the next waits its time.
            if record.initiation == nil, record.retryAt == .never { begin(record, now: now) }
            return touch(record)
        }
        if !session.hasUsableChild, session.retryChildAt == .never { add(.createChild, to: session) }
    }

    package enum Rekeying: Hashable, Sendable {
        case ike
        case children
    }

    /// New keys now, because an operator wants them.
    package func rekey(_ id: ConnectionID, _ rekeying: Rekeying, now: Instant) {
        defer { settle(now: now) }
        for session in records[id]?.standing ?? [] {
            switch rekeying {
            case .ike: add(.rekeyIKE, to: session)
            case .children:
                for child in session.children where child.state == .live {
                    add(.rekeyChild(child.inboundSPI), to: session)
                }
            }
        }
    }

    // MARK: Parts

    private func abortAttempt(_ record: ConnectionRecord, now: Instant) {
        guard let sa = record.initiation.flatMap({ sas[$0] }) else { return }
        record.initiation = nil
        remove(sa)
    }

    /// Makes a new session beside the one that stands, or asks the peer to, by ending it.
    private func renew(_ record: ConnectionRecord, now: Instant) {
        guard record.connection.remoteEndpoints.isEmpty || record.connection.start == .never else {
            record.isWanted = record.isWanted || !record.standing.isEmpty
            if record.wantsToBeUp { begin(record, now: now) }
            return
        }
        for session in record.sessions { close(session, .reconfigured, tellPeer: .delete, now: now) }
    }
}

extension Session {
    /// What can be changed under way.
    func takeUp(_ connection: Connection, now: Instant) {
        self.connection.lifetimes = connection.lifetimes
        self.connection.liveness = connection.liveness
        self.connection.local = connection.local
        self.connection.remote = connection.remote
        self.connection.remoteIdentities = connection.remoteIdentities
        self.connection.start = connection.start
        livenessAt = min(livenessAt, now + connection.liveness.interval)
        expiresAt = min(expiresAt, established + connection.lifetimes.ike)
    }
}

extension Connection {
    /// Whether SAs of the one are what the other would make.
    func agreesLikewise(_ other: Connection) -> Bool {
        profile == other.profile && localIdentity.isSame(as: other.localIdentity)
            && remoteEndpoints == other.remoteEndpoints && localSelectors == other.localSelectors
            && remoteSelectors == other.remoteSelectors && usesESN == other.usesESN
            && remoteIdentities == other.remoteIdentities && requestsAddresses == other.requestsAddresses
            && addressPool == other.addressPool && hasSameSecrets(other)
    }

    /// A shared key that changes is a new key; a certificate that is renewed says who we are as the old one did.
    private func hasSameSecrets(_ other: Connection) -> Bool {
        let isSameLocal =
            switch (local, other.local) {
            case (.sharedKey(let a), .sharedKey(let b)): a == b
            case (.certificate, .certificate): true
            default: false
            }
        let isSameRemote =
            switch (remote, other.remote) {
            case (.sharedKey(let a), .sharedKey(let b)): a == b
            case (.certificate(let a), .certificate(let b)): a.anchors.certificates == b.anchors.certificates
            case (.eap, .eap): true
            default: false
            }
        return isSameLocal && isSameRemote
    }

    /// Whether who has logged in could do so again. One user's new password, or removal, is nothing to the others.
    func stillLetsIn(_ session: Session) -> Bool {
        guard case .login(let peer) = session.proof, case .eap(let old) = session.connection.remote,
            case .eap(let new) = remote
        else { return true }
        switch peer {
        case .user(let name): return new.password(of: name).map { $0 == old.password(of: name) } ?? false
        case .certificate(let certificate): return new.expects(certificate)
        }
    }

    /// Whether the peer of a session is still one of those that may be.
    func expects(_ session: Session) -> Bool {
        if case .login = session.proof { return true }
        guard session.connection.remoteIdentities != remoteIdentities else { return true }
        return remoteIdentities.contains { $0.matches(session.peer) }
    }
}
