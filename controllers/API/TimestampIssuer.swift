internal import Foundation
internal import Logging
internal import Reconciling
internal import Sodium
internal import Synchronization
internal import Trust
internal import WireFormat

/// Vouches to agents that their configuration is the one in force.
///
/// The word is as old as the last look at the repository. So a controller that is cut off from git, or is shown an old
/// state of it, cannot keep agents believing, no more than one that is gone.
struct TimestampIssuer: Sendable {
    /// How long a timestamp holds: what it takes to notice a frozen controller. It is signed anew at half of that, so
    /// 100,000 agents take a signature every 20 ms.
    static let standardLife: TimeInterval = 3600

    let signer: TimestampSigner
    let board: PublicationBoard
    let rootVersion: UInt64
    let life: TimeInterval
    let failures: FailureLog

    /// What one stream was told last.
    struct Told: Sendable {
        var generation: UInt64
        var issuedAt: Date
    }

    /// A timestamp for a config, if it is time for one, and the key, which may be elsewhere, answers: configs go out without.
    ///
    /// - Parameters:
    ///   - isNew: the config goes out along with it.
    ///   - told: what the stream was told before; brought up to date.
    func timestamp(of config: PublishedNode, for node: NodeKey, isNew: Bool, after told: inout Told?)
        -> WireEnvelope?
    {
        guard let seen = board.lastConfirmed else { return nil }
        if !isNew, let told, told.generation == config.generation,
            // One of a time to come was refused: the clock was set back since.
            (-ConfigVerifier.clockTolerance..<life / 2).contains(seen.timeIntervalSince(told.issuedAt))
        {
            return nil
        }
        let timestamp = ConfigTimestamp(
            tenant: node.tenant, node: node.node,
            config: GenerationFloor(generation: config.generation, digest: Data(SHA256Digest.of(config.payload))),
            issuedAt: seen, expires: seen + life, rootVersion: rootVersion)
        do {
            let envelope = try signer.sign(timestamp)
            told = Told(generation: config.generation, issuedAt: seen)
            return envelope
        } catch {
            failures.log("cannot sign timestamps: agents will take this controller for frozen", error)
            return nil
        }
    }
}

/// Says what fails for every agent alike, once a minute.
final class FailureLog: Sendable {
    private let logger: Logger
    private let lastTime = Mutex<ContinuousClock.Instant?>(nil)

    init(_ logger: Logger) {
        self.logger = logger
    }

    func log(_ message: Logger.Message, _ error: any Error) {
        let isDue = lastTime.withLock { last in
            guard last.map({ $0.duration(to: .now) >= .seconds(60) }) ?? true else { return false }
            last = .now
            return true
        }
        if isDue { logger.error(message, metadata: ["error": "\(error)"]) }
    }
}
