/// A duration as people write it: `25s`, `1m30s`, `2h`; whole numbers, the larger unit first.
struct DurationText: LosslessStringConvertible {
    let duration: Duration

    init?(_ text: String) {
        var seconds: Int64 = 0
        var rest = text[...]
        var units: [(letter: Character, seconds: Int64)] = [("h", 3600), ("m", 60), ("s", 1)]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            guard (1...9).contains(digits.utf8.count), let number = Int64(digits), let letter = rest.popFirst(),
                let unit = units.firstIndex(where: { $0.letter == letter })
            else { return nil }
            seconds += number * units[unit].seconds
            units.removeFirst(unit + 1)
        }
        duration = .seconds(seconds)
    }

    init(_ duration: Duration) {
        self.duration = duration
    }

    /// A fraction of a second is left out.
    var description: String {
        let seconds = max(0, duration.components.seconds)
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")].filter { $0.0 > 0 }
        return parts.isEmpty ? "0s" : parts.map { "\($0.0)\($0.1)" }.joined()
    }
}
