internal import AEAD
internal import IPsec
internal import PacketIO

/// What a worker moves ESP with; there is none where there are no peers by IPsec. Confined to the worker's thread.
final class ESPBench {
    let sealer: ESPSealer
    let opener: ESPOpener
    let queue = DatagramQueue()

    init(engine: AEADEngine) {
        sealer = ESPSealer(engine: engine)
        opener = ESPOpener(engine: engine)
    }

    var hasRoom: Bool { !queue.isFull && sealer.room > 0 }
}
