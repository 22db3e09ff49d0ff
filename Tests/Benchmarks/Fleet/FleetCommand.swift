internal import ArgumentParser

/// `cvlan-fleet`: manifests of a fleet of any size and shape, for benchmarks.
@main
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-fleet",
        abstract: "Write the manifests of a fleet.",
        discussion: """
            With --fast-import the fleet goes to standard output as `git fast-import --done` reads it: a commit with all \
            files, and a second that changes one line of one policy.

              cvlan-fleet --nodes 100000 --out fleet
              git init --bare fleet.git; cvlan-fleet --nodes 100000 --fast-import | git -C fleet.git fast-import --done
            """)

    @OptionGroup var shape: FleetShape

    @Option(help: "A folder, which must not be there yet.")
    var out: String?

    @Flag(help: "Write a stream for git instead.")
    var fastImport = false

    func validate() throws {
        guard (out != nil) != fastImport else { throw ValidationError("give one of --out and --fast-import") }
    }

    func run() throws {
        if let out {
            var writer = try FolderWriter(out)
            try write(to: &writer)
        } else {
            var writer = FastImportWriter()
            try write(to: &writer)
        }
    }

    private func write(to writer: inout some FleetWriter) throws {
        for index in 0..<shape.tenants {
            var tenant = TenantFiles(TenantText(shape, index))
            try tenant.write(to: &writer)
        }
        try writer.commit("fleet: \(shape.nodes) nodes in \(shape.networks) networks")
        guard fastImport else { return }
        // In the middle of the fleet.
        var tenant = TenantFiles(TenantText(shape, shape.tenants / 2))
        try tenant.writeChange(to: &writer)
        try writer.commit("policy: one port more")
        try writer.finish()
    }
}
