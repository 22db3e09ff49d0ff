import Foundation
import TestPrograms

extension Company {
    /// Where the programs under test are: beside the tests.
    static let programs: String = {
        let test = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: test).resolvingSymlinksInPath().deletingLastPathComponent().path
    }()

    /// Runs `cvlan` in the working tree, as somebody whose git is set up for them; standard output.
    @discardableResult
    func cvlan(_ arguments: [String], as person: Person) throws -> String {
        for (key, value) in [
            ("user.name", person.rawValue), ("user.email", "\(person.rawValue)@acme.example"), ("gpg.format", "ssh"),
            ("user.signingkey", scratch.file(person.rawValue)),
        ] {
            try work.git("config", key, value)
        }
        return try Command.run(arguments: ["\(Self.programs)/cvlan"] + arguments, directory: work.path)
    }
}
