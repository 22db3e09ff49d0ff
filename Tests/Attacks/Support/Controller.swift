import Foundation
import Glibc
import Sodium
import TestPrograms
import Testing
import Trust

/// The real `cvlan-controller` on a company's repository, until the value goes.
final class Controller {
    private let company: Company
    private let port: UInt16
    private let folder: String
    private var daemon: Daemon?
    /// Of the root document, as everyone was given it.
    let pin: String

    struct Status: Decodable {
        struct Tenant: Decodable {
            let phase: String
            let sourceCommit: String?
            let errors: [String]
        }

        struct Document: Decodable {
            let controller: Status
        }

        let sourceCommit: String?
        let stateCommit: String?
        let trouble: String
        let tenants: [String: Tenant]

        func errors(of tenant: String) -> [String] { tenants[tenant]?.errors ?? [] }

        /// Which tenants are published as main has them.
        var inForce: Set<String> { Set(tenants.filter { $0.value.phase == "InForce" }.keys) }
    }

    /// - Parameter authority: as `cvlan controller init` takes it.
    init(_ company: Company, _ name: String = "controller", authority: [String]? = nil) throws {
        self.company = company
        port = try Self.freePort()
        folder = company.scratch.file(name)
        let url = "https://127.0.0.1:\(port)"
        let said = try Command.run(
            arguments: [
                "\(Company.programs)/cvlan", "controller", "init", "--dir", folder, "--repository", company.bare,
                "--url",
                url, "--listen", "127.0.0.1:\(port)", "--trust-domain", "acme.example",
            ] + (authority ?? ["--superadmin", "root=\(company.scratch.file("root.pub"))"]))
        let digest = try #require(said.firstRange(of: "sha256:"))
        pin = String(said[digest.lowerBound...].prefix(71))
        let file = folder + "/controller.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(separator: "\n").map {
            $0.hasPrefix("pollInterval:") ? "pollInterval: 100ms" : String($0)
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: false, encoding: .utf8)
        try start()
    }

    func start() throws { daemon = try Daemon(["\(Company.programs)/cvlan-controller", "--dir", folder]) }

    func stop() { daemon = nil }

    /// One that whoever takes the controller has.
    func key(_ name: String) throws -> Ed25519.PrivateKey {
        try KeyFile("\(folder)/keys/\(name).key").readEd25519()
    }

    private static func freePort() throws -> UInt16 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 ? getsockname(listener, pointer, &length) : -1
            }
        }
        guard status == 0 else { throw Command.Failure(description: "no port") }
        return UInt16(bigEndian: address.sin_port)
    }

    func status() throws -> Status {
        let answer = try Command.run(
            "\(Company.programs)/cvlan", "status", "--json", "--server", "https://127.0.0.1:\(port)", "--ca",
            folder + "/ca.pem", "--token-file", folder + "/management.token")
        return try JSONDecoder().decode(Status.Document.self, from: Data(answer.utf8)).controller
    }

    /// Waits until the controller says something, with a bound.
    @discardableResult
    func says(
        _ what: String, _ condition: (Status) throws -> Bool, at location: SourceLocation = #_sourceLocation
    ) throws -> Status? {
        let deadline = ContinuousClock.now + .seconds(60)
        var last: Status?
        while ContinuousClock.now < deadline {
            last = try? status()
            if let last, try condition(last) { return last }
            usleep(20_000)
        }
        Issue.record("the controller never said: \(what); but \(String(describing: last))", sourceLocation: location)
        return nil
    }

    /// Waits until it has looked at main as it is.
    @discardableResult
    func hasSeen(_ commit: String, at location: SourceLocation = #_sourceLocation) throws -> Status? {
        try says("seen \(commit)", { $0.sourceCommit == commit }, at: location)
    }
}
