internal import ArgumentParser
internal import WireFormat

/// Where the data path is, for commands that ask it.
package struct DataPathOptions: ParsableArguments {
    @Option(name: .customLong("datapath"), help: "The control socket of cvland.")
    var socket = "/run/cvlan/cvland.sock"

    package init() {}

    /// What is really there, without the agent or the controller.
    func state() async throws -> WireDataPathState {
        let client = DataPathClient(socketPath: socket)
        do {
            let state = try await client.state()
            await client.close()
            return state
        } catch {
            await client.close()
            throw error
        }
    }
}
