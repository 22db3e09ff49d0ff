import DataPath

/// libFuzzer's entry: an input is what a client sends to an interface's WireGuard configuration socket.
///
/// Besides surviving, the parser must find the same in a stream however it is cut into pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzUAPI(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let bytes = UnsafeBufferPointer(start: data, count: count)
    let whole = parse(bytes, step: count)
    let pieces = parse(bytes, step: 1 + Int(bytes[0] & 31))
    precondition(whole.events == pieces.events && whole.error == pieces.error, "pieces have another meaning")
    return 0
}

private func parse(_ bytes: UnsafeBufferPointer<UInt8>, step: Int) -> (events: [UAPIParser.Event], error: UAPIError?) {
    var parser = UAPIParser()
    var events: [UAPIParser.Event] = []
    do throws(UAPIError) {
        for start in stride(from: 0, to: bytes.count, by: step) {
            try parser.feed(bytes[start..<min(start + step, bytes.count)], into: &events)
        }
        return (events, nil)
    } catch {
        return (events, error)
    }
}
