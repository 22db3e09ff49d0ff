internal import Glibc
package import Sodium

/// Where passphrases and PINs come from: never from arguments, which every user of the machine can read.
package enum PassphraseSource: Sendable, Hashable {
    /// A file that its owner alone can read; its first line is the passphrase.
    case file(String)
    /// Whoever sits at the terminal.
    case terminal
    /// There is none: nobody is asked.
    case nobody

    /// `CVLAN_PASSPHRASE_FILE` names the file where it is set: what a service is given, as by systemd's `LoadCredential=`.
    package static var ofEnvironment: PassphraseSource {
        getenv("CVLAN_PASSPHRASE_FILE").map { .file(String(cString: $0)) } ?? .terminal
    }

    /// The same for what runs by itself: nobody waits at its terminal.
    package static var ofService: PassphraseSource {
        let source = ofEnvironment
        return source == .terminal ? .nobody : source
    }

    static let maximumByteCount = 1024

    /// - Parameter name: whose passphrase is wanted.
    package func read(for name: String) throws -> SecretBytes {
        switch self {
        case .file(let path): try Self.firstLine(of: try KeyFile(path).read(), path)
        case .terminal: try Self.ask("Passphrase for \(name): ")
        case .nobody: throw Self.nobody(to: "Passphrase for \(name): ")
        }
    }

    private static func nobody(to answer: String) -> KeyFileError {
        KeyFileError(
            .needsPassphrase, "/dev/tty",
            "nobody to ask for \"\(answer)\": name a file by --passphrase-file or CVLAN_PASSPHRASE_FILE")
    }

    static func firstLine(of text: SecretBytes, _ path: String) throws(KeyFileError) -> SecretBytes {
        let line = text.withUnsafeBytes { bytes in
            SecretBytes(copying: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
        }
        guard (1...maximumByteCount).contains(line.count) else {
            throw KeyFileError(.malformed, path, "its first line is empty, or longer than \(maximumByteCount) bytes")
        }
        return line
    }

    /// ^C.
    private static let interrupt: UInt8 = 3

    /// Asks without showing what is typed. Not from the background: the system would stop the whole process. ^C is a key as
    /// any other meanwhile, for the terminal to be left as it was.
    private static func ask(_ question: String) throws -> SecretBytes {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { throw nobody(to: question) }
        defer { close(terminal) }
        guard tcgetpgrp(terminal) == getpgrp() else { throw nobody(to: question) }
        var before = termios()
        let isTerminal = tcgetattr(terminal, &before) == 0
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        withUnsafeMutableBytes(of: &silent.c_cc) { $0[Int(VEOL)] = interrupt }
        if isTerminal { tcsetattr(terminal, TCSAFLUSH, &silent) }
        defer { if isTerminal { tcsetattr(terminal, TCSAFLUSH, &before) } }
        _ = question.withCString { Glibc.write(terminal, $0, strlen($0)) }
        var (count, isInterrupted) = (0, false)
        let line = SecretBytes(count: maximumByteCount + 1) { out in
            while count < out.count, Glibc.read(terminal, out.baseAddress?.advanced(by: count), 1) == 1,
                out[count] != UInt8(ascii: "\n"), out[count] != interrupt
            { count += 1 }
            isInterrupted = count < out.count && out[count] == interrupt
        }
        _ = Glibc.write(terminal, "\n", 1)
        guard !isInterrupted else { throw KeyFileError(.needsPassphrase, "/dev/tty", "interrupted") }
        return try firstLine(of: line.withUnsafeBytes { SecretBytes(copying: $0.prefix(count)) }, "/dev/tty")
    }
}
