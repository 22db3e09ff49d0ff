internal import Tunneling

extension IKEHost {
    /// Keeps why something failed, and tells the log.
    func note(_ failure: IKEFailure, _ record: ConnectionRecord, _ path: IKEPath, now: Instant) {
        record.lastFailure = FailureRecord(failure: failure, at: now)
        log(.notice, record.connection.id, path, .failed(failure))
    }

    func note(_ failure: IKEFailure, _ session: Session, now: Instant) {
        guard let record = records[session.connection.id] else { return }
        note(failure, record, session.path, now: now)
    }

    /// An attempt of ours has come to nothing.
    func fail(_ sa: IKESA, _ failure: IKEFailure, now: Instant) {
        let record = record(ofAttempt: sa)
        let path = sa.path
        remove(sa)
        guard let record else { return }
        record.initiation = nil
        fail(record, failure, on: path, now: now)
    }

    /// An attempt of ours has come to nothing after the peer has the keys: it is told.
    func giveUp(_ sa: IKESA, _ failure: IKEFailure, now: Instant) {
        // A peer that has refused us has nothing to forget.
        if case .refused(_, in: .ikeAuth) = failure { return fail(sa, failure, now: now) }
        let record = record(ofAttempt: sa)
        release(sa)
        _ = sa.requests.finish()
        let farewell: Farewell = if case .authentication = failure { .authenticationFailed } else { .delete }
        sa.tasks = [.deleteIKE(farewell)]
        sa.state = .closing
        sa.endsAt = now + IKESA.farewellTime
        touch(sa)
        guard let record else { return }
        record.initiation = nil
        fail(record, failure, on: sa.path, now: now)
    }

    func fail(_ record: ConnectionRecord, _ failure: IKEFailure, on path: IKEPath, now: Instant) {
        note(failure, record, path, now: now)
        record.failures += 1
        scheduleRetry(record, now: now)
    }

    /// The connection that an IKE SA of ours is an attempt for.
    private func record(ofAttempt sa: IKESA) -> ConnectionRecord? {
        let id: ConnectionID
        switch sa.state {
        case .initiating(let state): id = state.connection.id
        case .authenticating(let state): id = state.connection.id
        default: return nil
        }
        return records[id].flatMap { $0.initiation == sa.id ? $0 : nil }
    }

    /// Sets when a connection that is to be up is tried again.
    func scheduleRetry(_ record: ConnectionRecord, now: Instant) {
        if record.initiation == nil, record.standing.isEmpty, record.wantsToBeUp {
            record.retryAt = now + ConnectionRecord.pause(after: record.failures, jitter: random())
        } else {
            record.retryAt = .never
        }
        touch(record)
    }
}
