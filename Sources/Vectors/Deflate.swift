import CZlib

/// Raw deflate streams and CRC-32, as zlib does them.
enum Deflate {
  /// No deflate stream unpacks to more than this many times its size (zlib's technical notes).
  private static let largestRatio = 1032

  /// Unpacks a raw stream that must give exactly `size` bytes and use up `data`.
  static func inflate(
    _ data: ArraySlice<UInt8>, size: Int
  ) throws(VectorError.ArchiveFault) -> [UInt8] {
    // A stated size that the data cannot reach must not be allocated.
    guard size <= data.count * largestRatio else { throw .size(stated: size, found: data.count) }
    var fault: VectorError.ArchiveFault?
    // One byte more than stated shows a stream that does not end where it should.
    let result = [UInt8](unsafeUninitializedCapacity: size + 1) { out, count in
      data.withUnsafeBufferPointer { input in
        var stream = z_stream()
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = uInt(input.count)
        stream.next_out = out.baseAddress
        stream.avail_out = uInt(size + 1)
        guard
          inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else {
          fault = .inflate("zlib could not be started")
          return
        }
        defer { inflateEnd(&stream) }
        let status = CZlib.inflate(&stream, Z_FINISH)
        count = Int(stream.total_out)
        fault = check(status, stream, size: size)
      }
    }
    if let fault { throw fault }
    return result
  }

  private static func check(
    _ status: Int32, _ stream: z_stream, size: Int
  ) -> VectorError.ArchiveFault? {
    if status == Z_DATA_ERROR {
      return .inflate(stream.msg.map { String(cString: $0) } ?? "invalid data")
    }
    let produced = Int(stream.total_out)
    guard status == Z_STREAM_END else {
      return produced > size
        ? .inflate("it unpacks to more than the \(size) bytes stated")
        : .inflate("it ends after \(produced) of \(size) bytes")
    }
    guard produced == size else { return .size(stated: size, found: produced) }
    guard stream.avail_in == 0 else {
      return .inflate("\(stream.avail_in) bytes follow its end")
    }
    return nil
  }

  /// Packs bytes into a raw stream, at zlib's default level.
  static func deflate(_ bytes: [UInt8]) throws(VectorError.ArchiveFault) -> [UInt8] {
    var stream = z_stream()
    let started = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard started == Z_OK else { throw .deflate(status: started) }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, uLong(bytes.count)))
    guard bound <= Int(uInt.max) else { throw .tooLarge }
    var status = Z_OK
    let result = [UInt8](unsafeUninitializedCapacity: bound) { out, count in
      bytes.withUnsafeBufferPointer { input in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = uInt(input.count)
        stream.next_out = out.baseAddress
        stream.avail_out = uInt(bound)
        status = CZlib.deflate(&stream, Z_FINISH)
        count = Int(stream.total_out)
      }
    }
    guard status == Z_STREAM_END else { throw .deflate(status: status) }
    return result
  }

  /// The CRC-32 of ZIP.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
  }
}
