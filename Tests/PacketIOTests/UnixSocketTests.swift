import Glibc
import PacketIO
import Synchronization
import Testing

@Suite final class UnixSocketTests {
    let directory: String
    var path: String { directory + "/run/x.sock" }

    init() throws {
        var template = Array("/tmp/packetio-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
    }

    deinit {
        for file in ["run/x.sock", "run/y.sock"] { unlink(directory + "/" + file) }
        rmdir(directory + "/run")
        rmdir(directory)
    }

    private func mode(_ path: String) throws -> mode_t {
        var information = stat()
        try #require(lstat(path, &information) == 0)
        return information.st_mode & 0o7777
    }

    @Test func socketAndDirectoryArePrivate() throws {
        let listener = try UnixListener(path: path)
        #expect(try mode(path) == 0o600)
        #expect(try mode(directory + "/run") == 0o700)
        withExtendedLifetime(listener) {}
    }

    /// Whoever finds the socket is let in: `wg` removes one that refuses it.
    @Test func nobodyIsRefused() throws {
        let path = path
        let stop = Stop()
        PlainThread.start(name: "client") {
            while !stop.isAsked.load(ordering: .relaxed) {
                do {
                    _ = try UnixStream.connect(path: path)
                } catch {
                    if (error as? IOError)?.code == ECONNREFUSED { stop.refusals.add(1, ordering: .relaxed) }
                }
            }
            stop.hasEnded.store(true, ordering: .releasing)
        }
        // Open to the end: who has found one and is slow would else be refused by its close.
        var listeners: [UnixListener] = []
        for _ in 0..<200 {
            let listener = try UnixListener(path: path)
            listener.unlinkOnce()
            listeners.append(listener)
        }
        stop.isAsked.store(true, ordering: .relaxed)
        while !stop.hasEnded.load(ordering: .acquiring) { sched_yield() }
        listeners.removeAll()
        #expect(stop.refusals.load(ordering: .relaxed) == 0)
    }

    private final class Stop: Sendable {
        let isAsked = Atomic(false)
        let hasEnded = Atomic(false)
        let refusals = Atomic(0)
    }

    @Test func thePeerIsKnown() throws {
        let listener = try UnixListener(path: path)
        #expect(try listener.accept() == nil)
        let client = try UnixStream.connect(path: path)
        let server = try #require(try listener.accept())
        #expect(server.peer.process == getpid())
        #expect(server.peer.user == geteuid())
        #expect(server.peer.isTrusted)
        #expect(client.peer.process == getpid())
    }

    @Test func bytesArriveInPiecesUntilTheEnd() throws {
        let (near, far) = try UnixStream.pair()
        var buffer: [UInt8] = [9]
        #expect(try far.read(into: &buffer) == .wouldBlock)
        #expect(try near.write([1, 2, 3]) == 3)
        #expect(try far.read(into: &buffer, limit: 2) == .bytes(2))
        #expect(try far.read(into: &buffer, limit: 2) == .bytes(1))
        near.finishWriting()
        #expect(try far.read(into: &buffer) == .end)
        #expect(buffer == [9, 1, 2, 3])
    }

    @Test func aFullConnectionTakesNoMoreUntilRead() throws {
        let (near, far) = try UnixStream.pair()
        let bytes = [UInt8](repeating: 1, count: 1 << 20)
        var written = 0
        while true {
            let count = try near.write(bytes[...])
            written += count
            if count == 0 { break }
        }
        var buffer: [UInt8] = []
        while case .bytes = try far.read(into: &buffer) {}
        #expect(buffer.count == written)
        #expect(try near.write([1]) == 1)
    }

    @Test func writingToOneThatIsGoneIsAnErrorNotASignal() throws {
        let near: UnixStream
        do { near = try UnixStream.pair().0 }
        #expect(throws: IOError.self) { _ = try near.write([1]) }
    }

    @Test func theFileGoesWithTheListener() throws {
        var listener: UnixListener? = try UnixListener(path: path)
        #expect(listener?.isInPlace == true)
        listener = nil
        #expect(access(path, F_OK) != 0)
    }

    @Test func anotherOnesSocketInThePlaceIsLeftAlone() throws {
        let first = try UnixListener(path: path)
        unlink(path)
        let second = try UnixListener(path: path)
        #expect(!first.isInPlace && second.isInPlace)
        first.unlinkOnce()
        #expect(second.isInPlace)
    }

    @Test func aDeadSocketIsReplacedAndALivingOneIsNot() throws {
        let listener = try UnixListener(path: path)
        #expect(throws: IOError.self) { try UnixListener(path: self.path) }
        // What a process that was killed leaves behind.
        rename(path, directory + "/run/y.sock")
        withExtendedLifetime(listener) {}
        do {
            let dead = try UnixListener(path: path)
            rename(path, directory + "/run/z.sock")
            withExtendedLifetime(dead) {}
        }
        rename(directory + "/run/z.sock", path)
        #expect(access(path, F_OK) == 0)
        #expect(try UnixListener(path: path).isInPlace)
    }

    @Test func aFileOfAnotherKindIsNeverReplaced() throws {
        mkdir(directory + "/run", 0o700)
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: IOError.self) { try UnixListener(path: self.path) }
        #expect(access(path, F_OK) == 0)
    }

    @Test func removalOfTheFileIsNoticed() throws {
        let listener = try UnixListener(path: path)
        let watch = try FileRemovalWatch(path: path)
        let poller = try Poller()
        try poller.add(watch.descriptor, token: 1)
        var events: [Poller.Event] = []
        try poller.wait(until: .now, events: &events)
        #expect(events.isEmpty)
        unlink(path)
        try poller.wait(
            until: MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 5_000_000_000), events: &events)
        #expect(events.count == 1)
        #expect(!listener.isInPlace)
        watch.drain()
        try poller.wait(until: .now, events: &events)
        #expect(events.isEmpty)
    }

    @Test func pathsThatDoNotFitAreRefused() {
        for path in ["", String(repeating: "x", count: 108), "/tmp/a\0b"] {
            #expect(throws: IOError.self) { try UnixStream.connect(path: path) }
        }
    }
}
