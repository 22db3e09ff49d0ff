import Addressing
import IPsec
import OpenSSL
import Tunneling

/// Devices that come by one entry, with an address of a pool each: memory of their outbound SAs, the time to put them in and take them out,
/// and what finding the one for a packet costs; and what it costs to search them all, one after the other.
func measureSAs(_ count: Int) {
    let suite = ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: true)
    let keys = SecretBytes(copying: [UInt8](repeating: 7, count: 36))
    let path = Path(endpoint: endpoint(1))
    var sas: [OutboundSA] = []
    let before = residentBytes()
    for number in 0..<count {
        let selectors = SelectorPair(
            source: [.everything(.v4)], destination: [TrafficSelector(IPPrefix(host: address(number)))])
        let spi = UInt32(truncatingIfNeeded: (number + 1) &* 2_654_435_761)
        guard
            let sa = OutboundSA(
                spi: spi, inboundSPI: spi, suite: suite, keys: keys, selectors: selectors, path: path)
        else { return }
        sas.append(sa)
    }
    let made = residentBytes()
    var table = OutboundTable()
    let start = computedNanoseconds()
    for sa in sas { table.insert(sa) }
    let inserted = computedNanoseconds()
    print("\((made - before) / count) bytes an SA, \((residentBytes() - made) / count) more to find it")
    print("\(Double(inserted - start) / Double(count)) ns to put one in")

    var packet = [UInt8](repeating: 0, count: 64)
    (packet[0], packet[3], packet[9]) = (0x45, 64, 17)
    func time(_ what: String, _ lookups: Int, _ find: (UnsafeRawBufferPointer) -> OutboundSA?) {
        var found = 0
        let begun = computedNanoseconds()
        for number in 0..<lookups {
            let destination = address(number * 7919 % count).bytes
            packet.replaceSubrange(16..<20, with: destination)
            if packet.withUnsafeBytes(find) != nil { found += 1 }
        }
        let nanoseconds = Double(computedNanoseconds() - begun) / Double(lookups)
        print("\(what): \(nanoseconds) ns; \(found) of \(lookups) found")
    }
    time("found by its destination", 1_000_000) { table.sa(for: $0) }
    time("the same, nothing looked for", 1_000_000) { _ in nil }
    time("found by a search", max(100, 10_000_000 / count)) { packet in sas.first { $0.selectors.admits(packet) } }

    let full = computedNanoseconds()
    for sa in sas { table.remove(inboundSPI: sa.inboundSPI) }
    print("\(Double(computedNanoseconds() - full) / Double(count)) ns to take one out; \(table.count) left")
}
