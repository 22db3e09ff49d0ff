/// Waits until `condition` holds, looking again and again; throws, naming `what`, when the bound is over.
/// - Returns: how long it took.
@discardableResult
package func eventually(
    _ what: String, within bound: Duration = .seconds(15), _ condition: () async throws -> Bool
) async throws -> Duration {
    let start = ContinuousClock.now
    var pause = Duration.milliseconds(1)
    while try await !condition() {
        let spent = ContinuousClock.now - start
        guard spent < bound else { throw LabError("not within \(bound): \(what)") }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(50))
    }
    return ContinuousClock.now - start
}

/// Looks again and again until `value` is there, and returns it; throws when the bound is over.
package func eventually<R>(
    _ what: String, within bound: Duration = .seconds(15), value: () async throws -> R?
) async throws -> R {
    var found: R?
    try await eventually(what, within: bound) {
        found = try await value()
        return found != nil
    }
    guard let found else { throw LabError(what) }
    return found
}
