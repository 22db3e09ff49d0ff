internal import ArgumentParser
internal import Foundation
internal import Manifests

/// `cvlan schema`: what editors check manifests against.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of manifests.",
        discussion: """
            Editors with yaml-language-server check and complete manifests by it: write the schemas to a folder, and \
            put this in the first line of a manifest: # yaml-language-server: $schema=DIR/manifest.schema.json
            """)

    @Argument(help: "tenant, cvlan, node or policy; any of them when left out, by the manifest's kind.")
    var kind: ResourceKind?

    @Option(
        help: "Write the schemas of all kinds, and the one for any of them, to files in a folder.",
        completion: .directory)
    var write: String?

    func validate() throws {
        if kind != nil, write != nil { throw ValidationError("--write writes the schemas of all kinds: name none") }
    }

    func run() throws {
        guard let write else {
            try StandardStreams.write(kind.map(ManifestSchema.text(of:)) ?? ManifestSchema.text)
            return
        }
        do {
            try FileManager.default.createDirectory(atPath: write, withIntermediateDirectories: true)
            for file in ManifestSchema.files { try OutputFile.write(file.text, to: "\(write)/\(file.name)") }
        } catch {
            StandardStreams.say("cvlan schema: \(error)")
            throw ExitCode(2)
        }
    }
}

extension ResourceKind: ExpressibleByArgument {
    public init?(argument: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() }) else {
            return nil
        }
        self = kind
    }

    public static var allValueStrings: [String] { allCases.map { $0.rawValue.lowercased() } }
}
