internal import ArgumentParser
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOSSL

/// Where the controller is, for commands that ask it.
struct ServerOptions: ParsableArguments {
    @Option(help: "https://HOST:PORT of the controller; default: $CVLAN_SERVER.")
    var server: String?

    @Option(help: "The controller's ca.pem; default: $CVLAN_CA, else the system's authorities.")
    var ca: String?

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
            let url = (server.hasSuffix("/") ? String(server.dropLast()) : server) + path
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 256 << 20)
            try await client.shutdown()
            guard response.status == .ok else {
                throw ManagementError("\(url) answered \(response.status.code) \(response.status.reasonPhrase)")
            }
            return Data(buffer: body)
        } catch let error as ManagementError {
            throw error
        } catch {
            try? await client.shutdown()
            throw ManagementError("\(server) does not answer as a controller: \(error)")
        }
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
