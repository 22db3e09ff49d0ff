extension SAReport {
    /// A block for each peer, and a sum. What peers have said is shown with control characters made visible.
    package var text: String {
        guard !peers.isEmpty else { return "no peers by IPsec\n" }
        let up = peers.count { $0.state == .established }
        let sum = "\(peers.count) \(peers.count == 1 ? "peer" : "peers"), \(up) of them up"
        return (peers.map(\.lines) + [[sum]]).map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }
}

extension SAReport.Peer {
    fileprivate var lines: [String] {
        let place = [interface, domain].filter { !$0.isEmpty }.joined(separator: ", ")
        var block = TextBlock("\(name) (\(place)): \(standing)")
        if ikeSAs.isEmpty {
            let who = remoteIdentities.isEmpty ? "anybody with the key or certificate" : remoteIdentities.list
            block.add("remote", "\(who), \(endpoints.isEmpty ? "from anywhere" : "at \(endpoints.list)")")
            block.add("local", localIdentity.isEmpty ? "as its certificate says" : localIdentity)
            block.add("profile", profile)
        }
        for sa in ikeSAs { sa.add(to: &block) }
        if let failure = lastFailure {
            block.add("last failure", "\(failure.reason), \(TimeText.span(failure.ageSeconds)) ago")
        }
        return block.lines
    }

    private var standing: String {
        switch state {
        case .established: "up"
        case .childless: "an IKE SA, but no CHILD SA: no packets go"
        case .connecting: "no SA: connecting"
        case .retrying: "no SA: tries again " + (retryInSeconds.map { "in \(TimeText.span($0))" } ?? "soon")
        case .idle: "no SA: begins when packets come"
        case .waiting: "no SA: waits for the peer to begin"
        }
    }
}

extension SAReport.IKESA {
    fileprivate func add(to block: inout TextBlock) {
        block.add("remote", "\(remoteIdentity) at \(remoteEndpoint)")
        block.add("local", localIdentity)
        if !assignedAddresses.isEmpty { block.add("addresses", "\(assignedAddresses.list) from the peer") }
        switch (isBehindNAT, isPeerBehindNAT) {
        case (true, true): block.add("NAT", "on both sides, or the peer asks for UDP")
        case (true, false): block.add("NAT", "on this side")
        case (false, true): block.add("NAT", "on the peer's side, or the peer asks for UDP")
        case (false, false): break
        }
        block.add("IKE SA", suite.isEmpty ? "being made" : suite)
        block.add("", "SPIs \(initiatorSPI) \(responderSPI), \(isInitiator ? "begun here" : "begun by the peer")")
        block.add("", TimeText.life(ageSeconds, rekeyInSeconds))
        for child in childSAs { child.add(to: &block) }
    }
}

extension SAReport.ChildSA {
    fileprivate func add(to block: inout TextBlock) {
        block.add("CHILD SA", suite)
        block.add("", "SPIs \(inboundSPI) in, \(outboundSPI) out" + (isSending ? "" : "; another one sends"))
        block.add("", TimeText.life(ageSeconds, rekeyInSeconds))
        block.add("", "\(localSelectors.list) here, \(remoteSelectors.list) there")
        block.add("", "received \(ByteText.size(receivedBytes)) in \(receivedPackets) packets")
        block.add("", "sent \(ByteText.size(sentBytes)) in \(sentPackets) packets")
    }
}

/// A heading, and lines under it that have a label.
private struct TextBlock {
    private(set) var lines: [String]

    private static let labelWidth = 14

    init(_ heading: String) {
        lines = [heading.visible]
    }

    /// - Parameter label: empty: the line goes on with what the one before it says.
    mutating func add(_ label: String, _ text: String) {
        let padding = String(repeating: " ", count: Self.labelWidth - label.count)
        lines.append("  \(label)\(padding)\(text.visible)")
    }
}

extension [String] {
    fileprivate var list: String { joined(separator: ", ") }
}

extension String {
    /// An identity is what its owner wants it to be: it must not steer a terminal.
    fileprivate var visible: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isSteering ? "\u{FFFD}" : $0 }))
    }
}

extension Unicode.Scalar {
    fileprivate var isSteering: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
