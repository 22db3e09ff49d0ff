internal import Glibc
internal import Logging
internal import PacketIO

/// Something that talks over one connection.
package protocol ConnectionHandler: AnyObject {
    /// Takes bytes; what it appends to `out` is sent. Throws to end the connection after that.
    func receive(_ bytes: [UInt8], out: inout OutgoingBytes) throws
}

/// A listening Unix socket and its connections, on the control thread. Only root and the process's own user are served.
final class ConnectionServer {
    private static let maximumConnections = 64
    /// A client that does not read its replies is not asked for more requests until it has.
    private static let maximumWaiting = 1 << 20

    let listener: UnixListener
    private let loop: EventLoop
    private let log: Logger
    private let makeHandler: () -> any ConnectionHandler
    private var listenerToken: UInt64?
    /// Given up for a moment when descriptors run out, to accept a connection and end it: else the listener would stay
    /// readable and wake the thread without end.
    private var spare: Descriptor?
    private var connections: [UInt64: Connection] = [:]

    private final class Connection {
        let stream: UnixStream
        let handler: any ConnectionHandler
        var out = OutgoingBytes()
        var isEnding = false

        init(_ stream: UnixStream, _ handler: any ConnectionHandler) {
            self.stream = stream
            self.handler = handler
        }

        /// An error of the handler ends the connection once what it said is written.
        func receive(_ bytes: [UInt8]) {
            do {
                try handler.receive(bytes, out: &out)
            } catch {
                isEnding = true
            }
        }
    }

    init(path: String, loop: EventLoop, log: Logger, makeHandler: @escaping () -> any ConnectionHandler) throws {
        listener = try UnixListener(path: path)
        self.loop = loop
        self.log = log
        self.makeHandler = makeHandler
        spare = Self.makeSpare()
        listenerToken = try loop.add(listener.descriptor) { [unowned self] _ in accept() }
    }

    /// Ends all connections and removes the socket's file.
    func close() {
        if let listenerToken { loop.remove(listenerToken) }
        listenerToken = nil
        for token in connections.keys { loop.remove(token) }
        connections = [:]
        listener.unlinkOnce()
    }

    private static func makeSpare() -> Descriptor? {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return number >= 0 ? Descriptor(owning: number) : nil
    }

    private func refuseOne() {
        spare = nil
        _ = try? listener.accept()
        spare = Self.makeSpare()
    }

    private func accept() {
        do {
            while let stream = try listener.accept() {
                guard stream.peer.isTrusted, connections.count < Self.maximumConnections else {
                    log.warning(
                        "connection refused", metadata: ["socket": "\(listener.path)", "uid": "\(stream.peer.user)"])
                    continue
                }
                let connection = Connection(stream, makeHandler())
                var token: UInt64?
                token = try loop.add(stream.descriptor) { [unowned self] event in
                    if let token { serve(token, connection, event) }
                }
                if let token { connections[token] = connection }
            }
        } catch {
            log.error("accept failed: \(error)", metadata: ["socket": "\(listener.path)"])
            if [EMFILE, ENFILE].contains(error.code) { refuseOne() }
        }
    }

    private func serve(_ token: UInt64, _ connection: Connection, _ event: Poller.Event) {
        do {
            if event.isReadable || event.isClosed, !connection.isEnding {
                var bytes: [UInt8] = []
                switch try connection.stream.read(into: &bytes, limit: 262_144) {
                case .bytes: connection.receive(bytes)
                case .end: connection.isEnding = true
                case .wouldBlock: break
                }
            }
            try connection.out.write(to: connection.stream)
            guard !connection.isEnding || !connection.out.isEmpty else { return end(token) }
            loop.change(
                token,
                readable: !connection.isEnding && !connection.out.isMaking
                    && connection.out.count < Self.maximumWaiting,
                writable: !connection.out.isEmpty)
        } catch {
            end(token)
        }
    }

    private func end(_ token: UInt64) {
        loop.remove(token)
        connections.removeValue(forKey: token)
    }
}
