internal import FoundationEssentials
internal import Glibc

/// When keys that could not be opened are tried again. A wrong passphrase is no better the next time, and each costs seconds
/// of a processor and much memory; an agent or a token may be back soon.
package struct KeyRetry: Sendable {
    private var failure: (files: FileStamps, delay: Duration, again: ContinuousClock.Instant?)?

    package init() {}

    package func isDue(_ files: FileStamps, at now: ContinuousClock.Instant) -> Bool {
        guard let failure, failure.files == files else { return true }
        return failure.again.map { $0 <= now } ?? false
    }

    /// - Parameter files: as they were before the attempt.
    package mutating func failed(_ error: any Error, with files: FileStamps, at now: ContinuousClock.Instant) {
        let isSame = failure?.files == files
        let delay = min(isSame ? (failure?.delay ?? Self.first) * 2 : Self.first, Self.longest)
        let code = (error as? KeyFileError)?.code
        let isForGood = code == .wrongPassphrase || code == .needsPassphrase
        failure = (files, delay, isForGood ? nil : now + delay)
    }

    private static let first = Duration.seconds(2)
    private static let longest = Duration.seconds(60)
}

/// Which files a controller's keys are opened with, and whether they are still the same. Nothing of them is read.
package struct FileStamps: Hashable, Sendable {
    private var stamps: [String: Stamp] = [:]

    /// - Parameter directory: the controller's.
    package init(of directory: String, passphrase: PassphraseSource = .ofEnvironment) {
        var paths = [ControllerKeys.authorityFile(of: directory)]
        for folder in [ControllerKeys.keyDirectory(of: directory), RootFiles.folder(of: directory)] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            paths += names.map { "\(folder)/\($0)" }
        }
        if case .file(let path) = passphrase { paths.append(path) }
        for path in paths { stamps[path] = Stamp(of: path) }
    }

    private struct Stamp: Hashable {
        let inode: UInt
        let size: Int
        /// What nobody can set back.
        let changed: [Int]

        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            changed = [Int(status.st_ctim.tv_sec), Int(status.st_ctim.tv_nsec)]
        }
    }
}
