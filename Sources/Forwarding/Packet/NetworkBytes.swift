extension UnsafeRawBufferPointer {
    /// A big-endian number. Whoever calls has checked that it lies inside: the check here catches our own mistakes.
    @inline(__always)
    func number<N: FixedWidthInteger>(at offset: Int, as type: N.Type) -> N {
        precondition(offset >= 0 && offset <= count - MemoryLayout<N>.size)
        return N(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        number(at: offset, as: UInt8.self)
    }
}
