internal import Tunneling

/// Which inbound SA each SPI is of, for all interfaces of the process. One thread changes it, others read it, each through its
/// gate.
package final class SPITable: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: `sas` is written while all gates are held, and read while one is.
    private var sas = IndexTable<InboundSA>()
    private let gates: [Gate]

    /// - Parameter readers: how many threads look things up.
    package init(readers: Int) {
        gates = (0..<readers).map { _ in Gate() }
    }

    /// - Parameter reader: the calling thread's number, less than was said.
    @inline(__always)
    func find(_ spi: UInt32, reader: Int) -> InboundSA? {
        gates[reader].lock()
        defer { gates[reader].unlock() }
        return sas[spi]
    }

    package func insert(_ sa: InboundSA) {
        change { sas in
            sas.remove(sa.spi)
            sas.insert(sa, at: sa.spi)
        }
    }

    package func remove(_ spi: UInt32) {
        change { $0.remove(spi) }
    }

    private func change(_ body: (inout IndexTable<InboundSA>) -> Void) {
        for gate in gates { gate.lock() }
        body(&sas)
        for gate in gates { gate.unlock() }
    }
}
