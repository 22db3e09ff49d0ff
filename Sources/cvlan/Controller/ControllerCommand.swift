internal import ArgumentParser
internal import Controllers

/// `cvlan controller`: sets controllers up.
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Set up a controller.", subcommands: [ControllerInitCommand.self])
}

/// `cvlan controller init`: keys, CA, root document and configuration, made once.
struct ControllerInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the keys, the CA, the root document and controller.yaml of a new controller.",
        discussion: "Prints the pin of the root document, which every node that joins must be given.")

    @Option(help: "The folder to make (mode 0700).")
    var dir: String

    @Option(help: "The repository to watch: a path, https://… or ssh://….")
    var repository: String

    @Option(help: "https://HOST:PORT where agents reach the controller.")
    var url: String

    @Option(help: "The authority of the nodes' identities: a DNS name, as in spiffe://NAME/tenant/T/node/N.")
    var trustDomain: String

    @Option(help: "HOST:PORT to listen on; default: all addresses, the URL's port.")
    var listen: String?

    func run() async throws {
        let result = try ControllerSetup.initialize(
            directory: dir, repository: repository, url: url, trustDomain: trustDomain, listen: listen)
        print("made        \(dir)")
        print("repository  \(result.configuration.repository)")
        print("listens on  \(result.configuration.listen), reached at \(result.configuration.url)")
        print("root        \(result.rootPin)")
        print("CA          \(dir)/ca.pem")
        print("token       \(dir)/management.token, which `cvlan status` and `cvlan get` want")
        print("Keep \(dir)/keys safe: whoever has it is the controller.")
    }
}
