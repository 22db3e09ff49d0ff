package import ArgumentParser
internal import Foundation

/// `show`: what the data path of this machine does at the moment.
package struct ShowCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "What the data path of this machine does at the moment.",
        discussion: "Asks cvland alone: neither the agent nor the controller has to run.",
        subcommands: [ShowSAsCommand.self, ShowCryptoCommand.self])

    package init() {}
}

/// `show sas`: IKE and CHILD SAs.
struct ShowSAsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sas",
        abstract: "IKE and CHILD SAs: suites, ages, bytes, and why the last one failed.",
        discussion: "Exits with 1 when cvland does not answer, or has no such peer.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "Only this peer: its name, or the identity or address of who has an SA.")
    var peer: String?

    @Option(help: "For people, or for programs (manifests/schema/sas.v1.schema.json).")
    var format = Format.text

    @OptionGroup var dataPath: DataPathOptions

    func run() async throws {
        let report = SAReport(try await dataPath.state(), about: peer)
        if let peer, report.peers.isEmpty { throw InspectionError.noSuchPeer(peer) }
        switch format {
        case .text: print(report.text, terminator: "")
        case .json: print(try report.json)
        }
    }
}

/// `show crypto`: what does the bulk encryption.
struct ShowCryptoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crypto", abstract: "What encrypts packets, and the version of cvland.")

    @OptionGroup var dataPath: DataPathOptions

    func run() async throws {
        let state = try await dataPath.state()
        print("cvland \(state.version): \(state.crypto)")
    }
}

enum InspectionError: Error, CustomStringConvertible {
    case noSuchPeer(String)

    var description: String {
        switch self {
        case .noSuchPeer(let name): "there is no peer by IPsec, and no SA with anybody, of the name \(name)"
        }
    }
}

extension SAReport {
    /// One document; the same for the same report.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
