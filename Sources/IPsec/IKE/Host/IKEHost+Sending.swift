internal import Tunneling

extension IKEHost {
    // MARK: Sending

    func send(_ datagrams: [[UInt8]], of sa: IKESA) { send(datagrams, on: sa.path) }

    func send(_ datagrams: [[UInt8]], on path: IKEPath) {
        for bytes in datagrams { outbox.append(IKEDatagram(bytes, on: path)) }
    }

    /// Sends a request; the IKE SA must have none under way.
    func request(_ exchange: Exchange, _ type: ExchangeType, _ payloads: [Payload], by sa: IKESA, now: Instant) {
        guard let protection = sa.protection, sa.requests.isIdle else { return }
        let header = sa.header(type, isResponse: false, messageID: sa.requests.nextID)
        let datagrams = protection.seal(header, payloads)
        sa.requests.begin(exchange, type, datagrams, schedule(of: exchange, sa), jitter: random(), now: now)
        send(datagrams, of: sa)
        touch(sa)
    }

    private func schedule(of exchange: Exchange, _ sa: IKESA) -> HostSettings.Retransmission {
        switch exchange {
        case .checkLiveness: settings.liveness
        // What a rekeying has replaced may take its time.
        case .deleteIKE where sa.session == nil: settings.farewell
        default: settings.retransmission
        }
    }

    /// Answers a request where it came from, and keeps the answer for a peer that asks again.
    func answer(_ header: IKEHeader, _ payloads: [Payload], by sa: IKESA, on path: IKEPath) {
        guard let protection = sa.protection else { return }
        let datagrams = protection.seal(
            sa.header(header.exchange, isResponse: true, messageID: header.messageID), payloads)
        sa.answers.answer(datagrams)
        send(datagrams, on: path)
        touch(sa)
    }

    // MARK: Book-keeping

    func add(_ sa: IKESA, now: Instant) {
        sas[sa.id] = sa
        timers.add(sa, now: now)
        touch(sa)
    }

    /// Forgets an IKE SA and its keys.
    func remove(_ sa: IKESA) {
        release(sa)
        sa.session = nil
        sa.protection = nil
        sas[sa.id] = nil
        timers.remove(sa)
    }

    /// Gives back what an IKE SA holds of the host's tables while it comes about, or waits for an answer.
    func release(_ sa: IKESA) {
        if case .halfOpen(let state) = sa.state { halfOpen.remove(state.origin) }
        if case .inEAP(let state) = sa.state { halfOpen.remove(state.halfOpen.origin) }
        if case .authenticating(let state) = sa.state { reserved.remove(state.inboundSPI) }
        if case .createChild(let request)? = sa.requests.outstanding?.exchange { reserved.remove(request.inboundSPI) }
    }

    /// To be looked at before the host is left.
    func touch(_ owner: some Timed) { touched.append(owner) }

    /// Gives requests that wait their turn, and sets the timers of all that was touched.
    func settle(now: Instant) {
        while !touched.isEmpty {
            let owners = touched
            touched = []
            for case let sa as IKESA in owners { startNext(of: sa, now: now) }
            for owner in owners { timers.update(owner) }
        }
    }
}
