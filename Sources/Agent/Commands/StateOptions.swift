internal import ArgumentParser

/// Options that every agent command takes.
package struct StateOptions: ParsableArguments {
    @Option(name: .customLong("state-dir"), help: "Where keys and the last good configuration are kept (mode 0700).")
    var path = "/var/lib/cvlan"

    package init() {}

    func open() throws -> StateDirectory {
        try StateDirectory(path: path)
    }
}
