internal import CLinux
internal import Glibc

/// A thread outside Swift's pool, as packet workers block in the kernel.
package enum PlainThread {
    /// How many processors the process may use.
    package static var usableProcessors: Int { Int(clinux_usable_processors()) }

    /// - Parameter name: as `top -H` shows it; 15 bytes at most.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(name: name, body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                clinux_name_thread(box.name)
                box.run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "no more threads")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
