package import Foundation
package import Logging
internal import NIOCore
package import NIOSSL
internal import ServiceLifecycle
internal import Synchronization
package import Trust

/// The certificate of the HTTPS server. Each handshake takes the one that is there: a new one, made by the built-in
/// authority long before the old ends, disturbs no connection.
package final class ServerCertificate: Service, Sendable {
    private let current: Mutex<Pair>
    private let authority: CertificateAuthority
    private let names: [ServerName]
    private let lifetime: Duration
    private let logger: Logger

    private struct Pair: Sendable {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        let renewal: Date
    }

    /// Makes the first one. Its key is in memory alone.
    package init(
        authority: CertificateAuthority, names: [ServerName], lifetime: Duration = .seconds(7 * 86400), logger: Logger
    ) throws {
        self.authority = authority
        self.names = names
        self.lifetime = lifetime
        self.logger = logger
        current = Mutex(try Self.issue(authority, names, lifetime))
    }

    private static func issue(
        _ authority: CertificateAuthority, _ names: [ServerName], _ lifetime: Duration
    ) throws -> Pair {
        var generator = SystemRandomNumberGenerator()
        let credentials = try ServerCredentials(
            names: names, issuedBy: authority, lifetime: lifetime, now: Date(), using: &generator)
        let pem = try credentials.key.pem().withUnsafeBytes { Array($0) }
        return Pair(
            chain: try credentials.chain.certificates.map { try NIOSSLCertificate(bytes: Array($0), format: .der) },
            key: try NIOSSLPrivateKey(bytes: pem, format: .pem), renewal: credentials.chain.halfLife)
    }

    /// For a server that asks clients for a certificate of `authorities` without needing one: who calls the agent API
    /// has to have it, who enrols cannot have it yet.
    package func configuration(authorities: [Data]) throws -> TLSConfiguration {
        let pair = current.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
        configuration.minimumTLSVersion = .tlsv12
        // A controller that is told to stop does not wait for every agent's farewell.
        configuration.shutdownTimeout = .milliseconds(500)
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .certificates(
            try authorities.map { try NIOSSLCertificate(bytes: Array($0), format: .der) })
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { [self] _, promise in
            let pair = current.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = pair.chain.map { .certificate($0) }
            override.privateKey = .privateKey(pair.key)
            promise.succeed(override)
        }
        return configuration
    }

    /// Renews at half life, until shutdown.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let wait = self.current.withLock { $0.renewal }.timeIntervalSinceNow
                try await Task.sleep(for: .seconds(max(wait, 60)))
                do {
                    let pair = try Self.issue(self.authority, self.names, self.lifetime)
                    self.current.withLock { $0 = pair }
                    self.logger.info("the server has a new certificate")
                } catch {
                    self.logger.error("the server's certificate cannot be renewed", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
