internal import Glibc

/// Reads requests of the cross-platform WireGuard configuration protocol (wireguard.com/xplatform) as their bytes come.
///
/// It holds one unfinished line of bounded length and nothing else, so a request may be of any size. After an error the
/// stream has no meaning any more: every later call throws it again.
package struct UAPIParser: Sendable {
    package enum Event: Equatable, Sendable {
        /// A whole `get=1` request.
        case get
        case operation(UAPIOperation)
        /// The blank line that ends a `set=1` request.
        case endOfSet
    }

    /// The longest line that has a meaning is `allowed_ip=` with an IPv6 prefix, or `endpoint=` with a zone.
    package static let maximumLine = 256

    private enum State {
        case idle, get, set
    }

    private var state = State.idle
    private var hasPeer = false
    private var line: [UInt8] = []
    private var failure: UAPIError?

    package init() {}

    /// Takes bytes and appends what they complete to `events`. What came before an error is still appended.
    package mutating func feed(_ bytes: some Sequence<UInt8>, into events: inout [Event]) throws(UAPIError) {
        if let failure { throw failure }
        do throws(UAPIError) {
            for byte in bytes {
                guard byte == UInt8(ascii: "\n") else {
                    guard line.count < Self.maximumLine else { throw .protocolViolation("a line is too long") }
                    line.append(byte)
                    continue
                }
                if let event = try finishLine() { events.append(event) }
                line.removeAll(keepingCapacity: true)
            }
        } catch {
            failure = error
            line = []
            throw error
        }
    }

    private mutating func finishLine() throws(UAPIError) -> Event? {
        guard !line.isEmpty else {
            let finished = state
            state = .idle
            hasPeer = false
            switch finished {
            case .idle: return nil
            case .get: return .get
            case .set: return .endOfSet
            }
        }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            throw .protocolViolation("a line without \"=\"")
        }
        let key = line[..<equals]
        let value = line[(equals + 1)...]
        switch state {
        case .idle:
            guard value.elementsEqual("1".utf8) else { throw .protocolViolation("neither get=1 nor set=1") }
            if key.elementsEqual("get".utf8) {
                state = .get
            } else if key.elementsEqual("set".utf8) {
                state = .set
            } else {
                throw .protocolViolation("neither get=1 nor set=1")
            }
            return nil
        case .get:
            throw .protocolViolation("a get request has no parameters")
        case .set:
            return try UAPILine(key: key, value: value).operation(hasPeer: &hasPeer).map(Event.operation)
        }
    }
}
