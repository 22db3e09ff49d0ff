internal import Glibc

/// What a command counted: one line of JSON.
func printReport(_ figures: KeyValuePairs<String, Double>) {
    let members = figures.map { name, value in
        let isWhole = value == value.rounded() && value.magnitude < 1e15
        return "\"\(name)\": " + (isWhole ? "\(Int64(value))" : "\(value)")
    }
    print("{\(members.joined(separator: ", "))}")
}

/// Tells whoever started this program that it is bound, or has its keys.
func announceReady() {
    print("ready")
    fflush(nil)
}
