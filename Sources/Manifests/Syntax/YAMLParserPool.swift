internal import CYAML
internal import Synchronization

/// libyaml's parsers, to be used again for the next file: it has no way to do so itself. Each has 64 KB of buffers, and an
/// allocator to which so much is given back for every small file takes all its small pieces in hand each time.
enum YAMLParserPool {
    /// Nobody else has it.
    private struct Idle: @unchecked Sendable {
        let parser: UnsafeMutablePointer<yaml_parser_t>
    }

    private static let idle = Mutex<[Idle]>([])
    /// More threads than that parse at the same time on large machines only.
    private static let most = 64

    /// As `yaml_parser_initialize` makes it; `nil` without memory.
    static func take() -> UnsafeMutablePointer<yaml_parser_t>? {
        if let idle = idle.withLock({ $0.popLast() }) { return idle.parser }
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        return parser
    }

    /// Keeps a parser that has come to the end of its input. One that has not may own more than its buffers.
    static func give(back parser: UnsafeMutablePointer<yaml_parser_t>) {
        if parser.pointee.ownsBuffersOnly {
            parser.pointee.rewind()
            let idle = Idle(parser: parser)
            let isKept = Self.idle.withLock { pool in
                guard pool.count < most else { return false }
                pool.append(idle)
                return true
            }
            if isKept { return }
        }
        yaml_parser_delete(parser)
        parser.deallocate()
    }
}

extension yaml_parser_t {
    fileprivate var ownsBuffersOnly: Bool {
        error == YAML_NO_ERROR && stream_end_produced != 0 && tokens.head == tokens.tail
            && tag_directives.top == tag_directives.start && aliases.start == nil
    }

    /// Forgets all but the memory of buffers and stacks, which is what `yaml_parser_initialize` allocates.
    fileprivate mutating func rewind() {
        var fresh = yaml_parser_t()
        fresh.raw_buffer = raw_buffer
        fresh.raw_buffer.pointer = raw_buffer.start
        fresh.raw_buffer.last = raw_buffer.start
        fresh.buffer = buffer
        fresh.buffer.pointer = buffer.start
        fresh.buffer.last = buffer.start
        fresh.tokens = tokens
        fresh.tokens.head = tokens.start
        fresh.tokens.tail = tokens.start
        fresh.indents = indents
        fresh.indents.top = indents.start
        fresh.simple_keys = simple_keys
        fresh.simple_keys.top = simple_keys.start
        fresh.states = states
        fresh.states.top = states.start
        fresh.marks = marks
        fresh.marks.top = marks.start
        fresh.tag_directives = tag_directives
        fresh.tag_directives.top = tag_directives.start
        self = fresh
    }
}
