internal import Addressing
internal import Glibc

/// Endpoints as `wg` writes them: like `Endpoint`, but for an IPv6 zone, which may be an interface's name.
enum UAPIEndpoint {
    static func parse(_ text: String) -> Endpoint? {
        if let endpoint = Endpoint(text) { return endpoint }
        guard let percent = text.firstIndex(of: "%"), let bracket = text[percent...].firstIndex(of: "]") else {
            return nil
        }
        let zone = String(text[text.index(after: percent)..<bracket])
        guard zone.utf8.count < Int(IF_NAMESIZE), !zone.utf8.contains(0) else { return nil }
        let index = if_nametoindex(zone)
        guard index != 0 else { return nil }
        return Endpoint(text.replacing(zone: percent..<bracket, with: index))
    }
}

extension String {
    fileprivate func replacing(zone: Range<String.Index>, with index: UInt32) -> String {
        self[..<zone.lowerBound] + "%\(index)" + self[zone.upperBound...]
    }
}
