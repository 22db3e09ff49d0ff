internal import ArgumentParser
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOSSL
internal import Trust

/// Where the controller is, for commands that ask it.
struct ServerOptions: ParsableArguments {
    @Option(help: "https://HOST:PORT of the controller; default: $CVLAN_SERVER.")
    var server: String?

    @Option(help: "The controller's ca.pem; default: $CVLAN_CA, else the system's authorities.")
    var ca: String?

    @Option(help: "The controller's management.token; default: $CVLAN_TOKEN_FILE.")
    var tokenFile: String?

    @Flag(help: "Print the controller's answer as it came.")
    var json = false

    /// The answer to a GET, as bytes.
    func get(_ path: String) async throws -> Data {
        let environment = ProcessInfo.processInfo.environment
        guard let server = server ?? environment["CVLAN_SERVER"] else {
            throw ValidationError("say where the controller is: --server https://HOST:PORT, or CVLAN_SERVER")
        }
        guard server.hasPrefix("https://") else {
            throw ValidationError("--server takes https://HOST:PORT, not \(server)")
        }
        var request = HTTPClientRequest(url: (server.hasSuffix("/") ? String(server.dropLast()) : server) + path)
        if let file = tokenFile ?? environment["CVLAN_TOKEN_FILE"] {
            request.headers.add(name: "authorization", value: "Bearer \(try Self.token(file))")
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = ca ?? environment["CVLAN_CA"] {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
            } catch {
                throw ValidationError("no certificates can be read from \(file)")
            }
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(30))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 256 << 20)
            try await client.shutdown()
            guard response.status == .ok else {
                throw ManagementError(Self.refusal(request.url, Int(response.status.code), Data(buffer: body)))
            }
            return Data(buffer: body)
        } catch let error as ManagementError {
            throw error
        } catch {
            try? await client.shutdown()
            throw ManagementError("\(server) does not answer as a controller: \(error)")
        }
    }

    private static func token(_ file: String) throws -> String {
        do {
            return try KeyFile(file).read().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw ValidationError("no token can be read: \(error)")
        }
    }

    /// In the controller's words where it has some.
    private static func refusal(_ url: String, _ status: Int, _ body: Data) -> String {
        struct Refusal: Decodable {
            struct Body: Decodable { var message: String }
            var error: Body
        }
        guard let refusal = try? JSONDecoder().decode(Refusal.self, from: body) else {
            return "\(url) answered with status \(status)"
        }
        let hint = status == 401 ? " (--token-file, or CVLAN_TOKEN_FILE)" : ""
        return "\(url): \(refusal.error.message)\(hint)"
    }

    /// Prints the answer as it is with `--json`, else decodes it and prints the lines of `text`.
    func show<Document: Decodable>(_ path: String, as _: Document.Type, _ text: (Document) -> [String]) async throws {
        let data = try await get(path)
        if json {
            FileHandle.standardOutput.write(data)
        } else {
            for line in text(try JSONDecoder().decode(Document.self, from: data)) { print(line) }
        }
    }
}

struct ManagementError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
