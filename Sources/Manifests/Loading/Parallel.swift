internal import Dispatch
internal import Glibc
internal import Synchronization

/// Work on all cores that this process may use.
package enum Parallel {
    /// What `transform` makes of each element, in the order of the elements.
    ///
    /// Elements are handed out in small runs, so that a few large ones do not keep the other cores waiting. Few elements
    /// are not worth a thread. The calling thread works too, and waits until all is done.
    ///
    /// - Parameter fewest: elements that one core does alone.
    package static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], fewest: Int = 16, _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        let count = elements.count
        let workers = min(cores, count / max(1, fewest) + 1)
        guard workers > 1 else { return elements.map(transform) }
        let run = max(1, min(64, count / (workers * 8)))
        return [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            // Each index is initialised by the worker that was given it, and by nobody else; `concurrentPerform` returns
            // when all are.
            nonisolated(unsafe) let results = buffer
            let next = Atomic<Int>(0)
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                while true {
                    let start = next.add(run, ordering: .relaxed).oldValue
                    guard start < count else { return }
                    for index in start..<min(start + run, count) {
                        results.initializeElement(at: index, to: transform(elements[index]))
                    }
                }
            }
            initializedCount = count
        }
    }

    /// That the machine has: where this process may use fewer, some workers find that nothing is left to do.
    private static let cores = max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
}
