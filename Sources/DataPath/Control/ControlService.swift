internal import FoundationEssentials
package import Logging
internal import PacketIO
internal import Tunneling
package import WireFormat
internal import WireGuard

/// Answers the requests of agents. On the control thread.
package final class ControlService {
    let engine: Engine
    let log: Logger
    /// SHA-256 of each interface's filter as it was put, by the interface's name.
    var filterDigests: [String: Data] = [:]
    private var uapiServers: [String: UAPIServer] = [:]

    package init(engine: Engine, log: Logger) {
        self.engine = engine
        self.log = log
        engine.interfaceEnded = { [unowned self] interface in
            filterDigests[interface.name] = nil
            uapiServers.removeValue(forKey: interface.name)?.close()
        }
    }

    /// Has the reply sent, after its length.
    package func answer(_ request: WireDataPathRequest, out: inout OutgoingBytes) throws {
        var rest = Array(try reply(to: request).framed(.fixed32).reversed())
        out.append(from: { rest.popLast() })
    }

    private func reply(to request: WireDataPathRequest) throws -> EncodedMessage {
        var reply = WireDataPathReply()
        var state: EncodedMessage?
        reply.id = request.id
        do {
            switch request.body {
            case .getState: state = try encodedState()
            case .apply(let apply): reply.applied.errors = carryOut(apply.operations)
            case .listFlows(let list): reply.flows = try flows(list)
            case nil: reply.error = "the request is of no kind that is known here"
            }
        } catch {
            reply.error = "\(error)"
        }
        var encoded = EncodedMessage()
        try encoded.append(reply)
        if let state { encoded.append(state, asField: Field.stateOfReply) }
        return encoded
    }

    /// Numbers of fields, as in `datapath.proto`.
    enum Field {
        static let stateOfReply: UInt8 = 3
        static let interfacesOfState: UInt8 = 1
    }

    /// Ends all interfaces.
    func shutDown() {
        engine.shutDown()
        engine.interfaceEnded = { _ in }
    }

    /// Gives the interface its WireGuard configuration socket.
    func serveUAPI(_ interface: ManagedInterface) {
        do {
            uapiServers[interface.name] = try UAPIServer(interface, loop: engine.loop, log: log)
        } catch {
            log.warning("no socket for wg: \(error)", metadata: ["interface": "\(interface.name)"])
        }
    }

    private func flows(_ request: WireListFlows) throws -> WireFlowList {
        let limit = min(Int(request.limit == 0 ? 1_000 : request.limit), 100_000)
        let records = try engine.interface(named: request.interface).perform { tunnel in
            tunnel.filter?.flowRecords(limit: limit, at: Instant.now.wholeSeconds) ?? []
        }
        var list = WireFlowList()
        list.flows = records.map(WireFlow.init)
        return list
    }
}
