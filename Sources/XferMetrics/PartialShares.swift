import Synchronization

/// How much is kept of broken transfers for each client, shared by all processes. Clients whose addresses meet in
/// one of the cells share it. Sessions count what they keep and take up again; the recorder puts right, after
/// each walk through `incoming/`, what sessions that were killed have not counted.
public struct PartialShares: @unchecked Sendable {
  static let cells = 4096
  static let size = cells * 16

  public struct Limits: Sendable {
    /// Partial files that are kept for a client, and their bytes.
    public var files: Int64
    public var bytes: Int64

    public init(files: Int64, bytes: Int64) {
      self.files = files
      self.bytes = bytes
    }
  }

  let start: UnsafeMutableRawPointer

  /// Counts a partial file of this client; false, and nothing is counted, where it would be too many.
  public func add(_ client: String, bytes: Int64, _ limits: Limits) -> Bool {
    let cell = cell(of: client)
    guard self[.files, cell] < limits.files, self[.bytes, cell] + bytes <= limits.bytes else {
      return false
    }
    change(cell, files: 1, bytes: bytes)
    return true
  }

  /// A partial file of this client is taken up again.
  public func remove(_ client: String, bytes: Int64) {
    change(cell(of: client), files: -1, bytes: -bytes)
  }

  /// Replaces all counts by those that were found.
  public func set(_ shares: [(client: String, files: Int, bytes: Int64)]) {
    var found: [Int: (files: Int64, bytes: Int64)] = [:]
    for share in shares {
      let cell = cell(of: share.client)
      found[cell, default: (0, 0)].files += Int64(share.files)
      found[cell, default: (0, 0)].bytes += share.bytes
    }
    for cell in 0..<PartialShares.cells {
      let share = found[cell] ?? (0, 0)
      pointer(.files, cell).pointee.store(share.files, ordering: .relaxed)
      pointer(.bytes, cell).pointee.store(share.bytes, ordering: .relaxed)
    }
  }

  private func change(_ cell: Int, files: Int64, bytes: Int64) {
    pointer(.files, cell).pointee.wrappingAdd(files, ordering: .relaxed)
    pointer(.bytes, cell).pointee.wrappingAdd(bytes, ordering: .relaxed)
  }

  /// FNV-1a (RFC 9923), which is the same in every process.
  private func cell(of client: String) -> Int {
    let hash = client.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return Int((hash ^ hash >> 32) % UInt64(PartialShares.cells))
  }

  private enum Field: Int { case files, bytes }

  private subscript(field: Field, cell: Int) -> Int64 {
    pointer(field, cell).pointee.load(ordering: .relaxed)
  }

  private func pointer(_ field: Field, _ cell: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
    (start + cell * 16 + field.rawValue * 8).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}
