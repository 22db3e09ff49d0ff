internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import Synchronization

/// How many connections one client address may hold at once, and all together.
final class ConnectionLimits: Sendable {
    /// Many agents may sit behind one NAT.
    static let perAddress = 4096
    static let total = 200_000

    private let counts = Mutex<(total: Int, byAddress: [String: Int])>((0, [:]))
    private let perAddress: Int
    private let total: Int

    init(perAddress: Int = ConnectionLimits.perAddress, total: Int = ConnectionLimits.total) {
        self.perAddress = perAddress
        self.total = total
    }

    /// Whether one more is allowed; then it counts until `release`.
    func admit(_ address: String) -> Bool {
        counts.withLock { counts in
            guard counts.total < total, counts.byAddress[address, default: 0] < perAddress else { return false }
            counts.total += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
    }

    func release(_ address: String) {
        counts.withLock { counts in
            counts.total -= 1
            guard let count = counts.byAddress[address] else { return }
            counts.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }
}

/// A server channel that turns clients away beyond the limits, before any TLS work is done for them.
struct LimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let limits: ConnectionLimits

    struct TooManyConnections: Error {}

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let address = channel.remoteAddress?.ipAddress ?? ""
        guard limits.admit(address) else {
            return channel.eventLoop.makeFailedFuture(TooManyConnections())
        }
        channel.closeFuture.whenComplete { _ in limits.release(address) }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
