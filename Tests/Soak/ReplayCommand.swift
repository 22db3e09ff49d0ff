internal import ArgumentParser
internal import Glibc
internal import PacketIO
internal import Synchronization

/// How often SIGTERM came: to whatever thread, of which Swift has some by now.
private let terminations = Atomic(0)

/// The attacker: copies UDP datagrams on their way out of an interface, and sends each again, unchanged.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Copy datagrams that leave by an interface and send each again twice, until SIGTERM; then all once more.")

    @Option(help: "The interface that leads to the victim.")
    var interface: String

    @Option(help: "The victim's UDP port.")
    var port: UInt16

    @Option(parsing: .upToNextOption, help: "Hardware addresses: whose datagrams are copied.")
    var sources: [String]

    @Flag(help: "At the end, wait for a second SIGTERM before all are sent once more.")
    var pauses = false

    /// When each is sent again: soon, and when its number has long fallen out of any window.
    private static let delays: [UInt64] = [50_000_000, 1_500_000_000]
    /// For the last time.
    private static let kept = 20_000
    private static let pollMicroseconds: useconds_t = 5_000

    func run() throws {
        terminations.store(0, ordering: .relaxed)
        signal(SIGTERM) { _ in terminations.add(1, ordering: .relaxed) }
        var attack = Attack(
            try PacketSocket(interface: interface), port: port, sources: sources.map(Self.hardwareAddress),
            delays: Self.delays, kept: Self.kept)
        say("ready")
        while terminations.load(ordering: .relaxed) == 0 {
            wait(for: attack.socket.descriptor)
            attack.copy(at: .now)
            attack.resendDue(at: .now)
        }
        if pauses {
            attack.report()
            while terminations.load(ordering: .relaxed) == 1 { usleep(Self.pollMicroseconds) }
        }
        attack.resendAll()
        attack.report()
    }

    private static func hardwareAddress(_ text: String) -> [UInt8] {
        text.split(separator: ":").compactMap { UInt8($0, radix: 16) }
    }

    private func wait(for descriptor: Descriptor) {
        var state = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        poll(&state, 1, Int32(Self.pollMicroseconds / 1000))
    }
}

/// What was copied and sent again.
private struct Attack {
    let socket: PacketSocket
    private let port: UInt16
    private let sources: [[UInt8]]
    private let delays: [UInt64]
    private let kept: Int
    private var frames: [(frame: [UInt8], time: MonotonicTime)] = []
    /// By delay: the next frame to be sent again.
    private var next: [Int]
    /// Before the first of `frames`.
    private var forgotten = 0
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var resent = 0
    /// Too long for one frame: parts of a datagram, that only offload tells apart.
    private var skipped = 0

    private static let longestFrame = 1514

    init(_ socket: PacketSocket, port: UInt16, sources: [[UInt8]], delays: [UInt64], kept: Int) {
        self.socket = socket
        self.port = port
        self.sources = sources
        self.delays = delays
        self.kept = kept
        next = delays.map { _ in 0 }
    }

    mutating func copy(at now: MonotonicTime) {
        while let frame = socket.receive(&buffer) {
            // IPv4 without options, UDP, to the port.
            guard frame.count >= 42, frame[12] == 0x08, frame[13] == 0x00, frame[14] == 0x45, frame[23] == 17,
                UInt16(frame[36]) << 8 | UInt16(frame[37]) == port, sources.contains(Array(frame[6..<12]))
            else { continue }
            if frame.count > Self.longestFrame {
                skipped += 1
            } else {
                frames.append((Array(frame), now))
            }
        }
    }

    mutating func resendDue(at now: MonotonicTime) {
        for (index, delay) in delays.enumerated() {
            while next[index] < forgotten + frames.count {
                let (frame, time) = frames[next[index] - forgotten]
                guard now.nanoseconds(since: time) >= delay else { break }
                if socket.send(frame) { resent += 1 }
                next[index] += 1
            }
        }
        let done = min((next.min() ?? 0) - forgotten, frames.count - kept)
        if done > kept {
            frames.removeFirst(done)
            forgotten += done
        }
    }

    mutating func resendAll() {
        for (frame, _) in frames {
            // A full queue is waited for: 256 at once are what any takes.
            if resent % 256 == 0 { usleep(1000) }
            if socket.send(frame) { resent += 1 }
        }
    }

    func report() {
        say(#"{"copied": \#(forgotten + frames.count), "resent": \#(resent), "skipped": \#(skipped)}"#)
    }
}
