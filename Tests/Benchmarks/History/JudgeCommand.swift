internal import ArgumentParser
internal import Authorization
internal import Foundation
internal import GitRepository
internal import SSHSignatures

/// As a controller does it that starts, and then with one commit more.
struct JudgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Judge main; print commits, how many are refused, and seconds.")

    @OptionGroup var folder: HistoryFolder

    func run() async throws {
        let line = try SSHKeyLine(String(contentsOfFile: folder.superadminFile, encoding: .utf8))
        let repository = try Repository(at: .local(path: folder.repository))
        guard let tip = try await repository.tip(of: "main") else {
            throw ValidationError("\(folder.repository) has no main")
        }
        let commit = try await repository.commit(tip)
        guard let before = commit.parents.first else { throw ValidationError("main has one commit") }
        var judge = HistoryJudge(root: RootAuthority(superadmins: ["root": [line.key]]))
        let clock = ContinuousClock()
        let start = clock.now
        let old = try await judge.advance(to: before, in: repository)
        let all = clock.now
        let new = try await judge.advance(to: tip, in: repository)
        let end = clock.now
        let refused = (old + new).count { !$0.refusals.isEmpty }
        print("\(old.count) commits, \(refused) refused: \(Self.seconds(start, all)) s")
        print("\(new.count) more: \(Self.seconds(all, end)) s")
    }

    private static func seconds(_ from: ContinuousClock.Instant, _ to: ContinuousClock.Instant) -> String {
        let (seconds, attoseconds) = from.duration(to: to).components
        return String(format: "%.3f", Double(seconds) + Double(attoseconds) / 1e18)
    }
}
