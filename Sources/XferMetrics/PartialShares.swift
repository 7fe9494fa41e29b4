import Synchronization

/// The number and the bytes of the partial files of each client, in memory shared by all processes.
///
/// Clients are hashed to cells; clients of one cell share its limit. Sessions count the files that
/// they keep and resume. After each round over `incoming/` the recorder replaces the counts,
/// because a killed session does not count.
package struct PartialShares: @unchecked Sendable {
  static let cells = 4096
  static let size = cells * 16

  /// The limits of one client.
  package struct Limits: Sendable {
    /// The number of partial files.
    package var files: Int64
    /// The bytes of all partial files.
    package var bytes: Int64

    /// Creates limits.
    package init(files: Int64, bytes: Int64) {
      self.files = files
      self.bytes = bytes
    }
  }

  let start: UnsafeMutableRawPointer

  /// Counts a partial file of the client with the key `owner`. Returns false and counts nothing if
  /// a limit would be exceeded.
  package func add(_ owner: String, bytes: Int64, limits: Limits) -> Bool {
    let cell = cell(of: owner)
    guard self[.files, cell] < limits.files, self[.bytes, cell] + bytes <= limits.bytes else {
      return false
    }
    change(cell, files: 1, bytes: bytes)
    return true
  }

  /// Removes a partial file of the client from the count, because it is resumed.
  package func remove(_ owner: String, bytes: Int64) {
    change(cell(of: owner), files: -1, bytes: -bytes)
  }

  /// Replaces all counts.
  package func set(_ shares: [(owner: String, files: Int, bytes: Int64)]) {
    var found: [Int: (files: Int64, bytes: Int64)] = [:]
    for share in shares {
      let cell = cell(of: share.owner)
      found[cell, default: (0, 0)].files += Int64(share.files)
      found[cell, default: (0, 0)].bytes += share.bytes
    }
    for cell in 0..<PartialShares.cells {
      let share = found[cell] ?? (0, 0)
      pointer(.files, of: cell).pointee.store(share.files, ordering: .relaxed)
      pointer(.bytes, of: cell).pointee.store(share.bytes, ordering: .relaxed)
    }
  }

  private func change(_ cell: Int, files: Int64, bytes: Int64) {
    pointer(.files, of: cell).pointee.wrappingAdd(files, ordering: .relaxed)
    pointer(.bytes, of: cell).pointee.wrappingAdd(bytes, ordering: .relaxed)
  }

  private func cell(of owner: String) -> Int {
    SharedHash.index(of: owner, below: PartialShares.cells)
  }

  private enum Field: Int { case files, bytes }

  private subscript(field: Field, cell: Int) -> Int64 {
    pointer(field, of: cell).pointee.load(ordering: .relaxed)
  }

  private func pointer(_ field: Field, of cell: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
    (start + cell * 16 + field.rawValue * 8).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}
