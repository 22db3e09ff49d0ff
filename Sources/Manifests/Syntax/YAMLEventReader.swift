internal import CYAML

/// libyaml's event parser over bytes in memory. But for `YAMLParserPool` the only user of the C library.
///
/// The parser pulls its input in small pieces, and gets none past `documentBytes` after the end of the last document:
/// so no scalar and no token, however long, makes it use more memory than a few times that.
final class YAMLEventReader {
    /// Invariant: taken in `init`, given back in `deinit`, never handed out.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: Input
    private let source: SourceFile
    /// Kept only where someone asks for it.
    var scalars: ScalarMap?

    private final class Input {
        let bytes: [UInt8]
        let documentBytes: Int
        var offset: Int
        var end: Int
        var isPastEnd = false

        init(bytes: [UInt8], documentBytes: Int) {
            self.bytes = bytes
            self.documentBytes = documentBytes
            // Editors do not count a byte order mark, and neither do our columns.
            offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            end = offset
        }
    }

    init(bytes: [UInt8], source: SourceFile, limits: ManifestLimits) throws(ManifestProblem) {
        guard let parser = YAMLParserPool.take() else {
            throw ManifestProblem(.limit, at: SourceSpan(startOf: source), "there is no memory to read the file")
        }
        self.parser = parser
        input = Input(bytes: bytes, documentBytes: limits.documentBytes)
        self.source = source
        input.end = input.offset + limits.documentBytes
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        // The context stays valid: `input` lives as long as `self`, and the parser is used by `self` only.
        let context = Unmanaged.passUnretained(input).toOpaque()
        yaml_parser_set_input(
            parser,
            { context, buffer, size, sizeRead in
                guard let context, let buffer, let sizeRead else { return 0 }
                let input = Unmanaged<Input>.fromOpaque(context).takeUnretainedValue()
                let count = min(size, input.bytes.count - input.offset, input.end - input.offset)
                guard count > 0 || input.offset == input.bytes.count else {
                    input.isPastEnd = true
                    return 0
                }
                input.bytes.withUnsafeBufferPointer { bytes in
                    if let start = bytes.baseAddress, count > 0 {
                        buffer.update(from: start + input.offset, count: count)
                    }
                }
                input.offset += count
                sizeRead.pointee = count
                return 1
            }, context)
    }

    deinit { YAMLParserPool.give(back: parser) }

    /// Lets the parser read `documentBytes` more. Called when a document has ended.
    func beginDocument() {
        input.end = min(input.bytes.count, input.offset + input.documentBytes)
    }

    func next() throws(ManifestProblem) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { yaml_event_delete(&event) }
        let result = Self.read(event)
        if scalars != nil { scalars?.add(result) }
        return result
    }

    private static func read(_ event: yaml_event_t) -> YAMLEvent {
        func plain(_ kind: YAMLEvent.Kind) -> YAMLEvent {
            YAMLEvent(
                kind: kind, start: YAMLEvent.Mark(event.start_mark), end: YAMLEvent.Mark(event.end_mark))
        }
        switch event.type {
        case YAML_STREAM_START_EVENT: return plain(.streamStart)
        case YAML_DOCUMENT_START_EVENT: return plain(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return plain(.documentEnd)
        case YAML_SEQUENCE_END_EVENT: return plain(.sequenceEnd)
        case YAML_MAPPING_END_EVENT: return plain(.mappingEnd)
        case YAML_ALIAS_EVENT:
            var result = plain(.alias)
            result.text = text(event.data.alias.anchor) ?? ""
            return result
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            var result = plain(.scalar)
            result.text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            switch scalar.style {
            case YAML_PLAIN_SCALAR_STYLE: result.style = .plain
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: result.style = .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: result.style = .doubleQuoted
            default: result.style = .other
            }
            result.anchor = text(scalar.anchor)
            result.tag = text(scalar.tag)
            return result
        case YAML_SEQUENCE_START_EVENT:
            var result = plain(.sequenceStart)
            result.anchor = text(event.data.sequence_start.anchor)
            result.tag = text(event.data.sequence_start.tag)
            return result
        case YAML_MAPPING_START_EVENT:
            var result = plain(.mappingStart)
            result.anchor = text(event.data.mapping_start.anchor)
            result.tag = text(event.data.mapping_start.tag)
            return result
        default: return plain(.streamEnd)
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    // MARK: - Errors

    @inline(never)
    private func problem() -> ManifestProblem {
        let error = parser.pointee
        let text = error.problem.map { String(cString: $0) } ?? "not YAML"
        switch error.error {
        case YAML_READER_ERROR where input.isPastEnd:
            return ManifestProblem(
                .limit, at: span(YAMLEvent.Mark(error.mark)),
                "a document is larger than \(input.documentBytes) bytes")
        case YAML_READER_ERROR:
            return unreadable(at: Int(error.problem_offset), text)
        case YAML_MEMORY_ERROR:
            return ManifestProblem(.limit, at: span(YAMLEvent.Mark(error.mark)), "there is no memory to read the file")
        default:
            return complaint(text, error)
        }
    }

    private func unreadable(at offset: Int, _ text: String) -> ManifestProblem {
        // What does not continue a letter is told where it is; wrong is that the letter begins.
        let beginning = input.bytes.prefix(max(0, offset)).lastIndex { $0 & 0xC0 != 0x80 }
        let offset = text.hasPrefix("invalid trailing") ? beginning ?? offset : offset
        let span = span(ofByte: offset)
        if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(where: input.bytes.starts(with:)) {
            return ManifestProblem(.unreadable, at: span, "the file is UTF-16 text: save it as UTF-8")
        }
        let byte = offset < input.bytes.count ? String(input.bytes[offset], radix: 16, uppercase: true) : ""
        let message =
            text.hasPrefix("control")
            ? "an invisible control character is here: take it out, or write it as an escape in double quotes"
            : "not UTF-8 text: the byte 0x\(byte) is of another encoding"
        return ManifestProblem(.unreadable, at: span, message)
    }

    private func complaint(_ text: String, _ error: yaml_parser_t) -> ManifestProblem {
        func place(_ mark: yaml_mark_t) -> YAMLComplaint.Place { (Int(mark.line), Int(mark.column)) }
        let complaint = YAMLComplaint(
            text, at: place(error.problem_mark), context: error.context.map { String(cString: $0) },
            from: place(error.context_mark), line: line)
        let (place, message) = complaint.finding
        let span = SourceSpan(file: source, line: place.line + 1, column: place.column + 1, length: 1)
        return ManifestProblem(.syntax, at: span, message)
    }

    /// Slow: for errors.
    private func line(_ number: Int) -> Substring {
        let bytes = input.bytes.dropFirst(input.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: number + 1, omittingEmptySubsequences: false)
        return number < lines.count ? String(decoding: lines[number].prefix(4096), as: UTF8.self)[...] : ""
    }

    /// Slow: for errors.
    private func span(ofByte offset: Int) -> SourceSpan {
        let before = input.bytes.prefix(max(0, offset))
        let line = before.count { $0 == UInt8(ascii: "\n") }
        let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count
        return SourceSpan(file: source, line: line + 1, column: column + 1, length: 1)
    }

    private func span(_ mark: YAMLEvent.Mark) -> SourceSpan {
        SourceSpan(file: source, line: Int(mark.line) + 1, column: Int(mark.column) + 1, length: 1)
    }
}

extension YAMLEvent.Mark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int32(clamping: mark.line), column: Int32(clamping: mark.column))
    }
}
