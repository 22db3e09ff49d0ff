/// Text from manifests and paths as it can be shown: whatever a terminal could take for an order, or a reader not see,
/// is replaced by something that is seen.
package enum VisibleText {
    package static func of(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        var visible = ""
        for scalar in text.unicodeScalars { visible.unicodeScalars.append(Self.of(scalar)) }
        return visible
    }

    static func of(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard !(0x20..<0x7F).contains(scalar.value) else { return scalar }
        switch scalar.value {
        // Pictures of control characters: ␀ to ␟, and ␡.
        case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: return "\u{2421}"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: return "\u{FFFD}"
        default: return scalar
        }
    }

    /// How many cells of a terminal a visible scalar takes.
    static func width(of scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        return wide.contains { $0.contains(scalar.value) } || scalar.properties.isEmojiPresentation ? 2 : 1
    }

    /// Scripts whose letters are two cells wide (Unicode Standard Annex 11, Wide and Fullwidth); emoji tell of themselves.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
        0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
    ]
}
