import Addressing
import IPsec
import Synchronization
import TestRandom
import Tunneling

/// One side of a simulation: a host, its data path, and what its log said.
final class Party {
    let name: String
    let address: IPAddress
    let host: IKEHost
    var dataPath = SimulatedDataPath()
    var failures: [IKEFailure] = []
    /// Log lines of logins by EAP.
    var logins: [String] = []
    var assigned: AssignedAddresses?
    /// Peers that were told of, and that went.
    var peers: [Identity?] = []
    /// Packets that it opened, and those that it had no SA for.
    var opened = 0
    var lost: [String] = []

    /// Messages that it did not take.
    var dropped: [MessageError] = []
    /// Its time of day.
    let clock: WallClock

    init(_ name: String, _ address: IPAddress, seed: UInt64, settings: HostSettings = HostSettings(), time: Int64) {
        self.name = name
        self.address = address
        clock = WallClock(time)
        host = IKEHost(environment: .seeded(seed, clock), settings: settings)
    }

    func takeEvents() {
        for event in host.takeEvents() {
            dataPath.take(event)
            switch event {
            case .log(let line): take(line)
            case .addressesAssigned(_, let addresses): assigned = addresses
            case .peerChanged(_, let peer): peers.append(peer)
            default: break
            }
        }
    }

    private func take(_ line: IKELogLine) {
        switch line.event {
        case .failed(let failure): failures.append(failure)
        case .login(_, _, let failure):
            logins.append("\(line.event)")
            if let failure { failures.append(failure) }
        case .dropped(_, let error): dropped.append(error)
        default: break
        }
    }

    var snapshot: [IKESnapshot] { host.snapshot() }
    var sessions: [IKESnapshot.Peer] { snapshot.flatMap(\.peers) }
    var liveChildren: [IKESnapshot.Child] { sessions.flatMap(\.children).filter { !$0.isRetired } }
}

extension Environment {
    /// Always the same bytes, and the time of day that it is told.
    static func seeded(_ seed: UInt64, _ clock: WallClock) -> Environment {
        let random = SharedRandom(seed)
        return Environment(
            random: { random.fill($0) }, wallTime: { WallTime(seconds: clock.seconds, nanoseconds: 0) })
    }

    private final class SharedRandom: Sendable {
        private let state: Mutex<SeededRandom>

        init(_ seed: UInt64) {
            state = Mutex(SeededRandom(seed))
        }

        func fill(_ buffer: UnsafeMutableRawBufferPointer) {
            let bytes = state.withLock { $0.bytes(buffer.count) }
            buffer.copyBytes(from: bytes)
        }
    }
}

/// A time of day that goes on when it is told.
final class WallClock: Sendable {
    private let state: Mutex<Int64>

    init(_ seconds: Int64) {
        state = Mutex(seconds)
    }

    var seconds: Int64 {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
