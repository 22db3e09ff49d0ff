internal import ArgumentParser
internal import Controllers
internal import Trust

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

    @Option(
        help: ArgumentHelp(
            "Somebody who may change whatever the repository declares, and the file with the person's SSH public keys. Repeatable.",
            valueName: "name=file.pub"))
    var superadmin: [SuperadminArgument] = []

    @Option(
        help: ArgumentHelp(
            "What becomes of commits whose signer has no role for what they change: off, warn or enforce. Default: enforce with a superadmin, off without.",
            valueName: "mode"))
    var authorization: RootDocument.AuthorizationMode?

    @Option(
        help: ArgumentHelp(
            "Where to write the root key, which signs the next root document, instead of DIR/keys/root.key: best on a medium that the controller's machine does not keep.",
            valueName: "file"))
    var rootKeyFile: String?

    func run() async throws {
        let authority = try ControllerKeys.Authority(superadmins: superadmin, authorization: authorization)
        let result = try ControllerSetup.initialize(
            directory: dir, repository: repository, url: url, trustDomain: trustDomain, listen: listen,
            authority: authority, rootKeyFile: rootKeyFile)
        print("made           \(dir)")
        print("repository     \(result.configuration.repository)")
        print("listens on     \(result.configuration.listen), reached at \(result.configuration.url)")
        print("root           \(result.rootPin)")
        print("authorization  \(authority.authorization.meaning)")
        print("CA             \(dir)/ca.pem")
        print("token          \(dir)/management.token, which `cvlan status` and `cvlan get` want")
        print("Keep \(dir)/keys safe: whoever has it is the controller.")
        if let rootKeyFile {
            print("Keep \(rootKeyFile) away from this machine: whoever has it says who may do what.")
        } else {
            print("Move \(dir)/\(RootDocument.Role.root.keyFile) to another machine or a medium under lock, now: the")
            print("controller does not need it, and who steals both says who may do what. `cvlan key …")
            print("--root-key FILE` asks for it when a key or a superadmin changes.")
        }
    }
}

extension SuperadminArgument: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension RootDocument.AuthorizationMode: ExpressibleByArgument {}

extension RootDocument.AuthorizationMode {
    fileprivate var meaning: String {
        switch self {
        case .off: "off: whoever can push to the repository may change everything"
        case .warn: "warn: commits without the role for what they change are told, and published"
        case .enforce: "enforce: commits are published only as far as their signers have the role for it"
        }
    }
}
