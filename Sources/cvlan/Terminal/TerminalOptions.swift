internal import ArgumentParser
internal import Glibc
internal import Lint

/// How commands show text that is coloured on terminals.
struct TerminalOptions: ParsableArguments {
    enum Color: String, CaseIterable, ExpressibleByArgument {
        case auto, always, never
    }

    @Option(
        help: ArgumentHelp(
            "Whether text has colours: auto, always or never.",
            discussion: "By itself on a terminal, unless NO_COLOR is set; CLICOLOR_FORCE=1 asks for it elsewhere too."))
    var color = Color.auto

    /// For what is written to standard output.
    var style: TextStyle { TextStyle(isColored: isColored, width: Self.width ?? TextStyle.plain.width) }

    private var isColored: Bool {
        switch color {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        // https://no-color.org and https://bixense.com/clicolors
        if let value = variable("NO_COLOR"), !value.isEmpty { return false }
        if let value = variable("CLICOLOR_FORCE"), !value.isEmpty, value != "0" { return true }
        return isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb"
    }

    /// Cells of a line, where standard output is a terminal that tells.
    private static var width: Int? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return max(Int(size.ws_col), 40)
    }
}
